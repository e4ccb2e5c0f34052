// a·b + c with one rounding, as a fused multiply-add has it, of one number, in plain TypeScript: one correct result, and
// so the same bits as every processor that fuses. NaN stands for every NaN.
//
// Sources: Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
// odd" (2008), https://doi.org/10.1109/TC.2007.70819; Dekker 1971 for products, Knuth for sums.

const FLOAT64 = new Float64Array(1);
const WORDS = new Int32Array(FLOAT64.buffer); // little-endian, as every engine's machine is

const SPLITTER = 134217729; // 2^27 + 1
// Products in these bounds have an exact error term, and with such addends no overflow on the way.
const SMALL = powerOf(-900);
const LARGE_FACTOR = powerOf(990);
const LARGE = powerOf(1000);
const NORMAL = powerOf(-1022); // the least normal number
const LIFT = powerOf(54); // makes subnormal numbers normal
const FAR = 200; // exponents apart: beyond all bits of a product, and of what it is added to

/**
 * The float32 next to a·b + c, of three float32. The product is exact in double; the sum, rounded to odd there, has
 * enough bits that rounding it again to float32, subnormal ones too, rounds as once.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rest = sum - product;
  const lost = product - (sum - rest) + (c - rest);
  return Math.fround(lost > 0 || lost < 0 ? toOdd(sum, lost) : sum); // NaN where something is not finite
}

/** The double next to a·b + c. */
export function fma64(a: number, b: number, c: number): number {
  const size = Math.abs(a * b);
  const fits = Math.abs(a) < LARGE_FACTOR && Math.abs(b) < LARGE_FACTOR && Math.abs(c) < LARGE;
  if (size > SMALL && size < LARGE && fits) return sumOf(a, b, c);
  if (a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return a * b + c;
  if (!Number.isFinite(c)) return c; // though a·b may overflow
  return c === 0 ? a * b : scaled(a, b, c);
}

let lost = 0; // what the last sumOf has lost, or its sign and more

// a·b + c where nothing overflows and no error term is subnormal: the four parts of product and sums, of which two
// are added with rounding to odd, so that the last sum rounds as once.
function sumOf(a: number, b: number, c: number): number {
  const high = a * b;
  const aHigh = upper(a);
  const aLow = a - aHigh;
  const bHigh = upper(b);
  const bLow = b - bHigh;
  const low = aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const small = c + low;
  const smallRest = small - c;
  const smallLost = c - (small - smallRest) + (low - smallRest);
  const large = high + small;
  const largeRest = large - high;
  const largeLost = high - (large - largeRest) + (small - largeRest);
  let tail = smallLost + largeLost;
  const tailRest = tail - smallLost;
  const tailLost = smallLost - (tail - tailRest) + (largeLost - tailRest);
  if (tailLost !== 0) tail = toOdd(tail, tailLost);
  const sum = large + tail;
  const rest = sum - large;
  lost = large - (sum - rest) + (tail - rest);
  return sum;
}

// The same of numbers near the ends of the range, all finite and none 0: their fractions are multiplied and added, and
// the exponent comes back last.
function scaled(a: number, b: number, c: number): number {
  const exponent = exponentOf(a) + exponentOf(b);
  const apart = exponentOf(c) - exponent;
  if (apart > FAR) return c; // less than half a unit is added
  const sum = sumOf(fractionOf(a), fractionOf(b), fractionOf(c) * powerOf(Math.max(apart, -FAR)));
  if (sum === 0) return sum;
  const fraction = fractionOf(sum);
  const own = exponentOf(sum) + exponent;
  if (own > 1023) return fraction * Infinity;
  if (own >= -1022) return fraction * powerOf(own);
  // a subnormal number has fewer bits: rounded again, it is wrong where the first rounding led to the middle of two
  const shift = Math.max(own, -1100) + 1022;
  const result = fraction * NORMAL * powerOf(shift);
  const beyond = fraction - result * powerOf(1022) * powerOf(-shift);
  const between = Math.abs(beyond) === powerOf(-53 - shift);
  return between && beyond * lost > 0 ? result + Math.sign(beyond) * Number.MIN_VALUE : result;
}

// The upper 26 bits of a number.
function upper(x: number): number {
  const large = x * SPLITTER;
  return large - (large - x);
}

// A sum that has lost something, rounded to odd: of the two numbers around the true one, the one whose last bit is 1.
function toOdd(sum: number, lost: number): number {
  FLOAT64[0] = sum;
  if (WORDS[0]! & 1) return sum;
  if (lost > 0 === sum > 0) WORDS[0]!++;
  else if (WORDS[0]!-- === 0) WORDS[1]!--; // borrows; a sum that is not exact is not 0
  return FLOAT64[0]!;
}

// x = fraction·2^exponent, 1 ≤ |fraction| < 2, for x that is finite and not 0.
function exponentOf(x: number): number {
  FLOAT64[0] = x;
  const exponent = (WORDS[1]! >>> 20) & 2047;
  return exponent === 0 ? exponentOf(x * LIFT) - 54 : exponent - 1023;
}

function fractionOf(x: number): number {
  FLOAT64[0] = Math.abs(x) < NORMAL ? x * LIFT : x;
  WORDS[1] = (WORDS[1]! & ~(2047 << 20)) | (1023 << 20);
  return FLOAT64[0]!;
}

// 2^exponent, for a normal number.
function powerOf(exponent: number): number {
  WORDS[0] = 0;
  WORDS[1] = (exponent + 1023) << 20;
  return FLOAT64[0]!;
}
