// The arithmetic of the plain-TypeScript kernels: where the numbers lie and how an operation rounds. In float32 every
// single operation is rounded with Math.fround, which gives the bits of float32 arithmetic; in float64 there is nothing
// to do. In fused numerics what the kernels' madd multiplies and adds is rounded once.

import { TINY_32, TINY_64 } from "../../../assembly/constants.js";
import * as P from "../../../assembly/program.js";
import type { Numerics } from "../../catalogue.js";
import { functions32, functions64, STRICT_32, STRICT_64 } from "../../math.js";

/** Numbers of a data set, in their own type. */
export type Rows = Uint8Array | Float32Array | Float64Array;

export interface Arithmetic {
  /** The whole memory as numbers of the network's type; kernels index it by element. */
  readonly heap: Float32Array | Float64Array;
  /** The same memory as 32-bit words, as doubles, and as the types a data set may have. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly sources: readonly [uint8: Uint8Array, float32: Float32Array, float64: Float64Array];
  round(value: number): number;
  /** a·b + c, rounded twice or, fused, once. */
  madd(a: number, b: number, c: number): number;
  exp(x: number): number;
  /** For x ≤ 0. */
  expm1(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  tanh(x: number): number;
  sigmoid(x: number): number;
  normalDensity(x: number): number;
  normalCdf(x: number): number;
  /** The logarithm of a double, whatever the type. */
  logDouble(x: number): number;
  /** c (rows, 8) += a (rows, count) · b (count, 8), see dense.ts. */
  multiplyAdd(
    c: number,
    cRow: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    rows: number,
    count: number,
  ): void;
  /** Optimizer moments below this are set to 0. */
  readonly tiny: number;
}

function viewsOf(memory: ArrayBuffer): Pick<Arithmetic, "words" | "doubles" | "sources"> {
  const float32s = new Float32Array(memory, 0, Math.floor(memory.byteLength / 4));
  const doubles = new Float64Array(memory, 0, Math.floor(memory.byteLength / 8));
  const words = new Int32Array(memory, 0, float32s.length);
  return { words, doubles, sources: [new Uint8Array(memory), float32s, doubles] };
}

const FUSED_32 = functions32(true);
const FUSED_64 = functions64(true);

/** Float32 arithmetic over `memory`. */
export function float32(memory: ArrayBuffer, numerics: Numerics = "strict"): Arithmetic {
  const views = viewsOf(memory);
  const heap = views.sources[P.Source.float32];
  const strict: Arithmetic = {
    ...{ heap, ...views, ...STRICT_32 },
    round: Math.fround,
    logDouble: STRICT_64.log,
    // written out for each type, with the 8 examples of a panel in locals: nearly all the work is here
    multiplyAdd(c, cRow, a, aRow, aColumn, b, rows, count) {
      for (let i = 0; i < rows; i++) {
        const o = c + i * cRow;
        let s0 = heap[o]!;
        let s1 = heap[o + 1]!;
        let s2 = heap[o + 2]!;
        let s3 = heap[o + 3]!;
        let s4 = heap[o + 4]!;
        let s5 = heap[o + 5]!;
        let s6 = heap[o + 6]!;
        let s7 = heap[o + 7]!;
        for (let j = 0, p = a + i * aRow, q = b; j < count; j++, p += aColumn, q += 8) {
          const w = heap[p]!;
          s0 = Math.fround(s0 + Math.fround(w * heap[q]!));
          s1 = Math.fround(s1 + Math.fround(w * heap[q + 1]!));
          s2 = Math.fround(s2 + Math.fround(w * heap[q + 2]!));
          s3 = Math.fround(s3 + Math.fround(w * heap[q + 3]!));
          s4 = Math.fround(s4 + Math.fround(w * heap[q + 4]!));
          s5 = Math.fround(s5 + Math.fround(w * heap[q + 5]!));
          s6 = Math.fround(s6 + Math.fround(w * heap[q + 6]!));
          s7 = Math.fround(s7 + Math.fround(w * heap[q + 7]!));
        }
        heap[o] = s0;
        heap[o + 1] = s1;
        heap[o + 2] = s2;
        heap[o + 3] = s3;
        heap[o + 4] = s4;
        heap[o + 5] = s5;
        heap[o + 6] = s6;
        heap[o + 7] = s7;
      }
    },
    tiny: Math.fround(TINY_32),
  };
  return numerics === "fused" ? { ...strict, ...FUSED_32, ...fusedOver(heap, FUSED_32.madd) } : strict;
}

/** Float64 arithmetic over `memory`. */
export function float64(memory: ArrayBuffer, numerics: Numerics = "strict"): Arithmetic {
  const views = viewsOf(memory);
  const heap = views.doubles;
  const strict: Arithmetic = {
    ...{ heap, ...views, ...STRICT_64 },
    round: (value) => value,
    logDouble: STRICT_64.log,
    multiplyAdd(c, cRow, a, aRow, aColumn, b, rows, count) {
      for (let i = 0; i < rows; i++) {
        const o = c + i * cRow;
        let s0 = heap[o]!;
        let s1 = heap[o + 1]!;
        let s2 = heap[o + 2]!;
        let s3 = heap[o + 3]!;
        let s4 = heap[o + 4]!;
        let s5 = heap[o + 5]!;
        let s6 = heap[o + 6]!;
        let s7 = heap[o + 7]!;
        for (let j = 0, p = a + i * aRow, q = b; j < count; j++, p += aColumn, q += 8) {
          const w = heap[p]!;
          s0 += w * heap[q]!;
          s1 += w * heap[q + 1]!;
          s2 += w * heap[q + 2]!;
          s3 += w * heap[q + 3]!;
          s4 += w * heap[q + 4]!;
          s5 += w * heap[q + 5]!;
          s6 += w * heap[q + 6]!;
          s7 += w * heap[q + 7]!;
        }
        heap[o] = s0;
        heap[o + 1] = s1;
        heap[o + 2] = s2;
        heap[o + 3] = s3;
        heap[o + 4] = s4;
        heap[o + 5] = s5;
        heap[o + 6] = s6;
        heap[o + 7] = s7;
      }
    },
    tiny: TINY_64,
  };
  return numerics === "fused" ? { ...strict, ...FUSED_64, ...fusedOver(heap, FUSED_64.madd) } : strict;
}

// What fused arithmetic has of its own over a heap.
function fusedOver(heap: Arithmetic["heap"], madd: Arithmetic["madd"]): Pick<Arithmetic, "multiplyAdd" | "logDouble"> {
  return {
    logDouble: FUSED_64.log,
    multiplyAdd(c, cRow, a, aRow, aColumn, b, rows, count) {
      for (let i = 0; i < rows; i++) {
        for (let lane = 0; lane < P.LANES; lane++) {
          let sum = heap[c + i * cRow + lane]!;
          for (let j = 0, p = a + i * aRow, q = b + lane; j < count; j++, p += aColumn, q += P.LANES) {
            sum = madd(heap[p]!, heap[q]!, sum);
          }
          heap[c + i * cRow + lane] = sum;
        }
      }
    },
  };
}
