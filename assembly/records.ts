// Reads and writes the words of a program (program.ts), and finds what a thread has in its scratch.

import { at } from "./lanes";
import { Header, HYPER, LANES, Phase, PHASE_WORDS, RECORD, RECORDS, ROUNDED, Source, TAKEN } from "./program";

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

// Words i and i + 1 as a double.
// @ts-ignore: decorator
@inline
export function double(record: usize, i: i32): f64 {
  return load<f64>(at<i32>(record, i));
}

// What the record does.
// @ts-ignore: decorator
@inline
export function kindOf(record: usize): i32 {
  return load<i32>(record);
}

// @ts-ignore: decorator
@inline
export function setWord(header: usize, i: i32, value: i32): void {
  store<i32>(at<i32>(header, i), value);
}

// @ts-ignore: decorator
@inline
export function hyper(program: usize, i: i32): f64 {
  return load<f64>(at<f64>(program + HYPER, i));
}

// @ts-ignore: decorator
@inline
export function setHyper(program: usize, i: i32, value: f64): void {
  store<f64>(at<f64>(program + HYPER, i), value);
}

// Address of record i.
// @ts-ignore: decorator
@inline
export function recordAt(program: usize, i: i32): usize {
  return at<i32>(program + RECORDS, i * RECORD);
}

// Word i of a phase, one of Phase.
// @ts-ignore: decorator
@inline
export function phaseWord(program: usize, phase: i32, i: i32): i32 {
  return word(program + address(program, Header.phaseTable), phase * PHASE_WORDS + i);
}

/** What a phase goes over. */
export function overOf(program: usize, phase: i32): i32 {
  return phaseWord(program, phase, Phase.over);
}

/** Bytes from thread 0's scratch to that of `thread`. */
export function scratchOf(program: usize, thread: i32): usize {
  return <usize>thread * address(program, Header.scratchStride);
}

/** Where a thread notes which strip lies packed: record and first input. `scratch` as scratchOf gives it. */
export function scratchNote(program: usize, scratch: usize): usize {
  return address(program, Header.scratch) + scratch;
}

/** For a new step: what lies packed for a weight gradient is of the step before. */
export function forgetPacked(program: usize, scratch: usize): void {
  store<u32>(scratchNote(program, scratch), 0);
}

/** Where a thread keeps the rounded hyperparameters of an update. */
export function roundedOf(program: usize, scratch: usize): usize {
  return address(program, Header.scratch) + scratch + ROUNDED;
}

/** Where it is counted how many of a thread's own pairs of panels, or blocks, have been taken. */
export function takenOf(program: usize, thread: i32): usize {
  return address(program, Header.scratch) + scratchOf(program, thread) + TAKEN;
}

/** Panels of the current batch. */
// @ts-ignore: decorator
@inline
export function panelsOf(program: usize): i32 {
  return (word(program, Header.examples) + LANES - 1) / LANES;
}

// Examples of panel p; the last panel may not be full.
// @ts-ignore: decorator
@inline
export function examplesOf(program: usize, p: i32): i32 {
  return min(word(program, Header.examples) - p * LANES, LANES);
}

// Address of the first example of panel p in the order.
// @ts-ignore: decorator
@inline
export function orderOf(program: usize, p: i32): usize {
  return at<i32>(address(program, Header.order), word(program, Header.start) + p * LANES);
}

// Address of the strip that begins at input `first` of a data set at x, `count` examples in a strip.
// @ts-ignore: decorator
@inline
export function stripOf(x: usize, type: i32, count: i32, first: i32): usize {
  const bytes = type == Source.uint8 ? 1 : type == Source.float32 ? 4 : 8;
  return x + <usize>first * <usize>count * bytes;
}
