// What the host calls: the interpreter, once for each type of number. `program` is the program's address in bytes.

import { fuses } from "./lanes";
import { renewPatience } from "./meeting";
import { runOnce } from "./once";
import { piecesOf, runPhase, runPiece } from "./run";
import { runSteps } from "./step";
import { joinVectors } from "./tile";

export { fuses, joinVectors, piecesOf };

// A phase over the panels of the current batch, or over the blocks, [from, to), with thread 0's scratch.
export function runFloat32(program: usize, phase: i32, from: i32, to: i32): void {
  runPhase<f32>(program, phase, from, to, 0);
}
export function runFloat64(program: usize, phase: i32, from: i32, to: i32): void {
  runPhase<f64>(program, phase, from, to, 0);
}

// One piece of a phase over panels, of which there are as many as piecesOf says.
export function pieceFloat32(program: usize, phase: i32, piece: i32, from: i32, to: i32): void {
  runPiece<f32>(program, phase, piece, from, to, 0);
}
export function pieceFloat64(program: usize, phase: i32, piece: i32, from: i32, to: i32): void {
  runPiece<f64>(program, phase, piece, from, to, 0);
}

// A phase that is done once. False when the step, or with it the training, is not to go on.
export function onceFloat32(program: usize, phase: i32): bool {
  return runOnce<f32>(program, phase);
}
export function onceFloat64(program: usize, phase: i32): bool {
  return runOnce<f64>(program, phase);
}

// One thread's part of up to `count` steps; returns what runSteps (step.ts) does.
export function stepsFloat32(program: usize, thread: i32, count: i32): i32 {
  renewPatience(program);
  return runSteps<f32>(program, thread, count);
}
export function stepsFloat64(program: usize, thread: i32, count: i32): i32 {
  renewPatience(program);
  return runSteps<f64>(program, thread, count);
}
