// What the host calls: the interpreter, once for each type of number. Every address is in bytes, from the plan.

import * as run from "./run";
import * as team from "./team";
import { joinVectors } from "./tile";
import * as update from "./update";

export { joinVectors };

export function panelsFloat32(program: usize, section: i32, from: i32, to: i32): void {
  run.panels<f32>(program, section, from, to, 0);
}
export function panelsFloat64(program: usize, section: i32, from: i32, to: i32): void {
  run.panels<f64>(program, section, from, to, 0);
}

export function passesFloat32(program: usize, from: i32, to: i32): void {
  run.passes<f32>(program, from, to, 0);
}
export function passesFloat64(program: usize, from: i32, to: i32): void {
  run.passes<f64>(program, from, to, 0);
}

export function blocksFloat32(program: usize, from: i32, to: i32): void {
  update.blocks<f32>(program, from, to, 0);
}
export function blocksFloat64(program: usize, from: i32, to: i32): void {
  update.blocks<f64>(program, from, to, 0);
}

export function stepsFloat32(program: usize, count: i32): i32 {
  return run.steps<f32>(program, count);
}
export function stepsFloat64(program: usize, count: i32): i32 {
  return run.steps<f64>(program, count);
}

export function products(program: usize, from: i32, to: i32): void {
  run.products(program, from, to);
}

// One thread's part of the steps; there is none without shared memory.
export function workFloat32(program: usize, thread: i32, count: i32): i32 {
  return ASC_FEATURE_THREADS ? team.work<f32>(program, thread, count) : -1;
}
export function workFloat64(program: usize, thread: i32, count: i32): i32 {
  return ASC_FEATURE_THREADS ? team.work<f64>(program, thread, count) : -1;
}
