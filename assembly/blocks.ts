// The interpreter's records over blocks: weight gradients, and the optimizer right behind them while a block's gradient
// is in the cache. Its twin is src/backend/js/blocks.ts.

import { RENORM_EPSILON } from "./constants";
import { denseBackwardWeights, scatterRows, sumRows } from "./dense";
import { addSigns, averageWeights, limitGradient, scaleGradient, squaredNorm } from "./gradient";
import { productsRow } from "./gram";
import { at } from "./lanes";
import { runStatistics } from "./normalization";
import { optimizerUpdate, roundHyper } from "./optimizer";
import { packTiles } from "./pack";
import {
  AddSigns,
  Average,
  CHUNK,
  COLUMNS,
  DenseBackwardWeights,
  Header,
  Hyper,
  Kind,
  LANES,
  LayerBlocks,
  LimitRows,
  Phase,
  Products,
  RunStatistics,
  Source,
  SquaredNorm,
  SumRows,
  Update,
} from "./program";
import {
  address,
  double,
  hyper,
  kindOf,
  orderOf,
  panelsOf,
  phaseWord,
  recordAt,
  roundedOf,
  scratchNote,
  setWord,
  stripOf,
  word,
} from "./records";

/** Runs the blocks [from, to) of a phase; they are numbered through all layers. */
export function runBlocks<T>(program: usize, phase: i32, from: i32, to: i32, scratch: usize): void {
  const last = phaseWord(program, phase, Phase.last);
  let block = 0; // number of the first block that the record speaks of
  for (let i = phaseWord(program, phase, Phase.first); i < last; i++) {
    const r = recordAt(program, i);
    const count = word(r, LayerBlocks.blocks);
    const first = max(0, from - block);
    const end = min(count, to - block);
    block += count;
    switch (kindOf(r)) {
      case Kind.layerBlocks: {
        const operations = word(r, LayerBlocks.operations);
        for (let b = first; b < end; b++) runBlock<T>(program, r, i + 1, operations, b, scratch);
        i += operations;
        break;
      }
      case Kind.limitRows:
        for (let b = first; b < end; b++) limitRow<T>(program, r, b);
        break;
      case Kind.products:
        for (let b = first; b < end; b++) products(r, b, count);
        break;
      default:
        unreachable();
    }
  }
}

// Block b of a layer: rows u to u + rows − 1 of the strip that begins at input `first`, `width` inputs wide. Does on it
// the `operations` records from record `operation` on.
function runBlock<T>(program: usize, r: usize, operation: i32, operations: i32, b: i32, scratch: usize): void {
  const kp = word(r, LayerBlocks.kp);
  const np = word(r, LayerBlocks.np);
  const height = word(r, LayerBlocks.height);
  const perStrip = (np + height - 1) / height;
  const first = (b / perStrip) * COLUMNS;
  const width = min(COLUMNS, kp - first);
  const u = (b % perStrip) * height;
  const rows = min(height, np - u);
  const place = first * np + u * width;
  const count = rows * width;
  const kept = address(r, LayerBlocks.dw);
  const dw = kept ? at<T>(kept, place) : address(r, LayerBlocks.block) + scratch;
  const db = address(r, LayerBlocks.db);
  const vectors = word(r, LayerBlocks.vectors);
  for (let i = operation; i < operation + operations; i++) {
    const o = recordAt(program, i);
    switch (kindOf(o)) {
      case Kind.denseBackwardWeights:
        weightGradient<T>(program, o, dw, first, width, u, rows, scratch);
        if (b == 0) {
          const mp = word(o, DenseBackwardWeights.mp);
          sumRows<T>(db, address(o, DenseBackwardWeights.rows), np, mp, panelsOf(program));
        }
        break;
      case Kind.sumRows:
        if (b == 0) {
          const sums = address(o, SumRows.sums);
          sumRows<T>(sums, address(o, SumRows.rows), word(o, SumRows.np), word(o, SumRows.mp), panelsOf(program));
        }
        break;
      case Kind.limitGradient: {
        const most = <T>hyper(program, Hyper.clipValue);
        limitGradient<T>(dw, count, most);
        if (b == 0) limitGradient<T>(db, vectors, most);
        break;
      }
      case Kind.addSigns:
        addSigns<T>(dw, at<T>(address(o, AddSigns.w), place), count, <T>hyper(program, Hyper.l1));
        break;
      case Kind.squaredNorm: {
        const sum = squaredNorm<T>(dw, count) + (b == 0 ? squaredNorm<T>(db, vectors) : 0);
        store<f64>(at<f64>(address(program, Header.norms), word(o, SquaredNorm.first) + b), sum);
        break;
      }
      case Kind.scaleGradient: {
        const scale = <T>hyper(program, Hyper.gradientScale);
        scaleGradient<T>(dw, count, scale);
        if (b == 0) scaleGradient<T>(db, vectors, scale);
        break;
      }
      case Kind.update:
        update<T>(program, o, place, dw, count, hyper(program, Hyper.weightDecay), scratch);
        // biases and the like do not decay
        if (b == 0) update<T>(program, o, np * kp, db, vectors, 0, scratch);
        break;
      case Kind.runStatistics:
        if (b == 0) statistics<T>(program, o);
        break;
      case Kind.average: {
        const w = address(o, Average.w);
        const average = address(o, Average.average);
        const share = hyper(program, Hyper.averageShare);
        if (share == 1) break;
        averageWeights<T>(at<T>(average, place), at<T>(w, place), count, share);
        if (b == 0) {
          averageWeights<T>(at<T>(average, np * kp), at<T>(w, np * kp), word(o, Average.vectors), share);
        }
        break;
      }
      default:
        unreachable();
    }
  }
}

// The gradient of a block's weights. The inputs of the strip, once packed, serve its other blocks too, unless
// the batch is longer than a chunk.
function weightGradient<T>(
  program: usize,
  r: usize,
  dw: usize,
  first: i32,
  width: i32,
  u: i32,
  rows: i32,
  scratch: usize,
): void {
  const m = word(program, Header.examples);
  const x = address(r, DenseBackwardWeights.x);
  const type = word(r, DenseBackwardWeights.xType);
  const stride = word(r, DenseBackwardWeights.xStride);
  const mp = word(r, DenseBackwardWeights.mp);
  const tile = address(r, DenseBackwardWeights.tile) + scratch;
  const dz = at<T>(address(r, DenseBackwardWeights.rows), u * mp);
  const order = orderOf(program, 0);
  if (type == Source.examples) {
    scatterRows<T>(dw, dz, first, width, order, m, rows, mp);
    return;
  }
  const scale = word(r, DenseBackwardWeights.scaled) ? <T>hyper(program, Hyper.inputScale) : <T>1;
  const note = scratchNote(program, scratch);
  const packed = load<u32>(note) == <u32>r && load<i32>(note, 4) == first && m <= CHUNK;
  store<u32>(note, <u32>r);
  store<i32>(note, first, 4);
  for (let s = 0; s < m; s += CHUNK) {
    const count = min(CHUNK, m - s);
    if (!packed) {
      const source =
        type == Source.panels
          ? at<T>(x, first * LANES) + <usize>(s / LANES) * <usize>stride
          : stripOf(x, type, stride, first);
      const inputs = min(COLUMNS, word(r, DenseBackwardWeights.k) - first);
      packTiles<T>(tile, source, type, stride, inputs, at<i32>(order, s), count, scale);
    }
    denseBackwardWeights<T>(dw, at<T>(dz, s), tile, width, count, rows, mp, s == 0);
  }
}

// Updates the `count` parameters of the layer from element `first` on; their gradient lies at dw.
function update<T>(program: usize, r: usize, first: i32, dw: usize, count: i32, decay: f64, scratch: usize): void {
  const h = roundedOf(program, scratch);
  roundHyper<T>(h, program, decay);
  const w = at<T>(address(r, Update.w), first);
  const v = at<T>(address(r, Update.v), first);
  const s = at<T>(address(r, Update.s), first);
  const u = at<T>(address(r, Update.u), first);
  const bad = optimizerUpdate<T>(word(r, Update.which), w, dw, v, s, u, count, h);
  if (v128.any_true(v128.ne<T>(bad, bad))) setWord(program, Header.badUpdate, 1);
}

// The running mean and variance of a batch normalisation follow the batch's; its variance is that of a sample.
function statistics<T>(program: usize, r: usize): void {
  const m = word(program, Header.examples);
  const np8 = word(r, RunStatistics.np8);
  const running = address(r, RunStatistics.running);
  const batch = address(r, RunStatistics.batch);
  const momentum = <T>double(r, RunStatistics.momentum);
  const factor = m > 1 ? <T>(<f64>m / <f64>(m - 1)) : <T>1;
  runStatistics<T>(running, batch, np8, momentum, 1);
  runStatistics<T>(at<T>(running, np8), at<T>(batch, np8), np8, momentum, factor);
}

// The weights of unit u, strip by strip, are scaled down to norm maxNorm where theirs is larger, as by PyTorch's renorm.
function limitRow<T>(program: usize, r: usize, u: i32): void {
  const kp = word(r, LimitRows.kp);
  const np = word(r, LimitRows.np);
  const w = address(r, LimitRows.w);
  let sum: f64 = 0;
  for (let first = 0; first < kp; first += COLUMNS) {
    const width = min(COLUMNS, kp - first);
    sum += squaredNorm<T>(at<T>(w, first * np + u * width), width);
  }
  const norm = Math.sqrt(sum);
  const most = hyper(program, Hyper.maxNorm);
  if (!(norm > most)) return;
  const scale = <T>(most / (norm + RENORM_EPSILON));
  for (let first = 0; first < kp; first += COLUMNS) {
    const width = min(COLUMNS, kp - first);
    scaleGradient<T>(at<T>(w, first * np + u * width), width, scale);
  }
}

// Products of example i with those before it and with itself.
function products(r: usize, i: i32, count: i32): void {
  const type = word(r, Products.xType);
  productsRow(address(r, Products.products), address(r, Products.x), type, count, word(r, Products.k), i);
}
