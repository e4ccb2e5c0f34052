// What the host calls: the interpreter, once for each type of number. Every address is in bytes, from the plan.

import * as run from "./run";

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
  run.blocks<f32>(program, from, to, 0);
}
export function blocksFloat64(program: usize, from: i32, to: i32): void {
  run.blocks<f64>(program, from, to, 0);
}

export function stepsFloat32(program: usize, count: i32): i32 {
  return run.steps<f32>(program, count);
}
export function stepsFloat64(program: usize, count: i32): i32 {
  return run.steps<f64>(program, count);
}
