// Test entry: the vector functions over arrays, y[i] = function(x[i]), `count` a multiple of 4 (f32) or 2 (f64).

import { at } from "../../assembly/lanes";
import { vexp, vlog, vlog1p, vnormalCdf, vnormalDensity, vsigmoid, vtanh } from "../../assembly/math";

export function exp32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vexp<f32>(v128.load(at<f32>(x, i))));
}
export function log32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vlog<f32>(v128.load(at<f32>(x, i))));
}
export function log1p32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vlog1p<f32>(v128.load(at<f32>(x, i))));
}
export function tanh32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vtanh<f32>(v128.load(at<f32>(x, i))));
}
export function sigmoid32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vsigmoid<f32>(v128.load(at<f32>(x, i))));
}

export function exp64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vexp<f64>(v128.load(at<f64>(x, i))));
}
export function log64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vlog<f64>(v128.load(at<f64>(x, i))));
}
export function log1p64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vlog1p<f64>(v128.load(at<f64>(x, i))));
}
export function tanh64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vtanh<f64>(v128.load(at<f64>(x, i))));
}
export function sigmoid64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vsigmoid<f64>(v128.load(at<f64>(x, i))));
}
export function normalCdf32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vnormalCdf<f32>(v128.load(at<f32>(x, i))));
}
export function normalCdf64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vnormalCdf<f64>(v128.load(at<f64>(x, i))));
}
export function normalDensity32(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(at<f32>(y, i), vnormalDensity<f32>(v128.load(at<f32>(x, i))));
}
export function normalDensity64(y: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i += 2) v128.store(at<f64>(y, i), vnormalDensity<f64>(v128.load(at<f64>(x, i))));
}
