// What a program's header and records say (program.ts), read by the interpreter and by the threads.

import { at } from "./lanes";
import * as P from "./program";

// Word i of a record or of the header.
// @ts-ignore: decorator
@inline
export function word(record: usize, i: i32): i32 {
  return load<i32>(at<i32>(record, i));
}

// Word i as an address.
// @ts-ignore: decorator
@inline
export function address(record: usize, i: i32): usize {
  return <usize>load<u32>(at<i32>(record, i));
}

// @ts-ignore: decorator
@inline
export function hyper(program: usize, i: i32): f64 {
  return load<f64>(at<f64>(program + P.HYPER, i));
}

// Address of record i.
// @ts-ignore: decorator
@inline
export function recordAt(program: usize, i: i32): usize {
  return at<i32>(program + P.RECORDS, i * P.RECORD);
}

/** Bytes from thread 0's scratch to that of `thread`. */
export function scratchOf(program: usize, thread: i32): usize {
  return <usize>thread * address(program, P.SCRATCH_STRIDE);
}

/** Panels of the current batch. */
// @ts-ignore: decorator
@inline
export function panelsOf(program: usize): i32 {
  return (word(program, P.EXAMPLES) + P.LANES - 1) / P.LANES;
}

// Examples of panel p; the last panel may not be full.
// @ts-ignore: decorator
@inline
export function examplesOf(program: usize, p: i32): i32 {
  return min(word(program, P.EXAMPLES) - p * P.LANES, P.LANES);
}

// Address of the first example of panel p in the order.
// @ts-ignore: decorator
@inline
export function orderOf(program: usize, p: i32): usize {
  return at<i32>(address(program, P.ORDER), word(program, P.START) + p * P.LANES);
}

// Address of the data set's strip that begins at input `first`. Words i, i + 2: the data set, examples in a strip.
// @ts-ignore: decorator
@inline
export function stripOf(r: usize, i: i32, type: i32, first: i32): usize {
  const bytes = type == P.UINT8 ? 1 : type == P.FLOAT32 ? 4 : 8;
  return address(r, i) + <usize>first * address(r, i + 2) * bytes;
}
