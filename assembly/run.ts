// The interpreter of a program: runs the records of a phase that src/plan/ laid out and calls the kernels. It owns no
// memory and knows no network; src/backend/js/run.ts is its twin in plain TypeScript and must do the same in the same
// order. Here are the records over panels; those over blocks are blocks.ts's, what is done once is once.ts's.

import { activationBackward, activationForward } from "./activation";
import { runBlocks } from "./blocks";
import { denseBackwardInput, denseForward, scaleAndBias, storeRows } from "./dense";
import { dropoutBackward, dropoutForward, dropoutKey } from "./dropout";
import { at, bytesOf } from "./lanes";
import { lossAndGradient, weighLosses } from "./loss";
import { gatherInputs, gatherLabels, gatherTargets } from "./pack";
import {
  ActivationBackward,
  ActivationForward,
  COLUMNS,
  DenseBackwardInput,
  DenseForward,
  DropoutBackward,
  DropoutForward,
  GatherLabels,
  GatherTargets,
  GROUP,
  Header,
  Hyper,
  Kind,
  LANES,
  LossAndGradient,
  Over,
  Phase,
  Source,
  StoreRows,
  WeighLosses,
} from "./program";
import {
  address,
  double,
  examplesOf,
  forgetPacked,
  hyper,
  kindOf,
  orderOf,
  overOf,
  phaseWord,
  recordAt,
  stripOf,
  word,
} from "./records";

// A layer of at most so many units reads its inputs once or twice (dense.ts takes 32 rows of weights at a time): a pair
// of panels, 16 KiB in float32, is gathered and used while it is in the first-level cache. Wider layers gather a whole
// group first.
const FEW_UNITS: i32 = 64;

/** Runs a phase over the panels, or over the blocks, [from, to). */
export function runPhase<T>(program: usize, phase: i32, from: i32, to: i32, scratch: usize): void {
  if (overOf(program, phase) == Over.blocks) {
    runBlocks<T>(program, phase, from, to, scratch);
    return;
  }
  forgetPacked(program, scratch);
  const first = phaseWord(program, phase, Phase.first);
  const last = phaseWord(program, phase, Phase.last);
  // a group of panels goes through the phase record by record, so that a layer's weights serve them all
  for (let p = from; p < to; p += GROUP) {
    const end = min(p + GROUP, to);
    for (let i = first; i < last; i++) runPanels<T>(program, recordAt(program, i), p, end, scratch);
  }
}

// One record over the panels [from, to).
function runPanels<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  switch (kindOf(r)) {
    case Kind.gatherLabels: {
      const stride = address(r, GatherLabels.yStride);
      let y = address(r, GatherLabels.y) + scratch;
      for (let p = from; p < to; p++, y += stride) {
        const order = orderOf(program, p);
        const labels = address(r, GatherLabels.labels);
        const n = word(r, GatherLabels.n);
        const examples = examplesOf(program, p);
        gatherLabels<T>(y, labels, n, order, examples, double(r, GatherLabels.off), double(r, GatherLabels.on));
      }
      return;
    }
    case Kind.gatherTargets: {
      const stride = address(r, GatherTargets.yStride);
      let y = address(r, GatherTargets.y) + scratch;
      for (let p = from; p < to; p++, y += stride) {
        const order = orderOf(program, p);
        const targets = address(r, GatherTargets.targets);
        gatherTargets<T>(y, targets, word(r, GatherTargets.n), order, examplesOf(program, p));
      }
      return;
    }
    case Kind.denseForward:
      forward<T>(program, r, from, to, scratch);
      return;
    case Kind.activationForward: {
      const stride = address(r, ActivationForward.stride);
      let a = address(r, ActivationForward.a) + <usize>from * stride;
      let z = address(r, ActivationForward.z) + <usize>from * stride;
      const which = word(r, ActivationForward.which);
      for (let p = from; p < to; p++, a += stride, z += stride) {
        activationForward<T>(which, a, z, word(r, ActivationForward.rows), double(r, ActivationForward.slope));
      }
      return;
    }
    case Kind.dropoutForward: {
      const stride = address(r, DropoutForward.stride);
      let out = address(r, DropoutForward.out) + <usize>from * stride;
      let a = address(r, DropoutForward.a) + <usize>from * stride;
      const step = <i32>hyper(program, Hyper.updates);
      const key = dropoutKey(word(r, DropoutForward.seed), step, word(r, DropoutForward.layer));
      const threshold = word(r, DropoutForward.threshold);
      const factor = <T>double(r, DropoutForward.factor);
      const shift = <T>double(r, DropoutForward.shift);
      const instead = <T>double(r, DropoutForward.instead);
      for (let p = from; p < to; p++, out += stride, a += stride) {
        const order = orderOf(program, p);
        dropoutForward<T>(out, a, word(r, DropoutForward.rows), order, key, threshold, factor, shift, instead);
      }
      return;
    }
    case Kind.lossAndGradient:
      loss<T>(program, r, from, to, scratch);
      return;
    case Kind.weighLosses: {
      const stride = address(r, WeighLosses.dzStride);
      const weights = address(r, WeighLosses.weights);
      let dz = address(r, WeighLosses.dz) + scratch;
      for (let p = from; p < to; p++, dz += stride) {
        const losses = at<T>(address(program, Header.losses), p * LANES);
        const examples = examplesOf(program, p);
        weighLosses<T>(dz, losses, word(r, WeighLosses.n), weights, orderOf(program, p), examples);
      }
      return;
    }
    case Kind.activationBackward: {
      const stride = address(r, ActivationBackward.dzStride);
      const keptStride = address(r, ActivationBackward.keptStride);
      let dz = address(r, ActivationBackward.dz) + scratch;
      let kept = address(r, ActivationBackward.kept) + <usize>from * keptStride;
      const which = word(r, ActivationBackward.which);
      for (let p = from; p < to; p++, dz += stride, kept += keptStride) {
        activationBackward<T>(which, dz, kept, word(r, ActivationBackward.rows), double(r, ActivationBackward.slope));
      }
      return;
    }
    case Kind.dropoutBackward: {
      const stride = address(r, DropoutBackward.dzStride);
      let dz = address(r, DropoutBackward.dz) + scratch;
      const step = <i32>hyper(program, Hyper.updates);
      const key = dropoutKey(word(r, DropoutBackward.seed), step, word(r, DropoutBackward.layer));
      const threshold = word(r, DropoutBackward.threshold);
      const factor = <T>double(r, DropoutBackward.factor);
      for (let p = from; p < to; p++, dz += stride) {
        dropoutBackward<T>(dz, word(r, DropoutBackward.rows), orderOf(program, p), key, threshold, factor);
      }
      return;
    }
    case Kind.denseBackwardInput:
      backwardInput<T>(r, to - from, scratch);
      return;
    case Kind.storeRows: {
      const stride = address(r, StoreRows.dzStride);
      let dz = address(r, StoreRows.dz) + scratch;
      for (let p = from; p < to; p++, dz += stride) {
        storeRows<T>(at<T>(address(r, StoreRows.rows), p * LANES), dz, word(r, StoreRows.np), word(r, StoreRows.mp));
      }
      return;
    }
    default:
      unreachable();
  }
}

// z = w · x + b of one layer, strip by strip. The inputs of the first layer are gathered and converted on the way.
function forward<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  const stride = address(r, DenseForward.zStride);
  const z = address(r, DenseForward.z) + <usize>from * stride;
  const type = word(r, DenseForward.xType);
  const k = word(r, DenseForward.k);
  const kp = word(r, DenseForward.kp);
  const np = word(r, DenseForward.np);
  const count = to - from;
  for (let first = 0; first < k; first += COLUMNS) {
    const inputs = min(COLUMNS, k - first);
    const w = at<T>(address(r, DenseForward.w), first * np);
    const width = min(COLUMNS, kp - first);
    if (type == Source.panels) {
      const xPanel = address(r, DenseForward.xStride);
      const x = at<T>(address(r, DenseForward.x) + <usize>from * xPanel, first * LANES);
      denseForward<T>(z, stride, x, xPanel, count, w, width, inputs, np, first == 0);
      continue;
    }
    const some = np <= FEW_UNITS ? 2 : count;
    const xPanel = bytesOf<T>(COLUMNS * LANES);
    const x = address(r, DenseForward.panels) + scratch;
    const rows = stripOf(address(r, DenseForward.x), type, word(r, DenseForward.xStride), first);
    for (let p = 0; p < count; p += some) {
      const panels = min(some, count - p);
      for (let i = 0; i < panels; i++) {
        const panel = from + p + i;
        const out = x + <usize>i * xPanel;
        gatherInputs<T>(out, rows, type, inputs, orderOf(program, panel), examplesOf(program, panel));
      }
      denseForward<T>(z + <usize>p * stride, stride, x, xPanel, panels, w, width, inputs, np, first == 0);
    }
  }
  const scale = word(r, DenseForward.scaled) ? <T>hyper(program, Hyper.inputScale) : <T>1;
  const b = address(r, DenseForward.b);
  for (let p = 0; p < count; p++) scaleAndBias<T>(z + <usize>p * stride, b, np, scale);
}

// da = wᵀ · dz of one layer for the panels of a group, strip by strip.
function backwardInput<T>(r: usize, count: i32, scratch: usize): void {
  const kp = word(r, DenseBackwardInput.kp);
  const np = word(r, DenseBackwardInput.np);
  const dz = address(r, DenseBackwardInput.dz) + scratch;
  const stride = address(r, DenseBackwardInput.stride);
  for (let first = 0; first < kp; first += COLUMNS) {
    const width = min(COLUMNS, kp - first);
    const da = at<T>(address(r, DenseBackwardInput.da) + scratch, first * LANES);
    const w = at<T>(address(r, DenseBackwardInput.w), first * np);
    denseBackwardInput<T>(da, dz, stride, count, w, width, word(r, DenseBackwardInput.n));
  }
}

// The losses of the examples of some panels and their derivatives.
function loss<T>(program: usize, r: usize, from: i32, to: i32, scratch: usize): void {
  const stride = address(r, LossAndGradient.dzStride);
  const zStride = address(r, LossAndGradient.zStride);
  const yStride = address(r, LossAndGradient.yStride);
  let dz = address(r, LossAndGradient.dz) + scratch;
  let z = address(r, LossAndGradient.z) + <usize>from * zStride;
  let y = address(r, LossAndGradient.y) + scratch;
  const n = word(r, LossAndGradient.n);
  const m = word(program, Header.examples);
  const inverse = <T>(1 / <f64>m);
  const which = word(r, LossAndGradient.which);
  const parameter = double(r, LossAndGradient.parameter);
  for (let p = from; p < to; p++, dz += stride, z += zStride, y += yStride) {
    const losses = at<T>(address(program, Header.losses), p * LANES);
    // the scratch held another layer's gradient: rows that no output owns must be 0
    memory.fill(at<T>(dz, n * LANES), 0, bytesOf<T>((word(r, LossAndGradient.np) - n) * LANES));
    lossAndGradient<T>(which, dz, losses, z, y, n, m - p * LANES, inverse, parameter);
  }
}
