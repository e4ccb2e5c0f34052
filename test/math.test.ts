// Our exp, log, log1p, tanh, sigmoid: the SIMD versions have the scalar ones' bits, special values are right, and errors
// stay under the bounds docs/numerics.md states, in strict and in fused numerics.

import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { beforeAll, describe, expect, test } from "vitest";
import type { Numerics } from "../src/catalogue.js";
import { switchOnFusing } from "../src/host.js";
import * as math from "../src/math.js";
import { Random } from "../src/random.js";

const FUNCTIONS = ["exp", "log", "log1p", "tanh", "sigmoid", "normalCdf"] as const;
type Name = (typeof FUNCTIONS)[number];
const SCALAR = {
  strict: [math.STRICT_32, math.STRICT_64],
  fused: [math.functions32(true), math.functions64(true)],
} as const;
type Vector = (y: number, x: number, count: number) => void;
type Floats = Float32Array | Float64Array;

// Arguments lie from 64 kB, above the module's constants; results after them.
const memory = new WebAssembly.Memory({ initial: 256 });
const FROM = 65536;
const vector = {} as Record<Numerics, Record<string, Vector>>;

beforeAll(async () => {
  switchOnFusing();
  for (const numerics of ["strict", "fused"] as const) vector[numerics] = await compiled(numerics);
}, 120_000);

async function compiled(numerics: Numerics): Promise<Record<string, Vector>> {
  let bytes = new Uint8Array();
  const relaxed = numerics === "fused" ? "--enable relaxed-simd " : "";
  const flags = `-O2 --enable simd ${relaxed}--runtime stub --importMemory --noExportMemory --noAssert --use abort=`;
  const { error, stderr } = await asc.main(
    ["test/assembly/math.ts", "--config", "none", "--outFile", "math.wasm", ...flags.split(" ")],
    {
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) bytes = contents.slice();
      },
    },
  );
  expect(error, stderr.toString()).toBeNull();
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as Record<string, Vector>;
}

/** What the SIMD function makes of x, padded to whole vectors. */
function inLanes(name: string, x: Floats, numerics: Numerics = "strict"): Floats {
  const padded = Math.ceil(x.length / 4) * 4;
  const View = x instanceof Float32Array ? Float32Array : Float64Array;
  new View(memory.buffer, FROM, x.length).set(x);
  const to = FROM + padded * x.BYTES_PER_ELEMENT;
  vector[numerics][name]!(to, FROM, padded);
  return new View(memory.buffer, to, x.length);
}

/** The arguments at which lanes and scalar differ in their bits; every NaN counts as the same. */
function differences(name: string, scalar: (x: number) => number, x: Floats, numerics: Numerics = "strict"): number[] {
  const found = inLanes(name, x, numerics);
  return Array.from(x).filter((argument, i) => !Object.is(found[i], scalar(argument)));
}

// In units in the last place: a little above what was measured.
const BOUNDS = { exp: 1, log: 1, log1p: 1.5, tanh: 2.6, sigmoid: 2.5, normalCdf: 7 } as const;
// where Φ is small, the rounding of x² counts: x²/2 of the exponential's units
const boundAt = (name: Name, x: number) => BOUNDS[name] + (name === "normalCdf" && x < -1 ? x * x : 0);

const inDomain = (name: string, x: Floats): Floats => (name === "log1p" ? x.filter((v) => !(v < 0 || v > 1)) : x);

// Both signs of every exponent, with fractions at their ends and in their middle: zeros, subnormals, infinities and NaN.
const edges32 = new Float32Array(
  Uint32Array.from({ length: 512 * 6 }, (_, i) => {
    const fraction = [0, 1, 0x3504f3, 0x400000, 0x7ffffe, 0x7fffff][i % 6]!;
    return (Math.floor(i / 6) << 23) | fraction;
  }).buffer,
);
const edges64 = new Float64Array(
  BigUint64Array.from({ length: 4096 * 6 }, (_, i) => {
    const fraction = [0n, 1n, 0x6a09e667f3bcdn, 0x8000000000000n, 0xffffffffffffen, 0xfffffffffffffn][i % 6]!;
    return (BigInt(Math.floor(i / 6)) << 52n) | fraction;
  }).buffer,
);
// Distance of a number from the next one away from 0.
const word = new BigUint64Array(1);
const double = new Float64Array(word.buffer);
const half = new Uint32Array(word.buffer);
const single = new Float32Array(word.buffer);
function ulp32(value: number): number {
  single[0] = Math.abs(value);
  const size = single[0];
  half[0]!++;
  return single[0] - size;
}
function ulp64(value: number): number {
  double[0] = Math.abs(value);
  word[0]!++;
  return double[0] - Math.abs(value);
}

const both = FUNCTIONS.flatMap((name) => (["strict", "fused"] as const).map((numerics) => [name, numerics] as const));

// Where e^x takes another power of 2: x about (k + ½)·ln 2.
const halves32 = Float32Array.from({ length: 512 * 3 }, (_, i) => {
  const x = Math.fround((Math.floor(i / 3) - 255.5) * Math.LN2);
  return x + ((i % 3) - 1) * ulp32(x);
});
const strided32 = new Float32Array(Uint32Array.from({ length: 2 ** 18 + 2 ** 17 }, (_, i) => i * 10921).buffer);

/** Doubles of any size, and doubles where the functions do something. */
function random64(count: number): Float64Array {
  const random = new Random(7);
  const bits = new Float64Array(Uint32Array.from({ length: 2 * count }, () => random.integer(0xffffffff)).buffer);
  return bits.map((x, i) => (i % 3 === 0 ? x : i % 3 === 1 ? 1500 * (random.uniform() - 0.5) : 2 * random.uniform()));
}
const sampled64 = random64(150_000);

// Made with mpmath by test/golden/math.ts: the 20 worst of 200,000 samples and 40 others; true value = reference + rest.
const golden = JSON.parse(readFileSync(new URL("golden/math.json", import.meta.url), "utf8")) as Record<
  Name | "logOnePlus",
  [x: number, reference: number, rest: number][]
>;

describe.each(both)("%s, %s", (name, numerics) => {
  const [scalar32, scalar64] = [SCALAR[numerics][0][name], SCALAR[numerics][1][name]];

  test("has the same bits in lanes and scalar at the edges of every exponent", () => {
    expect(differences(`${name}32`, scalar32, inDomain(name, edges32), numerics)).toEqual([]);
    expect(differences(`${name}64`, scalar64, inDomain(name, edges64), numerics)).toEqual([]);
    expect(differences(`${name}32`, scalar32, inDomain(name, halves32), numerics)).toEqual([]);
  });

  test("has the same bits in lanes and scalar over a stride of all float32 and over random doubles", () => {
    expect(differences(`${name}32`, scalar32, inDomain(name, strided32), numerics)).toEqual([]);
    expect(differences(`${name}64`, scalar64, inDomain(name, sampled64), numerics)).toEqual([]);
  });

  test("lets NaN through", () => {
    expect(scalar32(Number.NaN)).toBeNaN();
    expect(scalar64(Number.NaN)).toBeNaN();
    // whatever stands in the fraction and the sign
    const bits = Uint32Array.of(0x7f800001, 0x7fffffff, 0xff800001, 0xffc12345);
    expect([...inLanes(`${name}32`, new Float32Array(bits.buffer), numerics)]).toEqual(Array(4).fill(Number.NaN));
    const long = BigUint64Array.of(0x7ff0000000000001n, 0x7fffffffffffffffn, 0xfff0000000000001n, 0xfff8123456789abcn);
    expect([...inLanes(`${name}64`, new Float64Array(long.buffer), numerics)]).toEqual(Array(4).fill(Number.NaN));
  });

  test("in float32 stays within its bound of the float64 version", () => {
    let most = 0;
    for (const x of inDomain(name, strided32)) {
      const truth = SCALAR.strict[1][name](x);
      const size = Math.abs(truth);
      if (!(size >= 2 ** -126 && size <= 3.4028234e38)) continue; // flushed, overflown or NaN
      const error = Math.abs(scalar32(x) - truth) / ulp32(truth) / boundAt(name, x);
      if (!(error <= most)) most = error;
    }
    expect(most).toBeLessThan(1);
    expect(most).toBeGreaterThan(0.5 / BOUNDS[name]); // or the loop saw nothing
  });

  test("in float64 stays within its bound of mpmath's values", () => {
    const table = golden[name];
    expect(table).toHaveLength(60);
    for (const [x, reference, rest] of table) {
      const error = Math.abs(scalar64(x) - reference - rest) / ulp64(reference);
      expect(error, `${name}(${x})`).toBeLessThan(boundAt(name, x));
    }
  });
});

test("exp overflows to Infinity and flushes what is below the smallest normal number to 0", () => {
  const { exp32, exp64 } = math;
  const { fround } = Math;
  expect([exp32(0), exp32(-0), exp32(Infinity), exp32(-Infinity)]).toEqual([1, 1, Infinity, 0]);
  expect([exp64(0), exp64(-0), exp64(Infinity), exp64(-Infinity)]).toEqual([1, 1, Infinity, 0]);
  // neighbours on the two sides of each limit
  expect(exp32(fround(88.72283))).toBeLessThan(Infinity);
  expect(exp32(fround(88.72284))).toBe(Infinity);
  expect(exp32(fround(-87.33654))).toBeGreaterThanOrEqual(2 ** -126);
  expect(exp32(fround(-87.33655))).toBe(0);
  expect(exp64(709.782712893384)).toBeLessThan(Infinity);
  expect(exp64(709.7827128933841)).toBe(Infinity);
  expect(exp64(-708.3964185322641)).toBeGreaterThanOrEqual(2 ** -1022);
  expect(exp64(-708.3964185322642)).toBe(0);
});

test("log knows zeros, negative numbers, infinity and subnormals", () => {
  for (const log of [math.log32, math.log64]) {
    expect([log(0), log(-0), log(1), log(Infinity)]).toEqual([-Infinity, -Infinity, 0, Infinity]);
    expect([log(-1), log(-Infinity), log(-1e-40)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  }
  expect(math.log32(2 ** -149)).toBe(Math.fround(-103.27892990343184)); // −149·ln 2
  expect(math.log64(2 ** -1074)).toBe(-744.4400719213812); // −1074·ln 2
});

test("log1p keeps arguments that 1 + x loses", () => {
  expect([math.log1p32(0), math.log1p32(2 ** -149), math.log1p32(2 ** -30)]).toEqual([0, 2 ** -149, 2 ** -30]);
  expect([math.log1p64(0), math.log1p64(5e-324), math.log1p64(1e-20)]).toEqual([0, 5e-324, 1e-20]);
});

test("log(1 + x) of any x is as precise as log: small ones, those near −1 and those that swallow the 1", () => {
  const { logOnePlus64 } = math;
  expect(golden.logOnePlus).toHaveLength(60);
  for (const [x, reference, rest] of golden.logOnePlus) {
    const error = Math.abs(logOnePlus64(x) - reference - rest) / ulp64(reference);
    expect(error, `log(1 + ${x})`).toBeLessThan(0.9);
  }
  expect([logOnePlus64(0), logOnePlus64(5e-324), logOnePlus64(-1e-20)]).toEqual([0, 5e-324, -1e-20]);
  expect([logOnePlus64(-1), logOnePlus64(-1.5), logOnePlus64(Infinity)]).toEqual([-Infinity, Number.NaN, Infinity]);
  expect(logOnePlus64(Number.NaN)).toBeNaN();
  expect(logOnePlus64(1e300)).toBe(math.log64(1e300));
  expect(logOnePlus64(2 ** -53 - 1)).toBe(math.log64(2 ** -53));
});

test("the normal distribution is ½ at 0, goes from 0 to 1, and the density is its slope", () => {
  for (const [cdf, density] of [
    [math.normalCdf32, math.normalDensity32],
    [math.normalCdf64, math.normalDensity64],
  ] as const) {
    expect([cdf(0), cdf(-0), cdf(40), cdf(-40)]).toEqual([0.5, 0.5, 1, 0]);
    expect([cdf(Infinity), cdf(-Infinity), density(Infinity), density(-Infinity)]).toEqual([1, 0, 0, 0]);
  }
  const { normalCdf64, normalDensity64 } = math;
  for (const x of [-3, -1, -0.1, 0, 0.5, 2, 5]) {
    const slope = (normalCdf64(x + 1e-5) - normalCdf64(x - 1e-5)) / 2e-5;
    expect(Math.abs(slope - normalDensity64(x))).toBeLessThan(1e-10);
  }
});

test("the density has the same bits in lanes and scalar", () => {
  expect(differences("normalDensity32", math.normalDensity32, strided32)).toEqual([]);
  expect(differences("normalDensity64", math.normalDensity64, sampled64)).toEqual([]);
});

test("tanh is odd down to the sign of 0, and 1 where it saturates", () => {
  for (const tanh of [math.tanh32, math.tanh64]) {
    expect(tanh(-0)).toBe(-0);
    expect(tanh(0)).toBe(0);
    expect(tanh(2 ** -140)).toBe(2 ** -140);
    for (const x of [0.25, 1, 5.5, 8.75]) expect(tanh(-x)).toBe(-tanh(x));
    expect([tanh(30), tanh(-30), tanh(Infinity), tanh(-Infinity)]).toEqual([1, -1, 1, -1]);
  }
});

test("sigmoid is ½ at 0 and goes from 0 to 1", () => {
  for (const sigmoid of [math.sigmoid32, math.sigmoid64]) {
    expect([sigmoid(0), sigmoid(-0), sigmoid(1000), sigmoid(-1000)]).toEqual([0.5, 0.5, 1, 0]);
    expect([sigmoid(Infinity), sigmoid(-Infinity)]).toEqual([1, 0]);
  }
});
