// What a sample of numbers says as a whole.

/** The value that a share `q` of the values, 0 ≤ q ≤ 1, lies below. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

/** The value in the middle; the upper one of two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
