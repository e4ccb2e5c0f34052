// Holds the fused multiply-add of the plain-TypeScript kernels against whole numbers, as test/fma.test.ts does with
// fewer: tsx scripts/fma.ts [count] [seed]. Prints what differs, and how many did.

import { fma32, fma64 } from "../src/fma.js";
import { exactFma, FORMATS, type Operands, operands } from "../test/fma.js";

const [count = "10000000", seed = "1"] = process.argv.slice(2);
for (const [name, fma] of [["float32", fma32] as const, ["float64", fma64] as const]) {
  const began = performance.now();
  const all = operands(name, Number(seed));
  let [wrong, unlike] = [0, 0]; // unlike: where rounding twice gives another number
  for (let i = 0; i < Number(count); i++) {
    const [a, b, c] = all.next().value as Operands;
    const right = exactFma(a, b, c, FORMATS[name]);
    const twice = name === "float32" ? Math.fround(Math.fround(a * b) + c) : a * b + c;
    if (!Object.is(twice, right)) unlike++;
    if (!Object.is(fma(a, b, c), right) && ++wrong <= 10) {
      console.log(`${name}: ${a}·${b} + ${c} is ${right}, not ${fma(a, b, c)}`);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${name}: ${wrong} of ${count} wrong; ${unlike} are others with two roundings; ${seconds} s`);
  if (wrong) process.exitCode = 1;
}
