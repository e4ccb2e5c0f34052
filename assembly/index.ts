// What the host calls: the interpreter, once for each type of number. Every address is in bytes, from the plan.

import { renewPatience } from "./meeting";
import { runOnce } from "./once";
import { runPhase } from "./run";
import { runSteps } from "./step";
import { joinVectors } from "./tile";

export { joinVectors };

export function runFloat32(program: usize, phase: i32, from: i32, to: i32): void {
  runPhase<f32>(program, phase, from, to, 0);
}
export function runFloat64(program: usize, phase: i32, from: i32, to: i32): void {
  runPhase<f64>(program, phase, from, to, 0);
}

export function onceFloat32(program: usize, phase: i32): bool {
  return runOnce<f32>(program, phase);
}
export function onceFloat64(program: usize, phase: i32): bool {
  return runOnce<f64>(program, phase);
}

export function stepsFloat32(program: usize, thread: i32, count: i32): i32 {
  renewPatience(program);
  return runSteps<f32>(program, thread, count);
}
export function stepsFloat64(program: usize, thread: i32, count: i32): i32 {
  renewPatience(program);
  return runSteps<f64>(program, thread, count);
}
