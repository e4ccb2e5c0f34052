// What a sample of numbers says as a whole.

/** The value that a share `q` of the values, 0 ≤ q ≤ 1, lies below. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

/** Mean, and deviation √(Σ (v − mean)² / (n − less)): less 1 for a sample, 0 for all there are. */
export function spreadOf(values: readonly number[], less = 0): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - less);
  return { mean, deviation: Math.sqrt(square) };
}

/** The value in the middle; the upper one of two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
