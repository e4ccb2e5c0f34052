// Measures the errors of src/math.ts and writes test/golden/math.json; run by hand, as docs/numerics.md says. Float32 is
// held against our float64 over every STRIDEth bit pattern, float64 against mpmath (math.py) over random samples.

import { spawnSync } from "node:child_process";
import * as math from "../../src/math.js";
import { Random } from "../../src/random.js";

const STRIDE = 61;
const SAMPLES = 200_000;
const NAMES = ["exp", "log", "log1p", "tanh", "sigmoid", "normalCdf"] as const;
const LONG = [...NAMES, "logOnePlus"] as const; // those of float64
const DOMAINS = {
  exp: [-750, 750],
  log: [0, 4],
  log1p: [0, 1],
  tanh: [-21, 21],
  sigmoid: [-750, 750],
  normalCdf: [-10, 10],
  logOnePlus: [-1, 4],
} as const;

const random = new Random(1);
const word = new Uint32Array(2);
const single = new Float32Array(word.buffer, 0, 1);
const double = new Float64Array(word.buffer);

for (const name of NAMES) {
  const short = math[`${name}32`];
  const long = math[`${name}64`];
  let worst = 0;
  let worstX = 0;
  for (let bits = 0; bits < 2 ** 32; bits += STRIDE) {
    word[0] = bits;
    const x = single[0]!;
    if (x !== x || (name === "log1p" && !(x >= 0 && x <= 1))) continue;
    const truth = long(x);
    if (!(Math.abs(truth) >= 2 ** -126 && Math.abs(truth) < 2 ** 128)) continue;
    word[1] = 0;
    single[0] = truth;
    const ulp = 2 ** (Math.max(word[0]! & 0x7fffffff, 0x00800000) >>> 23) * 2 ** -150;
    const error = Math.abs(short(x) - truth) / ulp;
    if (!(error <= worst)) {
      worst = error;
      worstX = x;
    }
  }
  console.log(`${name}32: ${worst.toFixed(3)} ulp at ${worstX}`);
}

// From 0 to 1, with more bits than uniform has: of its numbers 1 + x is mostly exact.
const fine = () => random.uniform() + random.uniform() * 2 ** -30;

// Half of the samples from where the function does something, half of any size: random bits.
const rows = new Float64Array(LONG.length * SAMPLES * 2);
LONG.forEach((name, f) => {
  const [from, to] = DOMAINS[name];
  for (let i = 0; i < SAMPLES; ) {
    let x = i % 4 < 2 ? from + (to - from) * random.uniform() : any();
    if (i % 4 === 1 && name !== "log1p") x = name === "log" ? 0.5 + random.uniform() : x / 300;
    if (name === "logOnePlus" && i % 4 === 0) x = (i % 8 === 0 ? -0.6 : 2) * fine();
    if (x !== x || Math.abs(x) === Infinity || (from === 0 && !(x > 0)) || (name === "log1p" && x > 1)) continue;
    if (name === "logOnePlus" && !(x > -1)) continue;
    rows[(f * SAMPLES + i) * 2] = x;
    rows[(f * SAMPLES + i) * 2 + 1] = math[`${name}64`](x);
    i++;
  }
});
const python = spawnSync("python3", ["test/golden/math.py", ...LONG], {
  input: new Uint8Array(rows.buffer),
  stdio: ["pipe", "inherit", "inherit"],
});
process.exitCode = python.status ?? 1;

function any(): number {
  word[0] = random.integer(0xffffffff);
  word[1] = random.integer(0xffffffff);
  return double[0]!;
}
