// A step length along a direction that meets the strong Wolfe conditions. Source: Nocedal and Wright, "Numerical
// Optimization" (2006), algorithms 3.5 and 3.6, interpolation 3.59; bounds and numbers are those of PyTorch's LBFGS.

/** A function along the direction: at a step t its value f, its slope, and what it was computed with. */
export interface Point<Gradient> {
  readonly t: number;
  readonly f: number;
  readonly slope: number;
  readonly gradient: Gradient;
}

const DECREASE = 1e-4; // c₁: f falls by at least this share of what the slope promises
const CURVATURE = 0.9; // c₂: the slope falls to this share
const MOST = 25; // points tried
const [NEAR, FAR] = [0.01, 10]; // how far the next point may lie, of the last step's length and of t
const EDGE = 0.1; // of a bracket, near whose ends no point helps much
const LEAST = 1e-9; // change of a parameter that is none

/**
 * The point that is to be taken: one that meets both conditions; after 25 points, or where the bracket is too short to
 * change a parameter, the best so far. `at` computes the point at a step, `first` is the step that is tried first and
 * `largest` the direction's largest element.
 */
export async function searchLine<Gradient>(
  at: (t: number) => Promise<Point<Gradient>>,
  start: Point<Gradient>,
  first: number,
  largest: number,
): Promise<Point<Gradient>> {
  const tooHigh = ({ t, f }: Point<Gradient>) => f > start.f + DECREASE * t * start.slope;
  const flat = ({ slope }: Point<Gradient>) => Math.abs(slope) <= -CURVATURE * start.slope;
  let before = start;
  let point = await at(first);
  let tried = 0;
  let bracket: [Point<Gradient>, Point<Gradient>] | null = null;
  for (; tried < MOST; tried++) {
    if (tooHigh(point) || (tried > 1 && point.f >= before.f)) bracket = [before, point];
    else if (flat(point)) return point;
    else if (point.slope >= 0) bracket = [before, point];
    if (bracket) break;
    const next = cubicMinimum(before, point, point.t + NEAR * (point.t - before.t), point.t * FAR);
    before = point;
    point = await at(next);
  }
  bracket ??= [start, point];

  // between the ends of the bracket lies a point that meets both; the lower end is the one to beat
  let [low, high] = bracket[0].f <= bracket[1].f ? [0, 1] : [1, 0];
  let stuck = false;
  while (tried < MOST) {
    const [left, right] = bracket[0].t < bracket[1].t ? bracket : [bracket[1], bracket[0]];
    const width = right.t - left.t;
    if (width * largest < LEAST) break;
    let t = cubicMinimum(bracket[0], bracket[1], left.t, right.t);
    if (Math.min(right.t - t, t - left.t) < EDGE * width) {
      if (stuck || t >= right.t || t <= left.t) {
        t = Math.abs(t - right.t) < Math.abs(t - left.t) ? right.t - EDGE * width : left.t + EDGE * width;
        stuck = false;
      } else stuck = true;
    } else stuck = false;
    point = await at(t);
    tried++;
    if (tooHigh(point) || point.f >= bracket[low]!.f) {
      bracket[high] = point;
      [low, high] = bracket[0].f <= bracket[1].f ? [0, 1] : [1, 0];
      continue;
    }
    if (flat(point)) return point;
    if (point.slope * (bracket[high]!.t - bracket[low]!.t) >= 0) bracket[high] = bracket[low]!;
    bracket[low] = point;
  }
  return bracket[low]!;
}

/** Where the cubic through two points and their slopes is least, between `least` and `most`; else their middle. */
function cubicMinimum<G>(a: Point<G>, b: Point<G>, least: number, most: number): number {
  const bend = a.slope + b.slope - (3 * (a.f - b.f)) / (a.t - b.t);
  const square = bend * bend - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2; // also where something is not finite
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const root = Math.sqrt(square);
  const t = right.t - (right.t - left.t) * ((right.slope + root - bend) / (right.slope - left.slope + 2 * root));
  return Number.isFinite(t) ? Math.min(Math.max(t, least), most) : (least + most) / 2;
}
