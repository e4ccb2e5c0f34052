// Reference backend: the plan's program interpreted in plain TypeScript over one ArrayBuffer. Complete and slow; the
// WASM kernels must give its bits. The twin of assembly/run.ts.

import * as P from "../../assembly/program.js";
import type { Backend, Machine } from "../backend.js";
import { batchCost, beginBatch, beginUpdate, controlOf, endBatch } from "../plan/header.js";
import type { Plan } from "../plan.js";
import * as activation from "./js/activation.js";
import * as dense from "./js/dense.js";
import { gramRows } from "./js/gram.js";
import * as loss from "./js/loss.js";
import { float32, float64 } from "./js/numbers.js";
import * as optimizer from "./js/optimizer.js";
import * as pack from "./js/pack.js";

const FORWARD = new Map([
  [P.RELU_FORWARD, activation.reluForward],
  [P.LEAKY_RELU_FORWARD, activation.leakyReluForward],
  [P.TANH_FORWARD, activation.tanhForward],
  [P.SIGMOID_FORWARD, activation.sigmoidForward],
  [P.SOFTMAX_FORWARD, activation.softmaxForward],
]);
const BACKWARD = new Map([
  [P.RELU_BACKWARD, activation.reluBackward],
  [P.LEAKY_RELU_BACKWARD, activation.leakyReluBackward],
  [P.TANH_BACKWARD, activation.tanhBackward],
  [P.SIGMOID_BACKWARD, activation.sigmoidBackward],
]);
const LOSSES = new Map([
  [P.BINARY_CROSS_ENTROPY, loss.binaryCrossEntropy],
  [P.CATEGORICAL_CROSS_ENTROPY, loss.categoricalCrossEntropy],
  [P.MEAN_SQUARED_ERROR, loss.meanSquaredError],
]);
const UPDATES = new Map([
  [P.SGD_UPDATE, optimizer.sgdUpdate],
  [P.MOMENTUM_UPDATE, optimizer.momentumUpdate],
  [P.NESTEROV_UPDATE, optimizer.nesterovUpdate],
  [P.RMSPROP_UPDATE, optimizer.rmspropUpdate],
  [P.ADAM_UPDATE, optimizer.adamUpdate],
  [P.ADAMW_UPDATE, optimizer.adamwUpdate],
]);

export const jsBackend: Backend = { name: "js", load };

function load(plan: Plan): Machine {
  const memory = new ArrayBuffer(plan.bytes);
  new Uint8Array(memory).set(plan.image, plan.program);
  const { dtype } = plan.request.architecture;
  const size = dtype === "float64" ? 8 : 4;
  const t = dtype === "float64" ? float64(memory) : float32(memory);
  const words = new Int32Array(memory);
  const bytes = new Uint8Array(memory);
  const float32s = new Float32Array(memory, 0, Math.floor(plan.bytes / 4));
  const float64s = new Float64Array(memory, 0, Math.floor(plan.bytes / 8));
  const control = controlOf(plan, memory);
  const { header, hyper } = control;
  const costs = new Float64Array(memory, plan.costs.offset, plan.costs.length);
  const orderAt = (i: number) => (header[P.ORDER]! >>> 0) / 4 + header[P.START]! + i;

  // Word i of a record: as it is, as an address in elements of the heap, and as the panel p of an operand.
  const word = (record: number, i: number) => words[record + i]!;
  const element = (record: number, i: number) => (words[record + i]! >>> 0) / size;
  const operand = (record: number, i: number, p: number) => element(record, i) + p * element(record, i + 1);
  const recordAt = (i: number) => (plan.program + P.RECORDS) / 4 + i * P.RECORD;

  // The data set's rows in their own type, and the element they begin at.
  function rowsOf(type: number, address: number): { rows: pack.Rows; x: number } {
    if (type === P.UINT8) return { rows: bytes, x: address >>> 0 };
    return type === P.FLOAT32 ? { rows: float32s, x: (address >>> 0) / 4 } : { rows: float64s, x: (address >>> 0) / 8 };
  }

  function panels(section: number, from: number, to: number): void {
    const first = header[P.SECTIONS + 2 * section]!;
    const last = header[P.SECTIONS + 2 * section + 1]!;
    for (let p = from; p < to; p++) {
      for (let i = first; i < last; i++) runPanel(recordAt(i), p);
    }
  }

  function passes(from: number, to: number): void {
    for (let p = from; p < to; p++) {
      panels(P.FORWARD, p, p + 1);
      panels(P.LOSS, p, p + 1);
      panels(P.BACKWARD, p, p + 1);
    }
  }

  // Panels come one at a time, so each finds its scratch at the start.
  function runPanel(r: number, p: number): void {
    const m = header[P.EXAMPLES]!;
    const left = m - p * P.LANES; // examples in this panel and after it
    const count = Math.min(left, P.LANES);
    const order = orderAt(p * P.LANES);
    const kind = word(r, 0);
    switch (kind) {
      case P.GATHER_LABELS:
        pack.gatherLabels(t, element(r, 1), words, (word(r, 3) >>> 0) / 4, word(r, 4), order, count);
        break;
      case P.GATHER_TARGETS: {
        const n = word(r, 4);
        pack.gatherRows(t, element(r, 1), t.heap, element(r, 3), n, words, order, count);
        break;
      }
      case P.DENSE_FORWARD:
        forward(r, p, order, count);
        break;
      case P.BINARY_CROSS_ENTROPY:
      case P.CATEGORICAL_CROSS_ENTROPY:
      case P.MEAN_SQUARED_ERROR: {
        const dz = element(r, 1);
        const n = word(r, 7);
        const losses = (header[P.LOSSES]! >>> 0) / size + p * P.LANES;
        // the scratch held another layer's gradient: rows that no output owns must be 0
        t.heap.fill(0, dz + n * P.LANES, dz + word(r, 8) * P.LANES);
        LOSSES.get(kind)!(t, dz, losses, operand(r, 3, p), element(r, 5), n, left, t.round(1 / m));
        break;
      }
      case P.DENSE_BACKWARD_INPUT:
        dense.denseBackwardInput(t, element(r, 1), element(r, 2), element(r, 4), word(r, 5), word(r, 6), word(r, 7));
        break;
      case P.STORE_ROWS:
        dense.storeRows(t, element(r, 1) + p * P.LANES, element(r, 2), word(r, 4), word(r, 5));
        break;
      default:
        FORWARD.get(kind)?.(t, operand(r, 1, p), word(r, 3));
        BACKWARD.get(kind)?.(t, element(r, 1), operand(r, 3, p), word(r, 5));
    }
  }

  // z = w · x + b of one layer, strip by strip. The inputs of the first layer are gathered and converted on the way.
  function forward(r: number, p: number, order: number, count: number): void {
    const z = operand(r, 1, p);
    const type = word(r, 4);
    const k = word(r, 6);
    const kp = word(r, 7);
    const np = word(r, 8);
    t.heap.fill(0, z, z + np * P.LANES);
    for (let first = 0; first < k; first += P.COLUMNS) {
      const inputs = Math.min(P.COLUMNS, k - first);
      let x = element(r, 12);
      if (type === P.PANELS) x = element(r, 3) + p * element(r, 5) + first * P.LANES;
      else {
        const { rows, x: strips } = rowsOf(type, word(r, 3));
        pack.gatherRows(t, x, rows, strips + first * word(r, 5), inputs, words, order, count);
      }
      const w = element(r, 9) + first * np;
      t.multiplyAdd(z, P.LANES, w, Math.min(P.COLUMNS, kp - first), 1, x, np, inputs);
    }
    dense.scaleAndBias(t, z, element(r, 10), np, word(r, 11) ? t.round(hyper[P.INPUT_SCALE]!) : 1);
  }

  function blocks(from: number, to: number): void {
    const last = header[P.SECTIONS + 2 * P.UPDATE + 1]!;
    let block = 0; // number of the layer's first block
    for (let i = header[P.SECTIONS + 2 * P.UPDATE]!; i < last; i += 2) {
      const gradient = recordAt(i);
      const optimizer = recordAt(i + 1);
      const kp = word(gradient, 8);
      const np = word(gradient, 9);
      const count = word(gradient, 13);
      const height = word(gradient, 14);
      const blocksOfStrip = Math.ceil(np / height);
      const end = Math.min(count, to - block);
      for (let b = Math.max(0, from - block); b < end; b++) {
        const first = Math.floor(b / blocksOfStrip) * P.COLUMNS;
        const width = Math.min(P.COLUMNS, kp - first);
        const u = (b % blocksOfStrip) * height;
        const rows = Math.min(height, np - u);
        const place = first * np + u * width;
        const kept = header[P.KEEP] || word(optimizer, 0) === 0;
        const dw = kept ? element(gradient, 1) + place : element(gradient, 15);
        weightGradient(gradient, dw, first, width, u, rows);
        update(optimizer, place, dw, rows * width, true);
        if (b > 0) continue;
        const panels = Math.ceil(header[P.EXAMPLES]! / P.LANES);
        const db = element(gradient, 2);
        dense.denseBackwardBias(t, db, element(gradient, 3), np, word(gradient, 10), panels);
        update(optimizer, np * kp, db, word(optimizer, 4), false);
      }
      block += count;
    }
  }

  // The gradient of rows u … u + rows of the strip that begins at input `first`, `width` inputs wide.
  function weightGradient(r: number, dw: number, first: number, width: number, u: number, rows: number): void {
    const m = header[P.EXAMPLES]!;
    const type = word(r, 5);
    const k = word(r, 7);
    const mp = word(r, 10);
    const tile = element(r, 11);
    const scale = word(r, 12) ? t.round(hyper[P.INPUT_SCALE]!) : 1;
    const dz = element(r, 3) + u * mp;
    t.heap.fill(0, dw, dw + rows * width);
    if (type === P.EXAMPLES_THEMSELVES) dense.scatterRows(t, dw, dz, first, width, words, orderAt(0), m, rows, mp);
    for (let s = 0; s < m && type !== P.EXAMPLES_THEMSELVES; s += P.CHUNK) {
      const count = Math.min(P.CHUNK, m - s);
      for (let column = 0; column < width; column += P.LANES) {
        if (type === P.PANELS) {
          const stride = element(r, 6);
          pack.packPanels(t, tile, element(r, 4) + (s / P.LANES) * stride, stride, k, first + column, count);
        } else {
          const { rows: source, x } = rowsOf(type, word(r, 4));
          const inputs = Math.min(P.COLUMNS, k - first);
          pack.packRows(t, tile, source, x + first * word(r, 6), inputs, column, words, orderAt(s), count, scale);
        }
        dense.denseBackwardWeights(t, dw + column, dz + s, tile, width, count, rows, mp);
      }
    }
  }

  // Updates `count` parameters from element `start` of the layer's on, whose gradient lies at dw; biases do not decay.
  function update(r: number, start: number, dw: number, count: number, decays: boolean): void {
    const run = UPDATES.get(word(r, 0));
    if (!run) return; // a plan for gradients alone
    const values = optimizer.roundHyper(t, hyper);
    if (!decays) Object.assign(values, { decay: 0, shrink: 1 });
    const [w, v, s] = [1, 2, 3].map((i) => element(r, i) + start) as [number, number, number];
    if (!run(t, w, dw, v, s, count, values)) header[P.BAD_UPDATE] = 1;
  }

  function products(from: number, to: number): void {
    const r = recordAt(header[P.SECTIONS + 2 * P.PRODUCTS]!);
    const { rows, x } = rowsOf(word(r, 3), word(r, 2));
    gramRows(float64s, (word(r, 1) >>> 0) / 8, rows, x, word(r, 4), word(r, 5), from, to);
  }

  function steps(count: number): number {
    for (let i = 0; i < count; i++) {
      passes(0, beginBatch(control));
      costs[i] = batchCost(control);
      if (!Number.isFinite(costs[i])) return i;
      beginUpdate(control);
      blocks(0, plan.blocks);
      endBatch(control);
      if (header[P.BAD_UPDATE]) return i + 1;
    }
    return count;
  }

  return { memory, panels, passes, blocks, products, steps };
}
