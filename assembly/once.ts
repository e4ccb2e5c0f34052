// What is done once in a step, by one thread between two phases: sums over the batch, its cost, the norm of its gradient, the next
// batch. Its twin is src/backend/js/once.ts.

import { CLIP_EPSILON, NADAM_DECAY } from "./constants";
import { sumRows } from "./dense";
import { at } from "./lanes";
import { moments } from "./normalization";
import { Clip, Header, Hyper, Kind, Moments, Phase, SumRows } from "./program";
import { address, hyper, kindOf, panelsOf, phaseWord, recordAt, setHyper, setWord, word } from "./records";

/** Runs a phase that is done once. False when the step, or with it the training, is not to go on. */
export function runOnce<T>(program: usize, phase: i32): bool {
  const last = phaseWord(program, phase, Phase.last);
  let goes = true;
  for (let i = phaseWord(program, phase, Phase.first); i < last; i++) {
    const r = recordAt(program, i);
    switch (kindOf(r)) {
      case Kind.moments: {
        const m = word(program, Header.examples);
        const mean = address(r, Moments.mean);
        const variance = address(r, Moments.variance);
        moments<T>(address(r, Moments.rows), word(r, Moments.n), word(r, Moments.mp), m, mean, variance);
        break;
      }
      case Kind.sumRows: {
        const np = word(r, SumRows.np);
        const mp = word(r, SumRows.mp);
        sumRows<T>(address(r, SumRows.sums), address(r, SumRows.rows), np, mp, panelsOf(program));
        break;
      }
      case Kind.cost:
        if (!cost<T>(program)) return false;
        break;
      case Kind.clip:
        clip(program, word(r, Clip.blocks));
        break;
      case Kind.beginUpdate:
        beginUpdate(program);
        break;
      case Kind.nextBatch:
        goes = nextBatch(program);
        break;
      default:
        unreachable();
    }
  }
  return goes;
}

// Mean loss over the batch, summed in double in the order of the examples. False when it is not finite.
function cost<T>(program: usize): bool {
  const m = word(program, Header.examples);
  const losses = address(program, Header.losses);
  let sum: f64 = 0;
  for (let i = 0; i < m; i++) sum += <f64>load<T>(at<T>(losses, i));
  const mean = sum / <f64>m;
  store<f64>(at<f64>(address(program, Header.costs), word(program, Header.done)), mean);
  return isFinite(mean);
}

// gradientScale = min(1, clipNorm / (‖g‖ + 10⁻⁶)), as PyTorch's clip_grad_norm_; ‖g‖² summed in the order of the
// blocks.
function clip(program: usize, blocks: i32): void {
  const norms = address(program, Header.norms);
  let sum: f64 = 0;
  for (let b = 0; b < blocks; b++) sum += load<f64>(at<f64>(norms, b));
  setHyper(program, Hyper.gradientScale, min(1, hyper(program, Hyper.clipNorm) / (Math.sqrt(sum) + CLIP_EPSILON)));
}

// The learning rate of update t, counted from 1, and what optimizers want of t: β₁ᵗ, β₂ᵗ, Nadam's μₜ and their product;
// what an average of the weights wants.
function beginUpdate(program: usize): void {
  const rates = address(program, Header.rates);
  if (rates) setHyper(program, Hyper.learningRate, load<f64>(at<f64>(rates, word(program, Header.done))));
  setHyper(program, Hyper.updates, hyper(program, Hyper.updates) + 1);
  setHyper(program, Hyper.beta1Power, hyper(program, Hyper.beta1Power) * hyper(program, Hyper.beta1));
  setHyper(program, Hyper.beta2Power, hyper(program, Hyper.beta2Power) * hyper(program, Hyper.beta2));
  const power = hyper(program, Hyper.nadamPower) * NADAM_DECAY;
  const momentum = hyper(program, Hyper.beta1) * (1 - 0.5 * power);
  setHyper(program, Hyper.nadamPower, power);
  setHyper(program, Hyper.nadamProduct, hyper(program, Hyper.nadamProduct) * momentum);
  setHyper(program, Hyper.averageShare, averageShare(program));
}

// Share of the average that this update leaves: ema; or all of it between two of the weights that are averaged, and
// n/(n + 1) after the (n + 1)th of these. Before the first the average follows the weights.
function averageShare(program: usize): f64 {
  const start = hyper(program, Hyper.swaStart);
  if (start == 0) return hyper(program, Hyper.ema);
  const since = hyper(program, Hyper.updates) - start;
  if (since < 0) return 0;
  const n = Math.floor(since / hyper(program, Hyper.swaEvery));
  return n * hyper(program, Hyper.swaEvery) == since ? n / (n + 1) : 1;
}

// The step is finished: moves on to the next batch, after the last example back to the first. False after a bad update.
function nextBatch(program: usize): bool {
  const count = word(program, Header.count);
  const next = word(program, Header.start) + word(program, Header.examples);
  const start = next < count ? next : 0;
  setWord(program, Header.done, word(program, Header.done) + 1);
  setWord(program, Header.start, start);
  setWord(program, Header.examples, min(count - start, word(program, Header.batch)));
  return !word(program, Header.badUpdate);
}
