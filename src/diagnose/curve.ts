// The cost of every step, kept as a few numbers: means over equal parts of the training, and the highest cost. Unlike
// the records of the curve it does not hang on how often these are taken.

const PARTS = 64;
const TOGETHER = 8; // steps whose mean counts as high: single batches differ
const RISES = 1.001; // times the cost before; less is rounding

/** What is kept of the costs; plain numbers, so that a checkpoint can have them. */
export interface CurveState {
  /** Steps so far. */
  steps: number;
  /** Cost of the first step. */
  first: number;
  /** Highest cost of a step, and its iteration. */
  peak: number;
  peakAt: number;
  /** Steps whose cost is clearly above that of the step before, and all steps, since the last quarter began. */
  rises: number;
  late: number;
  /** Cost of the last step. */
  last: number;
  /** Sums of the costs and numbers of steps of each part. */
  readonly sums: number[];
  readonly counts: number[];
}

export function beginCurve(): CurveState {
  return {
    ...{ steps: 0, first: 0, peak: 0, peakAt: 0, rises: 0, late: 0, last: 0 },
    ...{ sums: new Array<number>(PARTS).fill(0), counts: new Array<number>(PARTS).fill(0) },
  };
}

/** Takes the cost of step `iteration` of `iterations` in. */
export function addCost(curve: CurveState, iteration: number, iterations: number, cost: number): void {
  if (curve.steps === 0) curve.first = cost;
  if (curve.steps === 0 || cost > curve.peak) {
    curve.peak = cost;
    curve.peakAt = iteration;
  }
  const part = Math.min(PARTS - 1, Math.floor((iteration * PARTS) / iterations));
  curve.sums[part]! += cost;
  curve.counts[part]!++;
  if (part >= (3 * PARTS) / 4) {
    curve.late++;
    if (cost > RISES * curve.last) curve.rises++;
  }
  curve.last = cost;
  curve.steps++;
}

/** Mean cost of each of the training's quarters, and the highest mean of a part. */
export function quartersOf({ sums, counts, last }: CurveState): { quarters: number[]; highest: number } {
  const quarters: number[] = [];
  let used = counts.length;
  while (used > 0 && counts[used - 1] === 0) used--;
  for (let q = 0; q < 4; q++) {
    let [sum, count] = [0, 0];
    for (let part = Math.floor((q * used) / 4); part < Math.floor(((q + 1) * used) / 4); part++) {
      sum += sums[part]!;
      count += counts[part]!;
    }
    quarters.push(count > 0 ? sum / count : (quarters[q - 1] ?? last));
  }
  let [highest, sum, count] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (let part = 0; part < used; part++) {
    sum += sums[part]!;
    count += counts[part]!;
    if (count < TOGETHER && part < used - 1) continue;
    highest = Math.max(highest, sum / count);
    [sum, count] = [0, 0];
  }
  return { quarters, highest };
}
