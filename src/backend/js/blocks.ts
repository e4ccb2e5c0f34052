// The interpreter of a program, over blocks: the twin of assembly/blocks.ts.

import { RENORM_EPSILON } from "../../../assembly/constants.js";
import * as P from "../../../assembly/program.js";
import { denseBackwardWeights, scatterRows, sumRows } from "./dense.js";
import { addSigns, averageWeights, limitGradient, scaleGradient, squaredNorm } from "./gradient.js";
import { productsRow } from "./gram.js";
import { runStatistics } from "./normalization.js";
import { optimizerUpdate, roundHyper } from "./optimizer.js";
import { packTiles, stripOf } from "./pack.js";
import { type Context, kindOf, orderOf, phaseWord, recordAt, unknown } from "./records.js";

/** Runs the blocks [from, to) of a phase; they are numbered through all layers. */
export function runBlocks(context: Context, phase: number, from: number, to: number): void {
  const { header, word } = context;
  const last = phaseWord(context, phase, P.Phase.last);
  let block = 0; // number of the first block that the record speaks of
  for (let i = phaseWord(context, phase, P.Phase.first); i < last; i++) {
    const r = recordAt(header, i);
    const count = word(r, P.LayerBlocks.blocks);
    const first = Math.max(0, from - block);
    const end = Math.min(count, to - block);
    block += count;
    switch (kindOf(context, r)) {
      case P.Kind.layerBlocks: {
        const operations = word(r, P.LayerBlocks.operations);
        for (let b = first; b < end; b++) runBlock(context, r, i + 1, operations, b);
        i += operations;
        break;
      }
      case P.Kind.limitRows:
        for (let b = first; b < end; b++) limitRow(context, r, b);
        break;
      case P.Kind.products:
        for (let b = first; b < end; b++) products(context, r, b, count);
        break;
      default:
        unknown("record over blocks", kindOf(context, r));
    }
  }
}

// Block b of a layer: rows u to u + rows − 1 of the strip that begins at input `first`, `width` inputs wide. Does on it
// the `operations` records from record `operation` on.
function runBlock(context: Context, r: number, operation: number, operations: number, b: number): void {
  const { t, header, hyper, word, element } = context;
  const kp = word(r, P.LayerBlocks.kp);
  const np = word(r, P.LayerBlocks.np);
  const height = word(r, P.LayerBlocks.height);
  const perStrip = Math.ceil(np / height);
  const first = Math.floor(b / perStrip) * P.COLUMNS;
  const width = Math.min(P.COLUMNS, kp - first);
  const u = (b % perStrip) * height;
  const rows = Math.min(height, np - u);
  const place = first * np + u * width;
  const count = rows * width;
  const kept = word(r, P.LayerBlocks.dw) !== 0;
  const dw = kept ? element(r, P.LayerBlocks.dw) + place : element(r, P.LayerBlocks.block);
  const db = element(r, P.LayerBlocks.db);
  const vectors = word(r, P.LayerBlocks.vectors);
  for (let i = operation; i < operation + operations; i++) {
    const o = recordAt(header, i);
    switch (kindOf(context, o)) {
      case P.Kind.denseBackwardWeights:
        weightGradient(context, o, dw, first, width, u, rows);
        if (b === 0) {
          const panels = Math.ceil(header[P.Header.examples]! / P.LANES);
          const dz = element(o, P.DenseBackwardWeights.rows);
          sumRows(t, db, dz, np, word(o, P.DenseBackwardWeights.mp), panels);
        }
        break;
      case P.Kind.sumRows: {
        const panels = Math.ceil(header[P.Header.examples]! / P.LANES);
        const [sums, dz] = [element(o, P.SumRows.sums), element(o, P.SumRows.rows)];
        if (b === 0) sumRows(t, sums, dz, word(o, P.SumRows.np), word(o, P.SumRows.mp), panels);
        break;
      }
      case P.Kind.limitGradient: {
        const most = t.round(hyper[P.Hyper.clipValue]!);
        limitGradient(t, dw, count, most);
        if (b === 0) limitGradient(t, db, vectors, most);
        break;
      }
      case P.Kind.addSigns:
        addSigns(t, dw, element(o, P.AddSigns.w) + place, count, t.round(hyper[P.Hyper.l1]!));
        break;
      case P.Kind.squaredNorm: {
        const norms = (header[P.Header.norms]! >>> 0) / 8 + word(o, P.SquaredNorm.first);
        t.doubles[norms + b] = squaredNorm(t, dw, count) + (b === 0 ? squaredNorm(t, db, vectors) : 0);
        break;
      }
      case P.Kind.scaleGradient: {
        const scale = t.round(hyper[P.Hyper.gradientScale]!);
        scaleGradient(t, dw, count, scale);
        if (b === 0) scaleGradient(t, db, vectors, scale);
        break;
      }
      case P.Kind.update:
        update(context, o, place, dw, count, hyper[P.Hyper.weightDecay]!);
        // biases and the like do not decay
        if (b === 0) update(context, o, np * kp, db, vectors, 0);
        break;
      case P.Kind.runStatistics:
        if (b === 0) statistics(context, o);
        break;
      case P.Kind.average: {
        const w = element(o, P.Average.w);
        const average = element(o, P.Average.average);
        const share = hyper[P.Hyper.averageShare]!;
        if (share === 1) break;
        averageWeights(t, average + place, w + place, count, share);
        const bias = np * kp;
        if (b === 0) averageWeights(t, average + bias, w + bias, word(o, P.Average.vectors), share);
        break;
      }
      default:
        unknown("record on a block", kindOf(context, o));
    }
  }
}

// The gradient of a block's weights.
function weightGradient(
  context: Context,
  r: number,
  dw: number,
  first: number,
  width: number,
  u: number,
  rows: number,
): void {
  const { t, header, hyper, word, element } = context;
  const m = header[P.Header.examples]!;
  const type = word(r, P.DenseBackwardWeights.xType);
  const mp = word(r, P.DenseBackwardWeights.mp);
  const tile = element(r, P.DenseBackwardWeights.tile);
  const dz = element(r, P.DenseBackwardWeights.rows) + u * mp;
  const order = orderOf(context, 0);
  if (type === P.Source.examples) {
    scatterRows(t, dw, dz, first, width, order, m, rows, mp);
    return;
  }
  const panels = type === P.Source.panels;
  const scale = word(r, P.DenseBackwardWeights.scaled) ? t.round(hyper[P.Hyper.inputScale]!) : 1;
  const inputs = Math.min(P.COLUMNS, word(r, P.DenseBackwardWeights.k) - first);
  for (let s = 0; s < m; s += P.CHUNK) {
    const count = Math.min(P.CHUNK, m - s);
    const stride = panels ? element(r, P.DenseBackwardWeights.xStride) : word(r, P.DenseBackwardWeights.xStride);
    const source = panels
      ? element(r, P.DenseBackwardWeights.x) + first * P.LANES + (s / P.LANES) * stride
      : stripOf(word(r, P.DenseBackwardWeights.x), type, stride, first);
    packTiles(t, tile, source, type, stride, inputs, order + s, count, scale);
    denseBackwardWeights(t, dw, dz + s, tile, width, count, rows, mp, s === 0);
  }
}

// Updates the `count` parameters of the layer from element `first` on; their gradient lies at dw.
function update(context: Context, r: number, first: number, dw: number, count: number, decay: number): void {
  const { t, header, hyper, word, element } = context;
  const h = roundHyper(t, hyper, decay);
  const w = element(r, P.Update.w) + first;
  const v = element(r, P.Update.v) + first;
  const s = element(r, P.Update.s) + first;
  const u = element(r, P.Update.u) + first;
  if (!optimizerUpdate(t, word(r, P.Update.which), w, dw, v, s, u, count, h)) header[P.Header.badUpdate] = 1;
}

// The running mean and variance of a batch normalisation follow the batch's; its variance is that of a sample.
function statistics({ t, header, word, real, element }: Context, r: number): void {
  const m = header[P.Header.examples]!;
  const np8 = word(r, P.RunStatistics.np8);
  const [running, batch] = [element(r, P.RunStatistics.running), element(r, P.RunStatistics.batch)];
  const momentum = t.round(real(r, P.RunStatistics.momentum));
  runStatistics(t, running, batch, np8, momentum, 1);
  runStatistics(t, running + np8, batch + np8, np8, momentum, m > 1 ? t.round(m / (m - 1)) : 1);
}

// The weights of unit u, strip by strip, are scaled down to norm maxNorm where theirs is larger.
function limitRow({ t, hyper, word, element }: Context, r: number, u: number): void {
  const [kp, np, w] = [word(r, P.LimitRows.kp), word(r, P.LimitRows.np), element(r, P.LimitRows.w)];
  const strips = Array.from({ length: Math.ceil(kp / P.COLUMNS) }, (_, s) => {
    const width = Math.min(P.COLUMNS, kp - s * P.COLUMNS);
    return { place: w + s * P.COLUMNS * np + u * width, width };
  });
  const norm = Math.sqrt(strips.reduce((sum, { place, width }) => sum + squaredNorm(t, place, width), 0));
  const most = hyper[P.Hyper.maxNorm]!;
  if (!(norm > most)) return;
  const scale = t.round(most / (norm + RENORM_EPSILON));
  for (const { place, width } of strips) scaleGradient(t, place, width, scale);
}

// Products of example i with those before it and with itself.
function products({ t, word, double }: Context, r: number, i: number, count: number): void {
  const type = word(r, P.Products.xType);
  const x = stripOf(word(r, P.Products.x), type, count, 0);
  productsRow(t, double(r, P.Products.products), x, type, count, word(r, P.Products.k), i);
}
