// Reads mutants of a format, as test/fuzz.test.ts does with few: tsx scripts/fuzz.ts hdf5 20000 [first]. Mutant n is the
// same everywhere: its number is its seed. Writes those that are not read as they should be into test/corpus/.

import { mkdirSync, writeFileSync } from "node:fs";
import { FORMATS, mutant } from "../test/fuzz.js";
import { fuzz } from "../test/fuzz-run.js";

const [name = "", count = "1000", first = "0"] = process.argv.slice(2);
const format = FORMATS.find((one) => one.name === name);
if (!format) {
  console.error(`fuzz: "${name}" is no format; pass one of ${FORMATS.map((one) => one.name).join(", ")}.`);
  process.exit(2);
}
const [from, to] = [Number(first), Number(first) + Number(count)];
const began = performance.now();
const { problems, ended } = await fuzz(name, from, to);
for (const [index, problem] of problems) {
  const folder = new URL(`../test/corpus/${name}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  if (index >= 0) writeFileSync(new URL(`mutant-${index}.bin`, folder), mutant(format, index));
  console.log(`mutant ${index}: ${problem}`);
}
const { maxRSS } = process.resourceUsage();
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${name}: ${count} mutants from ${from} on in ${seconds} s, ${problems.size} wrong, ${ended.length} ended (${ended.slice(0, 10).join(", ")}), at most ${Math.round(maxRSS / 1024)} MB`,
);
process.exitCode = problems.size > 0 ? 1 : 0;
