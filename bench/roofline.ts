// AssemblyScript: what the processor does at most when nothing has to be loaded: 12 independent chains in registers, half
// of them multiplied and half of them added to, or all of them both at once with fused multiply-add. A turn does 12 or 24
// operations on each lane.

function loop<T>(turns: i32): f64 {
  // read from memory: V8 makes constants anew at each use
  store<T>(0, <T>1);
  store<T>(8, <T>0);
  const x = v128.load_splat<T>(0);
  const y = v128.load_splat<T>(8);
  let a = x;
  let b = x;
  let c = x;
  let d = x;
  let e = x;
  let f = x;
  let g = y;
  let h = y;
  let i = y;
  let j = y;
  let k = y;
  let l = y;
  for (let n = 0; n < turns; n++) {
    if (ASC_FEATURE_RELAXED_SIMD) {
      a = v128.relaxed_madd<T>(a, x, y);
      b = v128.relaxed_madd<T>(b, x, y);
      c = v128.relaxed_madd<T>(c, x, y);
      d = v128.relaxed_madd<T>(d, x, y);
      e = v128.relaxed_madd<T>(e, x, y);
      f = v128.relaxed_madd<T>(f, x, y);
      g = v128.relaxed_madd<T>(g, x, y);
      h = v128.relaxed_madd<T>(h, x, y);
      i = v128.relaxed_madd<T>(i, x, y);
      j = v128.relaxed_madd<T>(j, x, y);
      k = v128.relaxed_madd<T>(k, x, y);
      l = v128.relaxed_madd<T>(l, x, y);
    } else {
      a = v128.mul<T>(a, x);
      g = v128.add<T>(g, y);
      b = v128.mul<T>(b, x);
      h = v128.add<T>(h, y);
      c = v128.mul<T>(c, x);
      i = v128.add<T>(i, y);
      d = v128.mul<T>(d, x);
      j = v128.add<T>(j, y);
      e = v128.mul<T>(e, x);
      k = v128.add<T>(k, y);
      f = v128.mul<T>(f, x);
      l = v128.add<T>(l, y);
    }
  }
  const abc = v128.add<T>(v128.add<T>(a, b), c);
  const def = v128.add<T>(v128.add<T>(d, e), f);
  const ghi = v128.add<T>(v128.add<T>(g, h), i);
  const jkl = v128.add<T>(v128.add<T>(j, k), l);
  return <f64>v128.extract_lane<T>(v128.add<T>(v128.add<T>(abc, def), v128.add<T>(ghi, jkl)), 0);
}

export function float32(turns: i32): f64 {
  return loop<f32>(turns);
}
export function float64(turns: i32): f64 {
  return loop<f64>(turns);
}
