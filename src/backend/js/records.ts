// What a program's header and records say, and where the numbers lie: the twin of assembly/records.ts.

import * as P from "../../../assembly/program.js";
import type { DType, Numerics } from "../../catalogue.js";
import { type Arithmetic, float32, float64 } from "./arithmetic.js";

/** A plan's memory as the interpreter sees it. Positions of kernels are elements of the views, not bytes. */
export interface Context {
  /** The numbers of the network's type, and how an operation on them rounds. */
  readonly t: Arithmetic;
  readonly header: Int32Array;
  readonly hyper: Float64Array;
  /** Word i of the record r. */
  word(r: number, i: number): number;
  /** Words i and i + 1 as a double. */
  real(r: number, i: number): number;
  /** Word i as an address: in elements of t.heap, of 32-bit words, of doubles. */
  element(r: number, i: number): number;
  index(r: number, i: number): number;
  double(r: number, i: number): number;
}

export function contextOf(memory: ArrayBuffer, program: number, dtype: DType, numerics: Numerics): Context {
  const t = (dtype === "float64" ? float64 : float32)(memory, numerics);
  const size = t.heap.BYTES_PER_ELEMENT;
  const word = (r: number, i: number) => t.words[r + i]!;
  const address = (r: number, i: number) => word(r, i) >>> 0;
  return {
    ...{ t, word, real: (r, i) => t.doubles[(r + i) / 2]! },
    header: new Int32Array(memory, program, P.HYPER / 4),
    hyper: new Float64Array(memory, program + P.HYPER, (P.RECORDS - P.HYPER) / 8),
    element: (r, i) => address(r, i) / size,
    index: (r, i) => address(r, i) / 4,
    double: (r, i) => address(r, i) / 8,
  };
}

/** What a record does. */
export function kindOf({ t }: Context, r: number): number {
  return t.words[r]!;
}

/** The records of a phase, as positions of their first word. */
export function* recordsOf(context: Context, phase: number): Generator<number> {
  const last = phaseWord(context, phase, P.Phase.last);
  for (let i = phaseWord(context, phase, P.Phase.first); i < last; i++) yield recordAt(context.header, i);
}

/** Position of record i in the words of the memory. */
export function recordAt(header: Int32Array, i: number): number {
  return (header.byteOffset + P.RECORDS) / 4 + i * P.RECORD;
}

/** Word i of a phase, one of P.Phase. */
export function phaseWord({ t, header }: Context, phase: number, i: number): number {
  return t.words[(header.byteOffset + header[P.Header.phaseTable]!) / 4 + phase * P.PHASE_WORDS + i]!;
}

/** Examples of panel p and those after it. */
export function examplesFrom({ header }: Context, p: number): number {
  return header[P.Header.examples]! - p * P.LANES;
}

/** Position, in the words of the memory, of the first example of panel p in the order. */
export function orderOf({ header }: Context, p: number): number {
  return (header[P.Header.order]! >>> 0) / 4 + header[P.Header.start]! + p * P.LANES;
}

/** Throws a RangeError for a record or a member of a family that this interpreter does not know. */
export function unknown(what: string, number: number): never {
  throw new RangeError(`the program has a ${what} of number ${number}, which there is not`);
}
