// What every backend must do, as a function of the backend: each kind of record on its own, at awkward sizes, beside the
// plain formula; then whole steps of networks wider than a strip. Where its bits are promised, beside a twin with the same
// bits. That nothing is written but the results is stand.ts's work.

import { beforeAll, describe, expect, test } from "vitest";
import * as P from "../assembly/program.js";
import type { Architecture } from "../src/architecture.js";
import type { Backend } from "../src/backend.js";
import {
  ACTIVATIONS,
  activations,
  type DType,
  LOSSES,
  losses,
  OUTPUT_ACTIVATIONS,
  STEP_NAMES,
  type StepName,
} from "../src/catalogue.js";
import { createPace } from "../src/pace.js";
import { Random } from "../src/random.js";
import { openTraining } from "../src/session.js";
import { type Kind, randomData } from "./data.js";
import { activate, type Dual, lossOf } from "./reference.js";
import { createStand, type Stand } from "./stand.js";

// by names of this file: through the other's each of millions of looks is a call
const { LANES, COLUMNS } = P;
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };
const up = (value: number, to: number) => Math.ceil(value / to) * to;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const panelsOf = (examples: number) => Math.ceil(examples / LANES);

// 0 and 1 short of, at and beyond a vector, a panel, a tile of rows, a strip
const WIDTHS = [1, 3, 8, 9, 33, 255, 256, 257, 300, 513];
const EXAMPLES = [1, 7, 8, 9, 23];
const SOURCES = ["uint8", "float32", "float64", "panels"] as const;

/** Position of unit u's weight of input k in weights (np, kp), which lie in strips of inputs. */
function weightAt(u: number, k: number, kp: number, np: number): number {
  const first = Math.floor(k / COLUMNS) * COLUMNS;
  return first * np + u * Math.min(COLUMNS, kp - first) + (k - first);
}

/** Position of example i's input k in a data set of `count` rows, which lies in strips of inputs too. */
function inputAt(i: number, k: number, inputs: number, count: number): number {
  const first = Math.floor(k / COLUMNS) * COLUMNS;
  return first * count + i * Math.min(COLUMNS, inputs - first) + (k - first);
}

/** The place of row u of example i in panels of `rows` rows. */
const panelAt = (i: number, u: number, rows: number) => Math.floor(i / LANES) * rows * LANES + u * LANES + (i % LANES);

interface Suite {
  readonly name: string;
  load(): Promise<Backend>;
  /** A backend of the same bits; null where there is none. */
  twin(): Promise<Backend | null>;
}

export function conformance({ name, load, twin }: Suite): void {
  let backend: Backend;
  let other: Backend | null;
  beforeAll(async () => {
    backend = await load();
    other = await twin();
  });

  describe.each(["float32", "float64"] as const)(`${name}, %s`, (dtype) => {
    const size = dtype === "float64" ? 8 : 4;
    const stand = () => createStand(backend, other, dtype);
    const random = new Random(7);
    const normals = (length: number, { Numbers }: Pick<Stand, "Numbers">) =>
      Numbers.from(range(length).map(() => random.normal()));

    /** `got` is `want` up to the rounding of `terms` operations on numbers of size `scale`. */
    function near(got: number | undefined, want: number, terms = 1, scale = Math.abs(want)): void {
      const bound = 4 * (terms + 4) * EPSILON[dtype] * (scale + Math.abs(want));
      if (!(Math.abs(got! - want) <= bound)) expect(got).toBe(want);
    }

    // Examples in a permuted order, of which the batch is some behind the first three.
    function batch(s: Stand, examples: number, count = examples + 7) {
      const order = Int32Array.from(range(count).map((i) => (i * 5 + 2) % count));
      if (new Set(order).size < count) order.set(range(count).reverse());
      const start = 3;
      const at = s.input(order);
      return {
        count,
        rowOf: (i: number) => order[start + i]!,
        header: { count, batch: examples, start, examples, order: at.address },
      };
    }

    test.each([1, 2, 5, 10])("labels of %i outputs, one-hot where there are several", (n) => {
      for (const examples of EXAMPLES) {
        const s = stand();
        const { count, rowOf, header } = batch(s, examples);
        const own = Int32Array.from(range(count).map((i) => (i * 7) % Math.max(2, n)));
        const labels = s.input(own);
        const y = s.output(n * LANES);
        const [off, on] = [examples / 64, 1 - examples / 32];
        const words = { y: y.address, yStride: n * LANES * size, labels: labels.address, n, off, on };
        s.load("panels", (emit) => emit("gatherLabels", words), header);
        for (let p = 0; p < panelsOf(examples); p++) {
          s.run(p, p + 1);
          const got = s.read(y);
          for (let i = 8 * p; i < Math.min(8 * p + 8, examples); i++) {
            const label = own[rowOf(i)]!;
            const want = n === 1 ? [label === 1 ? on : off] : range(n).map((c) => (c === label ? on : off));
            expect(range(n).map((u) => got[u * 8 + (i % 8)])).toEqual(want);
          }
        }
      }
    });

    test.each([1, 3, 10])("targets of %i outputs", (n) => {
      for (const examples of EXAMPLES) {
        const s = stand();
        const { count, rowOf, header } = batch(s, examples);
        const own = normals(count * n, s);
        const targets = s.input(own);
        const y = s.output(n * LANES);
        const words = { y: y.address, yStride: n * LANES * size, targets: targets.address, n };
        s.load("panels", (emit) => emit("gatherTargets", words), header);
        for (let p = 0; p < panelsOf(examples); p++) {
          s.run(p, p + 1);
          const got = s.read(y);
          for (let i = 8 * p; i < Math.min(8 * p + 8, examples); i++) {
            expect(range(n).map((u) => got[u * 8 + (i % 8)])).toEqual([
              ...own.subarray(rowOf(i) * n, rowOf(i) * n + n),
            ]);
          }
        }
      }
    });

    /** A source of `k` inputs, and example i's input j as the network sees it. */
    function source(s: Stand, type: (typeof SOURCES)[number], k: number, examples: number) {
      const { count, rowOf, header } = batch(s, examples, type === "panels" ? examples + 8 : undefined);
      if (type === "panels") {
        const kp = up(k, 8);
        const own = normals(panelsOf(examples) * kp * LANES, s);
        const x = s.input(own);
        const words = { x: x.address, xType: P.Source.panels, xStride: kp * LANES * size };
        return { words, header, at: (i: number, j: number) => own[panelAt(i, j, kp)]! };
      }
      const Type = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[type];
      const draw = () => (type === "uint8" ? random.integer(255) : random.normal());
      const own = Type.from(range(count * k).map(draw));
      const x = s.input(own);
      const words = { x: x.address, xType: P.Source[type], xStride: count };
      const rounded = (value: number) => (dtype === "float32" ? Math.fround(value) : value);
      return { words, header, at: (i: number, j: number) => rounded(own[inputAt(rowOf(i), j, k, count)]!) };
    }

    /** Weights (n, k) in their padded layout; what is beyond is 0. */
    function weights(s: Stand, n: number, k: number) {
      const [np, kp] = [up(n, 4), up(k, 8)];
      const own = new s.Numbers(np * kp);
      for (let u = 0; u < n; u++) for (let j = 0; j < k; j++) own[weightAt(u, j, kp, np)] = random.normal();
      return { np, kp, own, at: (u: number, j: number) => own[weightAt(u, j, kp, np)]! };
    }

    describe.each(["rows", "panels"] as const)("a layer that only predicts, of %s", (type) => {
      test.each(WIDTHS)("has the bits of any dense layer, %i inputs", (k) => {
        for (const [i, n] of [1, 4, 5, 8, 33, 65].entries()) {
          const examples = [1, 2, 4, 5, 8, 9, 12, 17, 23][(i + k) % 9]!;
          const [np, kp, panels] = [up(n, 4), up(k, 8), panelsOf(examples)];
          const { Numbers } = createStand(backend, null, dtype);
          const [x, w, b] = [(examples + 7) * k, n * k, n].map((length) => normals(length, { Numbers }));
          const of = (one: Backend, kind: "denseForward" | "predictForward") => {
            const s = createStand(one, null, dtype);
            const predicts = kind === "predictForward";
            const { count, rowOf, header } = batch(s, examples);
            const inputs = new Numbers(type === "panels" ? panels * kp * LANES : count * k);
            for (let e = 0; e < (type === "panels" ? panels * LANES : count); e++) {
              for (let j = 0; j < k; j++) {
                // a panel with fewer examples has its first one again, as when rows are gathered
                const row = type === "rows" ? e : rowOf(e < examples ? e : e - (e % LANES));
                const place = type === "panels" ? panelAt(e, j, kp) : predicts ? e * k + j : inputAt(e, j, k, count);
                inputs[place] = x![row * k + j]!;
              }
            }
            const weight = new Numbers(predicts ? up(n, P.UNITS) * k : np * kp);
            for (let u = 0; u < n; u++) {
              for (let j = 0; j < k; j++) {
                const inStrip = Math.floor(u / P.UNITS) * P.UNITS * k + j * P.UNITS + (u % P.UNITS);
                weight[predicts ? inStrip : weightAt(u, j, kp, np)] = w![u * k + j]!;
              }
            }
            const bias = new Numbers(np);
            bias.set(b!);
            const z = s.output(panels * np * LANES);
            const scaled = type === "rows" ? 1 : 0;
            const words = {
              ...{ z: z.address, zStride: np * LANES * size, x: s.input(inputs).address, k, np, scaled },
              ...{ w: s.input(weight).address, b: s.input(bias).address },
              panels: s.output(P.GROUP * COLUMNS * LANES).address,
            };
            const xPanel = kp * LANES * size;
            s.load(
              "panels",
              (emit) =>
                predicts
                  ? emit("predictForward", { ...words, xStride: type === "rows" ? 0 : xPanel })
                  : emit("denseForward", {
                      ...{ ...words, kp, xType: P.Source[type === "rows" ? dtype : "panels"] },
                      xStride: type === "rows" ? count : xPanel,
                    }),
              header,
              { inputScale: 0.25 },
            );
            return {
              whole: () => {
                s.run(0, panels);
                return s.read(z);
              },
              inPieces: () => {
                for (let p = 0; p < panels; p++) s.run(p, p + 1);
                return s.read(z);
              },
            };
          };
          const want = of(backend, "denseForward").whole();
          for (const one of other ? [backend, other] : [backend]) {
            expect(of(one, "predictForward").whole(), `${n} units, ${examples} examples`).toEqual(want);
            expect(of(one, "predictForward").inPieces(), `${n} units, ${examples} examples`).toEqual(want);
          }
        }
      });
    });

    describe.each(SOURCES)("a dense layer of %s", (type) => {
      test.each(WIDTHS)("forward, %i inputs: z = scale·x·wᵀ + b", (k) => {
        for (const [i, n] of [1, 4, 5, 33, 65].entries()) {
          const examples = EXAMPLES[(i + k) % EXAMPLES.length]!;
          const s = stand();
          const { words, header, at } = source(s, type, k, examples);
          const w = weights(s, n, k);
          const b = normals(n, s);
          const padded = new s.Numbers(w.np);
          padded.set(b);
          const panels = panelsOf(examples);
          const z = s.output(panels * w.np * LANES);
          const gathered = s.output(P.GROUP * COLUMNS * LANES);
          const [scale, scaled] = type === "panels" ? [1, 0] : [0.25, 1];
          const record = {
            ...{ z: z.address, zStride: w.np * LANES * size, ...words, k, kp: w.kp, np: w.np },
            ...{ w: s.input(w.own).address, b: s.input(padded).address, scaled, panels: gathered.address },
          };
          s.load("panels", (emit) => emit("denseForward", record), header, { inputScale: scale });
          for (let p = 0; p < panels; p++) s.run(p, p + 1);
          const got = s.read(z);
          for (let e = 0; e < examples; e++) {
            for (let u = 0; u < n; u++) {
              let [sum, sizes] = [0, 0];
              for (let j = 0; j < k; j++) {
                const term = w.at(u, j) * at(e, j);
                sum += term;
                sizes += Math.abs(term);
              }
              near(got[panelAt(e, u, w.np)], scale * sum + b[u]!, k, scale * sizes + Math.abs(b[u]!));
            }
          }
        }
      });

      test.each(WIDTHS)("weight gradient, %i inputs: dw = dzᵀ·scale·x, db = Σ dz, and their norms", (k) => {
        for (const [n, examples, height] of [
          [1, 300, 32], // more examples than are packed at a time
          [5, EXAMPLES[k % EXAMPLES.length]!, 4],
          [33, 23, 32],
        ] as const) {
          const s = stand();
          const { words, header, at } = source(s, type, k, examples);
          const [np, kp, mp] = [up(n, 4), up(k, 8), panelsOf(examples) * LANES];
          const dz = new s.Numbers(np * mp);
          for (let u = 0; u < n; u++) for (let e = 0; e < examples; e++) dz[u * mp + e] = random.normal();
          const blocks = Math.ceil(kp / COLUMNS) * Math.ceil(np / height);
          const dw = s.output(np * kp);
          const db = s.output(np);
          const norms = s.doubles(blocks);
          const [block, tile] = [s.output(height * COLUMNS), s.output((COLUMNS / LANES) * P.TILE)];
          const [scale, scaled] = type === "panels" ? [1, 0] : [0.5, 1];
          s.load(
            "blocks",
            (emit) => {
              const places = { dw: dw.address, db: db.address, vectors: np, block: block.address };
              emit("layerBlocks", { operations: 2, blocks, kp, np, height, ...places });
              const rows = s.input(dz).address;
              emit("denseBackwardWeights", { rows, ...words, k, mp, tile: tile.address, scaled });
              emit("squaredNorm", { first: 0 });
            },
            { ...header, norms: norms.address },
            { inputScale: scale },
          );
          s.run(0, 1);
          s.run(1, blocks);
          const [got, gotBias] = [s.read(dw), s.read(db)];
          let squares = 0;
          for (let u = 0; u < n; u++) {
            for (let j = 0; j < k; j++) {
              let [sum, sizes] = [0, 0];
              for (let e = 0; e < examples; e++) {
                const term = dz[u * mp + e]! * scale * at(e, j);
                sum += term;
                sizes += Math.abs(term);
              }
              near(got[weightAt(u, j, kp, np)], sum, examples, sizes);
              squares += got[weightAt(u, j, kp, np)]! ** 2;
            }
            const row = dz.subarray(u * mp, (u + 1) * mp) as Float64Array;
            near(
              gotBias[u],
              row.reduce((a, b) => a + b, 0),
              examples,
              row.reduce((a, b) => a + Math.abs(b), 0),
            );
            squares += gotBias[u]! ** 2;
          }
          near(
            s.read(norms).reduce((a, b) => a + b, 0),
            squares,
            1,
            squares,
          );
        }
      });
    });

    test.each(WIDTHS)("back through a dense layer of %i inputs: da = wᵀ·dz", (k) => {
      // more outputs than are copied at a time, too
      for (const n of [1, 5, 33, 260]) {
        const s = stand();
        const w = weights(s, n, k);
        const own = normals(w.np * LANES, s);
        const dz = s.input(own);
        const da = s.output(w.kp * LANES);
        const stride = Math.max(w.kp, w.np) * LANES * size;
        const some = s.room((P.ROWS / 4) * P.FOUR).address;
        const places = { da: da.address, dz: dz.address, stride, w: s.input(w.own).address, some };
        s.load("panels", (emit) => emit("denseBackwardInput", { ...places, kp: w.kp, n, np: w.np }), { examples: 8 });
        s.run(0, 1);
        const got = s.read(da);
        for (let j = 0; j < k; j++) {
          for (let lane = 0; lane < LANES; lane++) {
            const terms = range(n).map((u) => w.at(u, j) * own[u * 8 + lane]!);
            const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
            near(got[j * 8 + lane], sum(terms), n, sum(terms.map(Math.abs)));
          }
        }
      }
    });

    test("a panel of dz beside the others', unit by unit", () => {
      for (const np of [4, 8, 300]) {
        const s = stand();
        const mp = 5 * LANES;
        const own = normals(np * LANES, s);
        const rows = s.output(np * mp);
        const words = { rows: rows.address, dz: s.input(own).address, dzStride: np * LANES * size, np, mp };
        s.load("panels", (emit) => emit("storeRows", words), { examples: mp });
        s.run(3, 4);
        const got = s.read(rows);
        for (let u = 0; u < np; u++) {
          expect(got.slice(u * mp + 24, u * mp + 32)).toEqual([...own.subarray(u * 8, u * 8 + 8)]);
          expect(got.slice(u * mp, u * mp + 24).every(Number.isNaN)).toBe(true);
          expect(got.slice(u * mp + 32, (u + 1) * mp).every(Number.isNaN)).toBe(true);
        }
      }
    });

    describe.each(OUTPUT_ACTIVATIONS.filter((name) => name !== "linear"))("%s", (activation) => {
      const which = P.Activation[activation];
      const rowsOf = [1, 3, 4, 33, 300, 513];
      // leakyRelu's slope, and one for each unit of prelu
      const slopesOf = (s: Stand, np: number) => {
        const own = s.Numbers.from(range(np).map((u) => 0.1 + (u % 7) / 8));
        return { address: s.input(own).address, at: (u: number) => (activation === "prelu" ? own[u]! : 0.01) };
      };

      test.each(rowsOf)("forward, %i units", (rows) => {
        const s = stand();
        const np = up(rows, 4);
        const own = normals(2 * np * LANES, s).map((z) => 3 * z) as Float64Array;
        own.set([0, -0, 20, -20]);
        const a = s.output(own.length);
        const stride = np * LANES * size;
        const slopes = slopesOf(s, np);
        const words = {
          which,
          a: a.address,
          z: s.input(own).address,
          stride,
          rows,
          slope: 0.01,
          slopes: slopes.address,
        };
        s.load("panels", (emit) => emit("activationForward", words), { examples: 16 });
        s.run(0, 2);
        const got = s.read(a);
        for (let i = 0; i < 16; i++) {
          const column = range(rows).map((u): Dual => [own[panelAt(i, u, np)]!, 0]);
          const want = activate(activation, column, slopes.at);
          for (let u = 0; u < rows; u++) near(got[panelAt(i, u, np)], want[u]![0], 8, 3);
        }
      });

      if (activation !== "softmax") {
        test.each(rowsOf)("backward, %i units: dz = da·g′(z)", (rows) => {
          const s = stand();
          const np = up(rows, 4);
          const z = normals(np * LANES, s);
          const da = normals(np * LANES, s);
          const kept = z.map((value) =>
            activations[activation].keeps === "z" ? value : activate(activation, [[value, 0]])[0]![0],
          );
          const dz = s.inout(da);
          const stride = np * LANES * size;
          const slopes = slopesOf(s, np);
          const words = {
            which,
            dz: dz.address,
            dzStride: stride,
            kept: s.input(kept).address,
            keptStride: stride,
            rows: np,
            slope: 0.01,
            slopes: slopes.address,
          };
          s.load("panels", (emit) => emit("activationBackward", words), { examples: 8 });
          s.run(0, 1);
          const got = s.read(dz);
          for (const [i, value] of z.entries()) {
            const unit = Math.floor(i / LANES);
            const [derivative] = activate(activation, [[value, 1]], () => slopes.at(unit));
            near(got[i], da[i]! * derivative![1], 16, 3 * Math.abs(da[i]!));
          }
        });
      }
    });

    test.each([1, 4, 33, 300])("dropout of %i units, forward and back", (rows) => {
      for (const examples of EXAMPLES) {
        const s = stand();
        const { rowOf, header } = batch(s, examples);
        const np = up(rows, 4);
        const panels = panelsOf(examples);
        const [own, da] = [normals(panels * np * LANES, s), normals(np * LANES, s)];
        const out = s.output(own.length);
        const stride = np * LANES * size;
        const drawn = { layer: 2, seed: 7, threshold: 0.4 * 2 ** 32, factor: 1.5 };
        const moved = { shift: 0.25, instead: -0.5 };
        s.load(
          "panels",
          (emit) => {
            emit("dropoutForward", { out: out.address, a: s.input(own).address, stride, rows, ...drawn, ...moved });
          },
          header,
          { updates: 3 },
        );
        for (let p = 0; p < panels; p++) s.run(p, p + 1);
        const back = stand();
        const { header: same } = batch(back, examples);
        const dz = back.inout(da);
        back.load(
          "panels",
          (emit) => emit("dropoutBackward", { dz: dz.address, dzStride: stride, rows, ...drawn }),
          same,
          { updates: 3 },
        );
        back.run(panels - 1, panels);
        const [got, gotDz] = [s.read(out), back.read(dz)];
        // the mixer in big integers, so that nothing of the kernels' is used
        const word = (value: bigint) => value & 0xffffffffn;
        const mix = (value: bigint) => {
          let x = word(value);
          for (const [shift, by] of [
            [16n, 0x7feb352dn],
            [15n, 0x846ca68bn],
          ] as const) {
            x = word((x ^ (x >> shift)) * by);
          }
          return x ^ (x >> 16n);
        };
        const key = mix(mix(7n + 0x9e3779b9n * 3n) + 2n);
        for (let i = 0; i < examples; i++) {
          const example = mix(key + BigInt(rowOf(i)));
          for (let u = 0; u < rows; u++) {
            const kept = Number(mix(example + 0x9e3779b9n * BigInt(u))) >= 0.4 * 2 ** 32;
            near(got[panelAt(i, u, np)], kept ? 1.5 * own[panelAt(i, u, np)]! + 0.25 : -0.5, 2, 2);
            if (i < 8 * (panels - 1)) continue;
            const place = u * 8 + (i % 8);
            near(gotDz[place], kept ? 1.5 * da[place]! : 0);
          }
        }
      }
    });

    describe.each(LOSSES)("%s", (loss) => {
      const { takes, outputs: heads, least, most, targets } = losses[loss];
      const widths = [1, 2, 5, 33].filter((n) => n >= least && n <= most);
      test.each(widths)("losses and dz = ∂cost/∂z, %i outputs", (n) => {
        for (const examples of EXAMPLES) {
          const s = stand();
          const np = up(n, 4);
          const panels = panelsOf(examples);
          const z = normals(panels * np * LANES, s);
          const y = new s.Numbers(n * LANES);
          for (let lane = 0; lane < LANES; lane++) {
            for (let u = 0; u < n; u++) {
              const label = n === 1 ? lane % 2 : Number(u === lane % n);
              y[u * 8 + lane] = targets === "labels" ? label : 2 * random.normal();
            }
          }
          const all = s.output(panels * LANES);
          const dz = s.output(np * LANES);
          const words = {
            ...{ which: P.Loss[loss], dz: dz.address, dzStride: np * LANES * size, n, np, parameter: 0.75 },
            ...{ z: s.input(z).address, zStride: np * LANES * size },
            ...{ y: s.input(y).address, yStride: n * LANES * size },
          };
          s.load("panels", (emit) => emit("lossAndGradient", words), { examples, losses: all.address });
          for (let p = 0; p < panels; p++) {
            s.run(p, p + 1);
            const [gotLosses, gotDz] = [s.read(all), s.read(dz)];
            for (let lane = 0; lane < LANES; lane++) {
              const i = 8 * p + lane;
              const row = range(n).map((u) => z[panelAt(i, u, np)]!);
              const target = range(n).map((u) => y[u * 8 + lane]!);
              const by = (vary: number) => {
                const values = row.map((value, u): Dual => [value, Number(u === vary)]);
                return lossOf(loss, takes === "logits" ? activate(heads[0]!, values) : values, target, 0.75);
              };
              const present = i < examples;
              near(gotLosses[i], present ? by(-1)[0] : 0, n + 8, present ? by(-1)[0] + 4 : 0);
              for (let u = 0; u < np; u++) {
                const want = present && u < n ? by(u)[1] / examples : 0;
                near(gotDz[u * 8 + lane], want, n + 8, present && u < n ? 4 / examples : 0);
              }
            }
          }
        }
      });
    });

    test.each([1, 5])("weights of the examples, on the losses and dz of %i outputs", (n) => {
      for (const examples of EXAMPLES) {
        const s = stand();
        const { count, rowOf, header } = batch(s, examples);
        const weights = normals(count, s).map(Math.abs) as Float64Array;
        const panels = panelsOf(examples);
        const own = normals(panels * LANES, s);
        const all = s.inout(own);
        const before = normals(n * LANES, s);
        const dz = s.inout(before);
        const words = { dz: dz.address, dzStride: n * LANES * size, n, weights: s.input(weights).address };
        s.load("panels", (emit) => emit("weighLosses", words), { ...header, losses: all.address });
        const p = panels - 1;
        s.run(p, p + 1);
        const [gotLosses, gotDz] = [s.read(all), s.read(dz)];
        for (let lane = 0; lane < LANES; lane++) {
          const i = 8 * p + lane;
          const weight = i < examples ? weights[rowOf(i)]! : 1;
          near(gotLosses[i], own[i]! * weight);
          for (let u = 0; u < n; u++) near(gotDz[u * 8 + lane], before[u * 8 + lane]! * weight);
        }
      }
    });

    // a parameter w and its moments v, s after an update with the gradient g
    const RATE = 0.125;
    const BETA = { momentum: 0.75, beta1: 0.875, beta2: 0.9375 };
    const [EPS, U] = [0.01, 0.5];
    let STEPS = 3;
    type Moments = readonly [w: number, v: number, s: number];
    const FORMULAS: Record<StepName, (w: number, g: number, v: number, s: number, decay: number) => Moments> = {
      sgd: (w, g, v, s, decay) => [w - RATE * (g + decay * w), v, s],
      momentum(w, g, v, s, decay) {
        const velocity = BETA.momentum * v + g + decay * w;
        return [w - RATE * velocity, velocity, s];
      },
      nesterov(w, g, v, s, decay) {
        const velocity = BETA.momentum * v + g + decay * w;
        return [w - RATE * (g + decay * w + BETA.momentum * velocity), velocity, s];
      },
      rmsprop(w, g, v, s, decay) {
        const square = BETA.beta2 * s + (1 - BETA.beta2) * (g + decay * w) ** 2;
        return [w - (RATE * (g + decay * w)) / (Math.sqrt(square) + EPS), v, square];
      },
      adam(w, g, v, s, decay) {
        const mean = BETA.beta1 * v + (1 - BETA.beta1) * (g + decay * w);
        const square = BETA.beta2 * s + (1 - BETA.beta2) * (g + decay * w) ** 2;
        const root = Math.sqrt(square / (1 - BETA.beta2 ** STEPS));
        return [w - ((RATE / (1 - BETA.beta1 ** STEPS)) * mean) / (root + EPS), mean, square];
      },
      adamw(w, g, v, s, decay) {
        return FORMULAS.adam(w * (1 - RATE * decay), g, v, s, 0);
      },
      rmspropCentered(w, g, v, s, decay) {
        const slope = g + decay * w;
        const mean = BETA.beta2 * v + (1 - BETA.beta2) * slope;
        const square = BETA.beta2 * s + (1 - BETA.beta2) * slope ** 2;
        return [w - (RATE * slope) / (Math.sqrt(Math.max(0, square - mean ** 2)) + EPS), mean, square];
      },
      adagrad(w, g, v, s, decay) {
        const square = s + (g + decay * w) ** 2;
        return [w - (RATE * (g + decay * w)) / (Math.sqrt(square) + EPS), v, square];
      },
      adadelta(w, g, v, s, decay) {
        const square = BETA.beta2 * s + (1 - BETA.beta2) * (g + decay * w) ** 2;
        const move = Math.sqrt((v + EPS) / (square + EPS)) * (g + decay * w);
        return [w - RATE * move, BETA.beta2 * v + (1 - BETA.beta2) * move ** 2, square];
      },
      amsgrad(w, g, v, s, decay) {
        const [, mean, square] = FORMULAS.adam(w, g, v, s, decay);
        const root = Math.sqrt(Math.max(U, square) / (1 - BETA.beta2 ** STEPS));
        return [w - ((RATE / (1 - BETA.beta1 ** STEPS)) * mean) / (root + EPS), mean, square];
      },
      nadam(w, g, v, s, decay) {
        const [, mean, square] = FORMULAS.adam(w, g, v, s, decay);
        const at = (step: number) => BETA.beta1 * (1 - 0.5 * 0.96 ** (0.004 * step));
        const product = range(STEPS).reduce((all, i) => all * at(i + 1), 1);
        const own = ((1 - at(STEPS)) / (1 - product)) * (g + decay * w);
        const ahead = (at(STEPS + 1) / (1 - product * at(STEPS + 1))) * mean;
        return [w - (RATE * (own + ahead)) / (Math.sqrt(square / (1 - BETA.beta2 ** STEPS)) + EPS), mean, square];
      },
      radam(w, g, v, s, decay) {
        const [, mean, square] = FORMULAS.adam(w, g, v, s, decay);
        const [most, power] = [2 / (1 - BETA.beta2) - 1, BETA.beta2 ** STEPS];
        const length = most - (2 * STEPS * power) / (1 - power);
        const share = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
        const adaptive = length > 5 ? (Math.sqrt(share) * Math.sqrt(1 - power)) / (Math.sqrt(square) + EPS) : 1;
        return [w - (RATE / (1 - BETA.beta1 ** STEPS)) * mean * adaptive, mean, square];
      },
      lion(w, g, v, s, decay) {
        const move = Math.sign(BETA.beta1 * v + (1 - BETA.beta1) * g);
        return [w * (1 - RATE * decay) - RATE * move, BETA.beta2 * v + (1 - BETA.beta2) * g, s];
      },
    };

    const nadamProduct = (steps: number) =>
      range(steps).reduce((all, i) => all * BETA.beta1 * (1 - 0.5 * 0.96 ** (0.004 * (i + 1))), 1);

    test("a running average of the weights, and of the bias", () => {
      const s = stand();
      const [np, kp, height] = [up(33, 4), up(300, 8), 32];
      const biases = up(np, 8);
      const length = np * kp + biases;
      const [w, a] = [normals(length, s), normals(length, s)];
      const average = s.inout(a);
      const blocks = Math.ceil(kp / COLUMNS) * Math.ceil(np / height);
      s.load(
        "blocks",
        (emit) => {
          emit("layerBlocks", { operations: 1, blocks, kp, np, height, dw: 65536, db: 65536, vectors: 0, block: 0 });
          emit("average", { w: s.input(w).address, average: average.address, vectors: biases });
        },
        {},
        { averageShare: 0.75 },
      );
      s.run(0, blocks);
      for (const [i, value] of s.read(average).entries()) near(value, 0.75 * a[i]! + 0.25 * w[i]!, 2, 2);
    });

    describe("normalisations", () => {
      const SIZES = [1, 3, 4, 9, 33, 257];

      // Panels of z in the stride of what is normalised, and what is learnt of each unit.
      function setup(s: Stand, n: number, examples: number) {
        const [np, panels] = [up(n, 4), panelsOf(examples)];
        const rows = np + 4;
        const own = normals(panels * rows * LANES, s).map((z) => 3 * z + 1) as Float64Array;
        const [gamma, beta] = [normals(np, s), normals(np, s)];
        const z = s.inout(own);
        const words = { z: z.address, zStride: rows * LANES * size, n };
        const learnt = { gamma: s.input(gamma).address, beta: s.input(beta).address, epsilon: 0.01 };
        return { np, panels, rows, own, gamma, beta, z, words, learnt };
      }
      const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const varianceOf = (values: number[]) => meanOf(values.map((value) => (value - meanOf(values)) ** 2));

      test.each(SIZES)("of each example over %i units, and back", (n) => {
        const s = stand();
        const { np, panels, rows, own, gamma, beta, z, words, learnt } = setup(s, n, 9);
        const out = s.inout(new s.Numbers(panels * np * LANES));
        const stride = np * LANES * size;
        const header = { examples: 9, batch: 9, count: 9 };
        s.load(
          "panels",
          (emit) => emit("layerNormForward", { out: out.address, stride, ...words, np, ...learnt }),
          header,
        );
        s.run(0, 2);
        const [got, kept] = [s.read(out), s.read(z)];
        for (let i = 0; i < 9; i++) {
          const values = range(n).map((u) => own[panelAt(i, u, rows)]!);
          const root = Math.sqrt(varianceOf(values) + 0.01);
          near(kept[panelAt(i, np, rows)], 1 / root, n, 1 / root);
          for (let u = 0; u < n; u++) {
            const x = (values[u]! - meanOf(values)) / root;
            near(kept[panelAt(i, u, rows)], x, 2 * n, 8);
            near(got[panelAt(i, u, np)], gamma[u]! * x + beta[u]!, 2 * n, 16);
          }
        }

        for (let p = 0; p < panels; p++) {
          const back = stand();
          const da = normals(np * LANES, back);
          const dz = back.inout(da); // scratch: of one panel
          const x = { x: back.input(back.Numbers.from(kept)).address, xStride: words.zStride };
          const record = { dz: dz.address, dzStride: stride, ...x, n, np, gamma: back.input(gamma).address };
          back.load("panels", (emit) => emit("layerNormBackward", record), header);
          back.run(p, p + 1);
          const gradient = back.read(dz);
          for (let i = p * LANES; i < Math.min(9, (p + 1) * LANES); i++) {
            const lane = i % LANES;
            const xs = range(n).map((u) => kept[panelAt(i, u, rows)]!);
            const dx = range(n).map((u) => gamma[u]! * da[u * LANES + lane]!);
            const slope = meanOf(dx.map((value, u) => value * xs[u]!));
            const inverse = kept[panelAt(i, np, rows)]!;
            for (let u = 0; u < n; u++) {
              const want = (dx[u]! - meanOf(dx) - xs[u]! * slope) * inverse;
              near(gradient[u * LANES + lane], want, 4 * n, 32 * inverse);
            }
          }
        }
      });

      test.each(SIZES)("of each of %i units over the batch, and back", (n) => {
        for (const examples of EXAMPLES) {
          const s = stand();
          const [np, mp] = [up(n, 4), panelsOf(examples) * LANES];
          const own = normals(np * mp, s).map((z) => 3 * z + 1) as Float64Array;
          const rows = s.inout(own.slice());
          const [mean, variance] = [s.inout(new s.Numbers(np)), s.inout(new s.Numbers(np))];
          const places = { rows: rows.address, mean: mean.address, variance: variance.address };
          s.load("once", (emit) => emit("moments", { ...places, n, mp }), {
            examples,
            batch: examples,
            count: examples,
          });
          expect(s.once()).toBe(true);
          const [means, variances] = [s.read(mean), s.read(variance)];
          for (let u = 0; u < n; u++) {
            const values = [...own.subarray(u * mp, u * mp + examples)];
            near(means[u], meanOf(values), examples, 10);
            near(variances[u], varianceOf(values), 2 * examples, 40);
          }

          const forward = stand();
          const set = setup(forward, n, examples);
          const out = forward.inout(new forward.Numbers(set.panels * np * LANES));
          const stride = np * LANES * size;
          const given = (stands: Stand, values: number[]) => stands.input(stands.Numbers.from(values)).address;
          const statistics = { mean: given(forward, means), variance: given(forward, variances) };
          const record = { out: out.address, stride, ...set.words, ...set.learnt, ...statistics };
          forward.load("panels", (emit) => emit("batchNormForward", record), { examples });
          forward.run(0, set.panels);
          const [got, kept] = [forward.read(out), forward.read(set.z)];
          for (let i = 0; i < examples; i++) {
            for (let u = 0; u < n; u++) {
              const x = (set.own[panelAt(i, u, set.rows)]! - means[u]!) / Math.sqrt(variances[u]! + 0.01);
              near(kept[panelAt(i, u, set.rows)], x, 8, Math.abs(x) + 40 / Math.sqrt(variances[u]! + 0.01));
              near(got[panelAt(i, u, np)], set.gamma[u]! * kept[panelAt(i, u, set.rows)]! + set.beta[u]!, 2, 200);
            }
          }

          const back = stand();
          const dy = normals(np * mp, back);
          const dz = back.inout(new back.Numbers(set.panels * np * LANES));
          const [dgamma, dbeta] = [normals(np, back), normals(np, back)];
          const words = {
            ...{ dz: dz.address, dzStride: stride, x: given(back, kept), xStride: set.words.zStride, n, mp },
            ...{ dy: back.input(dy).address, gamma: back.input(set.gamma).address, variance: given(back, variances) },
            ...{ dgamma: back.input(dgamma).address, dbeta: back.input(dbeta).address, epsilon: 0.01 },
          };
          // scratch has the panels of a group, one after the other
          back.load("panels", (emit) => emit("batchNormBackward", words), { examples });
          for (let p = 0; p < set.panels; p++) {
            back.run(p, p + 1);
            const gradient = back.read(dz);
            for (let lane = 0; lane < LANES; lane++) {
              const i = p * LANES + lane;
              for (let u = 0; u < n; u++) {
                const x = kept[panelAt(i, u, set.rows)]!;
                const share = set.gamma[u]! / Math.sqrt(variances[u]! + 0.01);
                const want = share * (dy[u * mp + i]! - dbeta[u]! / examples - (x * dgamma[u]!) / examples);
                if (i >= examples) expect(gradient[u * LANES + lane]).toBe(0);
                else near(gradient[u * LANES + lane], want, 16, Math.abs(share) * (8 + 8 * Math.abs(x)));
              }
            }
          }
        }
      });

      test("running statistics move to the batch's, its variance to that of a sample", () => {
        for (const examples of [1, 2, 9]) {
          const s = stand();
          const [running, batch] = [normals(16, s), normals(16, s)];
          const moved = s.inout(running);
          const words = { running: moved.address, batch: s.input(batch).address, np8: 8, momentum: 0.25 };
          s.load(
            "blocks",
            (emit) => {
              const room = { dw: 65536, db: 65536, vectors: 0, block: 0 };
              emit("layerBlocks", { operations: 1, blocks: 2, kp: 8, np: 8, height: 4, ...room });
              emit("runStatistics", words);
            },
            { examples },
          );
          s.run(0, 2);
          for (const [i, value] of s.read(moved).entries()) {
            const factor = i < 8 || examples === 1 ? 1 : examples / (examples - 1);
            near(value, 0.75 * running[i]! + 0.25 * factor * batch[i]!, 4, 8);
          }
        }
      });
    });

    test("sums of rows over the batch, on the first block and once", () => {
      for (const [examples, over] of [...EXAMPLES, ...EXAMPLES].map(
        (e, i) => [e, i % 2 ? "once" : "blocks"] as const,
      )) {
        const s = stand();
        const [np, mp] = [12, panelsOf(examples) * LANES];
        const own = normals(np * mp, s);
        const sums = s.output(np);
        const words = { sums: sums.address, rows: s.input(own).address, np, mp };
        s.load(
          over,
          (emit) => {
            const room = { dw: 65536, db: 65536, vectors: 0, block: 0 };
            if (over === "blocks") emit("layerBlocks", { operations: 1, blocks: 3, kp: 8, np, height: 4, ...room });
            emit("sumRows", words);
          },
          { examples },
        );
        if (over === "once") s.once();
        else s.run(0, 3);
        const got = s.read(sums);
        for (let u = 0; u < np; u++) {
          const row = [...own.subarray(u * mp, (u + 1) * mp)];
          const want = row.reduce((a, b) => a + b, 0);
          near(
            got[u],
            want,
            mp,
            row.reduce((a, b) => a + Math.abs(b), 0),
          );
        }
      }
    });

    test.each([1, 3, 4, 33])("what passes a layer of %i units by, forward and back, and products with rows", (n) => {
      const [np, examples] = [up(n, 4), 11];
      const [panels, mp] = [panelsOf(examples), panelsOf(examples) * LANES];
      const stride = np * LANES * size;
      const length = panels * np * LANES;

      const forward = stand();
      const [a, x] = [normals(length, forward), normals(length, forward)];
      const out = forward.inout(new forward.Numbers(length));
      const added = {
        out: out.address,
        a: forward.input(a).address,
        stride,
        x: forward.input(x).address,
        xStride: stride,
      };
      forward.load("panels", (emit) => emit("addForward", { ...added, rows: n }), { examples });
      forward.run(0, panels);
      const sums = forward.read(out);

      const keep = stand();
      const dz = normals(length, keep);
      const kept = keep.inout(new keep.Numbers(length));
      const words = { kept: kept.address, keptStride: stride, dz: keep.input(dz).address, dzStride: stride, rows: n };
      keep.load("panels", (emit) => emit("keepGradient", words), { examples });
      const joined = range(panels).map((p) => {
        const back = stand();
        const gradient = back.inout(dz.slice(0, np * LANES)); // scratch: of one panel
        const words = { kept: back.input(x).address, keptStride: stride, dz: gradient.address, dzStride: stride };
        back.load("panels", (emit) => emit("addGradient", { ...words, rows: n }), { examples });
        back.run(p, p + 1);
        return back.read(gradient);
      });
      const products = [0, 1].map((below) => {
        const s = stand();
        const rows = s.inout(new s.Numbers(np * mp));
        const record = {
          rows: rows.address,
          dz: s.input(dz).address,
          dzStride: stride,
          xStride: stride,
          np,
          mp,
          below,
        };
        s.load("panels", (emit) => emit("storeProducts", { ...record, x: s.input(x).address }), { examples });
        return { s, rows };
      });
      const panelsRows = stand();
      const stored = panelsRows.inout(new panelsRows.Numbers(np * mp));
      const store = { rows: stored.address, x: panelsRows.input(x).address, xStride: stride, np, mp };
      panelsRows.load("panels", (emit) => emit("storePanels", store), { examples });
      for (let p = 0; p < panels; p++) {
        for (const s of [keep, panelsRows, ...products.map((one) => one.s)]) s.run(p, p + 1);
      }
      for (let i = 0; i < examples; i++) {
        for (let u = 0; u < n; u++) {
          const at = panelAt(i, u, np);
          near(sums[at], a[at]! + x[at]!);
          expect(panelsRows.read(stored)[u * mp + i]).toBe(x[at]);
          // scratch begins with the first panel that is run
          const own = dz[(i % LANES) + u * LANES]!;
          near(joined[Math.floor(i / LANES)]![(i % LANES) + u * LANES], own + x[at]!);
          expect(keep.read(kept)[at]).toBe(own);
          near(products[0]!.s.read(products[0]!.rows)[u * mp + i], own * x[at]!);
          near(products[1]!.s.read(products[1]!.rows)[u * mp + i], own * Math.min(x[at]!, 0));
        }
      }
    });

    test("noisy inputs: scale·x + deviation·e, the same e for an example wherever it is, with normal e", () => {
      for (const type of ["uint8", "float32", "float64"] as const) {
        for (const k of [1, 9, 300]) {
          const noiseOf = (examples: number, seed: number, updates: number) => {
            const s = stand();
            const { words, header, at } = source(s, type, k, examples);
            const panels = panelsOf(examples);
            const out = s.inout(new s.Numbers(panels * up(k, 8) * LANES));
            const record = {
              out: out.address,
              outStride: up(k, 8) * LANES * size,
              ...words,
              k,
              seed,
              deviation: 0.5,
            };
            s.load("panels", (emit) => emit("gatherNoisy", record), header, { inputScale: 0.25, updates });
            s.run(0, panels);
            const got = s.read(out);
            return range(examples * k).map((j) => {
              const [i, c] = [Math.floor(j / k), j % k];
              return (got[panelAt(i, c, up(k, 8))]! - 0.25 * at(i, c)) / 0.5;
            });
          };
          const noise = noiseOf(23, 5, 3);
          const mean = noise.reduce((sum, e) => sum + e, 0) / noise.length;
          const variance = noise.reduce((sum, e) => sum + (e - mean) ** 2, 0) / noise.length;
          if (k === 300) expect(Math.abs(mean)).toBeLessThan(0.05);
          if (k === 300) expect(Math.abs(variance - 1)).toBeLessThan(0.06);
          for (const [seed, updates] of [
            [6, 3],
            [5, 4],
            ...[30, 91, 76, 78].map((one) => [one, 3]), // of whose numbers fused logarithms change the last digits
          ]) {
            const other = noiseOf(23, seed!, updates!);
            expect(noise.filter((e, i) => Math.abs(e - other[i]!) < 1e-6)).toEqual([]);
          }
        }
      }
    });

    test("weights of a unit are scaled down to the largest norm, strip by strip; shorter ones and biases are let alone", () => {
      for (const k of [1, 8, 255, 256, 300, 513]) {
        const s = stand();
        const n = 5;
        const { np, kp, own } = weights(s, n, k);
        for (let j = 0; j < k; j++) own[weightAt(2, j, kp, np)]! *= 0.01;
        const w = s.inout(own);
        s.load("blocks", (emit) => emit("limitRows", { blocks: n, w: w.address, kp, np }), {}, { maxNorm: 0.75 });
        s.run(0, 2);
        s.run(2, n);
        const got = s.read(w);
        for (let u = 0; u < n; u++) {
          const row = range(k).map((j) => own[weightAt(u, j, kp, np)]!);
          const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
          const factor = norm > 0.75 ? 0.75 / (norm + 1e-7) : 1;
          for (let j = 0; j < k; j++) near(got[weightAt(u, j, kp, np)], row[j]! * factor, k, Math.abs(row[j]!));
        }
      }
    });

    test.each([
      ["ema", { ema: 0.75, swaStart: 0, swaEvery: 1 }, [0.75, 0.75, 0.75]],
      ["weights from update 3 on", { ema: 0, swaStart: 3, swaEvery: 1 }, [0, 0, 0, 1 / 2, 2 / 3, 3 / 4]],
      ["every second from update 2 on", { ema: 0, swaStart: 2, swaEvery: 2 }, [0, 0, 1, 1 / 2, 1, 2 / 3, 1, 3 / 4]],
    ])("the share of an average that an update leaves: %s", (_, hyper, wanted) => {
      const s = stand();
      s.load("once", (emit) => emit("beginUpdate", {}), {}, { ...hyper, updates: 0 });
      for (const share of wanted) {
        s.once();
        expect(s.hyper("averageShare")).toBe(share);
      }
    });

    test("elements of a gradient are cut, and signs of the weights added, but not to the bias", () => {
      const s = stand();
      const [np, kp] = [4, 8];
      const [g, gb, w] = [normals(np * kp, s), normals(8, s), normals(np * kp + 8, s)];
      w[3] = 0;
      const [dw, db] = [s.inout(g), s.inout(gb)];
      s.load(
        "blocks",
        (emit) => {
          const places = { dw: dw.address, db: db.address, vectors: np, block: 0 };
          emit("layerBlocks", { operations: 2, blocks: 1, kp, np, height: 32, ...places });
          emit("addSigns", { w: s.input(w).address });
          emit("limitGradient", {});
        },
        {},
        { clipValue: 0.5, l1: 0.25 },
      );
      s.run(0, 1);
      const cut = (value: number) => Math.max(-0.5, Math.min(value, 0.5));
      for (const [i, value] of s.read(dw).entries()) near(value, cut(g[i]! + 0.25 * Math.sign(w[i]!)), 1, 1);
      expect(s.read(db)).toEqual([...gb].map((value, i) => (i < np ? cut(value) : value)));
    });

    test.each(STEP_NAMES)("%s on each block and its bias, which does not decay", (optimizer) => {
      for (const [n, k, height, steps] of [
        [1, 1, 32, 3],
        [5, 9, 4, 40],
        [33, 300, 32, 4],
        [3, 513, 32, 12],
      ] as const) {
        STEPS = steps;
        const s = stand();
        const [np, kp] = [up(n, 4), up(k, 8)];
        const blocks = Math.ceil(kp / COLUMNS) * Math.ceil(np / height);
        const biases = up(np, 8);
        const length = np * kp + biases;
        const [w, drawn, gw] = [normals(length, s), normals(length, s), normals(np * kp, s)];
        const v = optimizer === "adadelta" ? (drawn.map(Math.abs) as Float64Array) : drawn; // it keeps squares there
        // beyond the square of any mean
        const squares = normals(length, s).map((value, i) => Math.abs(value) + 2 * drawn[i]! ** 2 + 1) as Float64Array;
        const gb = normals(biases, s);
        const [scaled, scale] = [height === 4, 0.25];
        const places = [s.inout(w), s.inout(v), s.inout(squares)];
        const largest = s.inout(new s.Numbers(length).fill(U)).address;
        const [dw, db] = scaled ? [s.inout(gw), s.inout(gb)] : [s.input(gw), s.input(gb)];
        const words = { which: P.Optimizer[optimizer] };
        const [atW, atV, atS] = places.map(({ address }) => address) as [number, number, number];
        s.load(
          "blocks",
          (emit) => {
            const operations = scaled ? 2 : 1;
            const gradients = { dw: dw!.address, db: db!.address, vectors: biases, block: 0 };
            emit("layerBlocks", { operations, blocks, kp, np, height, ...gradients });
            if (scaled) emit("scaleGradient", {});
            emit("update", { ...words, w: atW, v: atV, s: atS, u: largest });
          },
          {},
          {
            ...{ ...BETA, learningRate: RATE, epsilon: EPS, weightDecay: 0.5, gradientScale: scale },
            ...{ beta1Power: BETA.beta1 ** STEPS, beta2Power: BETA.beta2 ** STEPS, updates: STEPS },
            ...{ nadamPower: 0.96 ** (0.004 * STEPS), nadamProduct: nadamProduct(STEPS) },
          },
        );
        s.run(0, blocks);
        const [newW, newV, newS] = places.map((place) => s.read(place)) as [number[], number[], number[]];
        for (let i = 0; i < np * kp + np; i++) {
          const bias = i >= np * kp;
          const g = (bias ? gb[i - np * kp]! : gw[i]!) * (scaled ? scale : 1);
          const [wantW, wantV, wantS] = FORMULAS[optimizer](w[i]!, g, v[i]!, squares[i]!, bias ? 0 : 0.5);
          near(newW[i], wantW, 16, 4 + Math.abs(wantW));
          near(newV[i], wantV, 8, 4);
          near(newS[i], wantS, 8, 4);
        }
        expect(s.word("badUpdate")).toBe(0);
      }
    });

    test("an update to what is not finite is noticed, wherever it is", () => {
      for (const place of [0, 7, 71, 72]) {
        const s = stand();
        const g = new s.Numbers(72);
        const gb = new s.Numbers(8);
        if (place < 72) g[place] = Number.POSITIVE_INFINITY;
        else gb[0] = Number.NaN;
        const w = s.inout(new s.Numbers(80)).address;
        s.load(
          "blocks",
          (emit) => {
            const places = { dw: s.input(g).address, db: s.input(gb).address, vectors: 8, block: 0 };
            emit("layerBlocks", { operations: 1, blocks: 1, kp: 8, np: 9, height: 32, ...places });
            emit("update", { which: P.Optimizer.sgd, w, v: 0, s: 0, u: 0 });
          },
          {},
          { learningRate: 1 },
        );
        s.run(0, 1);
        expect(s.word("badUpdate")).toBe(1);
      }
    });

    test.each(["uint8", "float32", "float64"] as const)("products of examples of %s with one another", (type) => {
      for (const k of WIDTHS) {
        const s = stand();
        const count = 9;
        const Type = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[type];
        const own = Type.from(range(count * k).map(() => (type === "uint8" ? random.integer(255) : random.normal())));
        const out = s.doubles(count * count);
        const words = { blocks: count, products: out.address, x: s.input(own).address, xType: P.Source[type], k };
        s.load("blocks", (emit) => emit("products", words), { count });
        s.run(0, 4);
        s.run(4, count);
        const got = s.read(out);
        for (let i = 0; i < count; i++) {
          for (let j = 0; j < count; j++) {
            const terms = range(k).map((c) => own[inputAt(i, c, k, count)]! * own[inputAt(j, c, k, count)]!);
            const want = terms.reduce((a, b) => a + b, 0);
            if (j > i) expect(got[i * count + j]).toBeNaN();
            else
              expect(Math.abs(got[i * count + j]! - want)).toBeLessThanOrEqual(
                1e-13 * (1 + terms.reduce((a, b) => a + Math.abs(b), 0)),
              );
          }
        }
      }
    });

    test("once: the cost, the scale of the gradient, powers, the next batch", () => {
      const s = stand();
      const [examples, count] = [13, 31];
      const own = normals(16, s).map(Math.abs) as Float64Array;
      const [all, costs] = [s.input(own), s.doubles(3)];
      const norms = s.input(Float64Array.of(9, 16));
      const header = {
        ...{ count, batch: examples, start: 13, examples, done: 1 },
        ...{ losses: all.address, costs: costs.address, norms: norms.address },
        rates: s.input(Float64Array.of(0.5, 0.125, 0.25)).address,
      };
      s.load(
        "once",
        (emit) => {
          emit("cost", {});
          emit("beginUpdate", {});
          emit("clip", { blocks: 2 });
          emit("nextBatch", {});
        },
        header,
        {
          ...{ beta1: 0.5, beta2: 0.25, beta1Power: 0.5, beta2Power: 1, clipNorm: 2 },
          ...{ updates: 1, nadamPower: 0.5, nadamProduct: 0.5, learningRate: 9 },
        },
      );
      expect(s.once()).toBe(true);
      const mean = own.subarray(0, examples).reduce((a, b) => a + b, 0) / examples;
      expect(s.read(costs)[1]).toBeCloseTo(mean, 14);
      expect([s.hyper("beta1Power"), s.hyper("beta2Power")]).toEqual([0.25, 0.25]);
      expect([s.hyper("updates"), s.hyper("learningRate")]).toEqual([2, 0.125]);
      expect(s.hyper("nadamPower")).toBeCloseTo(0.5 * 0.96 ** 0.004, 15);
      expect(s.hyper("nadamProduct")).toBeCloseTo(0.25 * (1 - 0.25 * 0.96 ** 0.004), 15);
      expect(s.hyper("gradientScale")).toBeCloseTo(2 / 5.000001, 15);
      const place = () => [s.word("done"), s.word("start"), s.word("examples")];
      expect(place()).toEqual([2, 26, 5]); // what is left is a smaller batch
      expect(s.once()).toBe(true);
      expect(place()).toEqual([3, 0, 13]);
    });

    test("once: a cost that is not finite ends the step before its update", () => {
      const s = stand();
      const all = s.input(s.Numbers.of(1, Number.NaN, 1));
      const costs = s.doubles(1);
      const costThenUpdate: Parameters<Stand["load"]>[1] = (emit) => {
        emit("cost", {});
        emit("beginUpdate", {});
      };
      const header = { count: 3, batch: 3, examples: 3, losses: all.address, costs: costs.address };
      s.load("once", costThenUpdate, header, {
        beta1: 0.5,
        beta1Power: 1,
      });
      expect(s.once()).toBe(false);
      expect(s.read(costs)[0]).toBeNaN();
      expect(s.hyper("beta1Power")).toBe(1);
    });

    // a plan is never of these: to go on with anything else would be silent nonsense
    describe("what is not known stops the program", () => {
      const panel = { examples: 8, count: 8, batch: 8 };
      function planted(over: "panels" | "blocks" | "once", emit: Parameters<Stand["load"]>[1]): () => void {
        const s = createStand(backend, null, dtype);
        s.load(over, emit, panel);
        return () => (over === "once" ? s.once() : s.run(0, 1));
      }
      const room = { dw: 65536, db: 65536, vectors: 8, block: 65536 };
      const layer = { operations: 1, blocks: 1, kp: 8, np: 4, height: 32, ...room };

      test("a record that belongs to another kind of phase", () => {
        const stray = { y: 0, yStride: 0, labels: 0, n: 1, off: 0, on: 1 };
        expect(planted("panels", (emit) => emit("cost", {}))).toThrow();
        expect(planted("blocks", (emit) => emit("gatherLabels", stray))).toThrow();
        expect(planted("once", (emit) => emit("gatherLabels", stray))).toThrow();
        expect(
          planted("blocks", (emit) => {
            emit("layerBlocks", layer);
            emit("cost", {});
          }),
        ).toThrow();
      });

      test.each([-1, P.Activation.linear, P.Activation.prelu + 1, 1000])("activation %i", (which) => {
        const s = createStand(backend, null, dtype);
        const a = s.inout(new s.Numbers(8)).address;
        s.load(
          "panels",
          (emit) => emit("activationForward", { which, a, z: a, stride: 0, rows: 1, slope: 0, slopes: 0 }),
          panel,
        );
        expect(() => s.run(0, 1)).toThrow();
        const back = createStand(backend, null, dtype);
        const dz = back.inout(new s.Numbers(8)).address;
        const words = { which, dz, dzStride: 0, kept: dz, keptStride: 0, rows: 1, slope: 0, slopes: 0 };
        back.load("panels", (emit) => emit("activationBackward", words), panel);
        expect(() => back.run(0, 1)).toThrow();
      });

      test.each([-1, P.Loss.hinge + 1, 1000])("loss %i", (which) => {
        const s = createStand(backend, null, dtype);
        const dz = s.inout(new s.Numbers(64)).address;
        const words = { which, dz, dzStride: 0, z: dz, zStride: 0, y: dz, yStride: 0, n: 1, np: 4, parameter: 1 };
        s.load("panels", (emit) => emit("lossAndGradient", words), { ...panel, losses: dz });
        expect(() => s.run(0, 1)).toThrow();
      });

      test.each([-1, P.Optimizer.lion + 1, 1000])("optimizer %i", (which) => {
        const s = createStand(backend, null, dtype);
        const [w, dw] = [s.inout(new s.Numbers(64)).address, s.inout(new s.Numbers(64)).address];
        s.load("blocks", (emit) => {
          emit("layerBlocks", { ...layer, dw, db: dw });
          emit("update", { which, w, v: w, s: w, u: w });
        });
        expect(() => s.run(0, 1)).toThrow();
      });
    });

    // hidden layers wider than a strip of weights; one step at a time, in pieces, and many at once
    const NETWORKS: [number, number[], Kind, number, number, StepName][] = [
      [5, [300, 1], "bytes", 23, 23, "sgd"],
      [33, [513, 7, 3], "float32", 41, 16, "adam"],
      [300, [9, 300, 2], "float64", 19, 8, "nesterov"],
    ];
    test.each(NETWORKS)(
      "a network of %i-%j on %s, %i examples in batches of %i, %s: however its steps are done",
      async (inputs, units, kind, count, size, optimizer) => {
        const data = randomData(inputs, count, kind, Math.max(2, units[units.length - 1]!));
        const train = async (on: Backend, steps: (session: ReturnType<typeof openTraining>) => Promise<void>) => {
          const session = openTraining(on, architectureOf(inputs, units, dtype), data, {
            batch: size,
            optimizer,
            clip: units.length === 3,
          });
          for (const { weight, vectors, inputs: k, units: n, kp, np } of session.plan.layers) {
            for (let u = 0; u < n; u++) {
              for (let j = 0; j < k; j++) {
                session.parameters[weight + weightAt(u, j, kp, np)] =
                  (((u * k + j) * 37) % 101) / 101 / Math.sqrt(k) - 0.4 / Math.sqrt(k);
              }
              session.parameters[vectors.get("bias")! + u] = ((u * 7) % 5) / 50;
            }
          }
          const beta = { momentum: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
          session.setHyperparameters({
            ...beta,
            learningRate: 0.01,
            weightDecay: 0,
            clipNorm: 0.1,
            clipValue: 0,
            ...{ ema: 0, swaStart: 0, swaEvery: 1, maxNorm: 0 },
            l1: 0,
          });
          await steps(session);
          return { parameters: [...session.parameters], batch: session.batch() };
        };
        const whole = await train(backend, async ({ steps }) => expect(steps(7)).toBe(7));
        expect(whole.parameters.every(Number.isFinite)).toBe(true);
        const some = async ({ steps }: ReturnType<typeof openTraining>) =>
          expect([steps(1), steps(4), steps(2)]).toEqual([1, 4, 2]);
        expect(await train(backend, some)).toEqual(whole);
        const pieces = async ({ stepPaced }: ReturnType<typeof openTraining>) => {
          const pace = createPace();
          for (let i = 0; i < 7; i++) expect(await stepPaced(pace)).toBe(1);
        };
        expect(await train(backend, pieces)).toEqual(whole);
        if (other) expect(await train(other, async ({ steps }) => expect(steps(7)).toBe(7))).toEqual(whole);
      },
    );
  });
}

function architectureOf(inputs: number, units: number[], dtype: DType): Architecture {
  const last = units.length - 1;
  const [output, loss] =
    units[last] === 1
      ? (["sigmoid", "binaryCrossEntropy"] as const)
      : (["softmax", "categoricalCrossEntropy"] as const);
  const layers = units.map((n, l) => ({
    inputs: l === 0 ? inputs : units[l - 1]!,
    units: n,
    activation: l === last ? output : ACTIVATIONS[l % ACTIVATIONS.length]!,
  }));
  return { layers: layers as unknown as Architecture["layers"], loss, dtype };
}
