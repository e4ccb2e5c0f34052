// Reading ahead. WebAssembly has no instruction for it; a load does as well, if many are in flight together and nothing
// waits for any of them.

const PAGE: usize = 4096; // of the system: each wants its address translated, and the processor reads no further than its end
const LINE: usize = 64; // of the cache

// What was read, so that no compiler leaves the loads out.
let seen: i32 = 0;

/** Reads the first two lines of each page that begins in [from, to): from there on the processor reads ahead by itself. */
export function prefetchPages(from: usize, to: usize): void {
  let sum = i32x4.splat(0);
  for (let p = (from + PAGE - 1) & ~(PAGE - 1); p < to; p += PAGE) {
    sum = v128.or(sum, v128.or(v128.load(p), v128.load(p, LINE)));
  }
  seen = i32x4.extract_lane(sum, 0);
}

/** Reads all lines of [from, to). */
export function prefetch(from: usize, to: usize): void {
  prefetchPages(from, to);
  let sum = i32x4.splat(0);
  for (let p = from; p < to; p += LINE) sum = v128.or(sum, v128.load(p));
  seen = i32x4.extract_lane(sum, 0);
}
