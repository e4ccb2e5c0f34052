// Each example runs with one command and says what it promises.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const examples = fileURLToPath(new URL("../examples", import.meta.url));
const names = readdirSync(examples).filter((name) => name.endsWith(".js"));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ran = new Set<string>();

async function run(name: string, ...options: string[]): Promise<string> {
  ran.add(name);
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, name), ...options], { cwd: folder });
  return stdout;
}

/** The numbers that follow `word`, one from each line that has it. */
const numbersAfter = (word: string, text: string) =>
  [...text.matchAll(new RegExp(`${word} +([0-9.]+)`, "g"))].map(([, number]) => Number(number));

describe.concurrent("examples", { timeout: 280_000 }, () => {
  test("xor.js learns the four answers", async () => {
    const out = await run("xor.js");
    expect(out).toContain("33 parameters, float32, binaryCrossEntropy");
    for (const answer of ["0 xor 0 = 0", "0 xor 1 = 1", "1 xor 0 = 1", "1 xor 1 = 0"]) expect(out).toContain(answer);
    expect(numbersAfter("cost", out).at(-1)).toBeLessThan(0.01);
  });

  test("digits.js tells at least 97 of 100 digits it has not seen", async () => {
    const out = await run("digits.js");
    expect(numbersAfter("test accuracy", out).length).toBe(15);
    expect(Number(/([0-9.]+) % of 1000 test digits/.exec(out)![1])).toBeGreaterThan(97);
  });

  test("cats.js logs a falling cost and saves a model that reads back", async () => {
    const out = await run("cats.js", "201", "few.safetensors");
    const [first, second, third, ...rest] = numbersAfter("cost", out);
    expect(first).toBeGreaterThan(second!);
    expect(second).toBeGreaterThan(third!);
    expect(rest.length).toBe(2); // train and test
    expect(out).toMatch(/train: \d+ of 209 right/);
    expect(out).toMatch(/test: \d+ of 50 right/);
    expect(out).toMatch(/saved as few.safetensors; the first test picture is a (non-)?cat, probability 0\.\d+/);
    expect(out).not.toContain("What to do");
    expect(existsSync(join(folder, "few.safetensors"))).toBe(true);
  });

  test("service.js answers rows, and says what it cannot", async () => {
    const out = await run("service.js");
    expect(out).toContain("[[0.1,0.2]]: inside\n[[0.9,0.9],[0,0],[-1,0.5]]: outside, inside, outside\n");
    expect(out).toContain("[[1,2,3]]: classify: the data have 3 features, the network wants 2.");
  });

  test("diagnose.js is told why its first training is stuck, and its second has no diagnosis", async () => {
    const [, stuck, followed] = (await run("diagnose.js")).split(/^init .*$/m);
    expect(stuck).toContain("stuck-at-base-rate: ");
    expect(stuck).toContain("0.64397");
    expect(stuck).toContain('init "lecun" instead of 0.01');
    expect(followed).toContain("no diagnosis");
    expect(Number(/ 200 +([0-9.]+)/.exec(followed!)![1])).toBeLessThan(0.5);
  });
});

test("no example is without a test, and each is under 50 lines and says its command", () => {
  expect([...ran].sort()).toEqual([...names].sort());
  for (const name of names) {
    const source = readFileSync(join(examples, name), "utf8");
    expect(source.trimEnd().split("\n").length, name).toBeLessThan(50);
    expect(source, name).toContain(`//   node examples/${name}`);
  }
});
