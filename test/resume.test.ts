// Checkpoints of the command: two generations, the older where the newer is damaged, and none lost to a kill.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../src/network/safetensors.js";
import { Random } from "../src/random.js";

const folder = mkdtempSync(join(tmpdir(), "wasmlp-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
const file = (name: string) => join(folder, name);

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}
function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, "train", ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const PICTURES = "small-images-idx3-ubyte"; // 30 of 3x4, so that a start of the command takes no longer than it must
const FEW = ["--layers", "4", "--iterations", "300", "--quiet"];
const SETTINGS = [PICTURES, ...FEW, "--dropout", "0.2", "--checkpoint-every", "100"];
const hashOf = ({ stdout }: Result) => /weights (\w+)/.exec(stdout)![1]!;

describe("the command", () => {
  let whole: string;
  beforeAll(async () => {
    const idx = (...sizes: number[]) => [0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, 0, size])];
    const pixels = Array.from({ length: 30 * 12 }, (_, i) => (i * i) % 251);
    writeFileSync(file(PICTURES), Uint8Array.of(...idx(30, 3, 4), ...pixels));
    writeFileSync(file("small-labels-idx1-ubyte"), Uint8Array.of(...idx(30), ...pixels.slice(0, 30).map((p) => p % 2)));
    whole = hashOf(await run(...SETTINGS, "--checkpoint-to", "a.ckpt"));
  });

  test("goes on from a checkpoint to the same weights, and never over one by mistake", async () => {
    expect(existsSync(file("a.ckpt.old"))).toBe(true);
    expect(hashOf(await run(...SETTINGS, "--checkpoint-to", "a.ckpt", "--resume"))).toBe(whole);
    expect(await run(...SETTINGS, "--checkpoint-to", "a.ckpt")).toMatchObject({
      ...{
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(/a\.ckpt" exists already; go on from it with --resume, .*E_FILE_EXISTS/),
      },
    });
    expect(hashOf(await run(...SETTINGS, "--checkpoint-to", "a.ckpt", "--resume"))).toBe(whole);
    const begun = await run(...SETTINGS, "--checkpoint-to", "b.ckpt", "--resume");
    expect(begun.stderr).toMatch(/no checkpoint b\.ckpt yet; training from the beginning/);
    expect(hashOf(begun)).toBe(whole);
    const other = await run(...SETTINGS, "--checkpoint-to", "a.ckpt", "--resume", "--seed", "2");
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has seed 1, this training 2.*E_CHECKPOINT/),
    });
    expect(await run(...SETTINGS, "--resume")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/name that file/),
    });
  });

  test("writes by the clock, too", async () => {
    const few = [...FEW, "--checkpoint-to", "c.ckpt"];
    await run(...few, "--checkpoint-seconds", "0.01");
    expect(existsSync(file("c.ckpt"))).toBe(true); // 300 iterations are less than the usual 1000
    const begun = await run(...few.slice(0, -1), "d.ckpt");
    expect([begun.code, existsSync(file("d.ckpt"))]).toEqual([0, false]);
  });

  test("takes the older one where the newer is damaged, and says so", async () => {
    const good = readFileSync(file("a.ckpt"));
    for (const bad of [good.subarray(0, good.length / 2), Buffer.from(good).fill(7, good.length - 50)]) {
      await run(...SETTINGS, "--checkpoint-to", "c.ckpt", "--force");
      writeFileSync(file("c.ckpt"), bad);
      const again = await run(...SETTINGS, "--checkpoint-to", "c.ckpt", "--resume");
      expect(again.stderr).toMatch(/c\.ckpt is damaged; going on from c\.ckpt\.old/);
      expect(hashOf(again)).toBe(whole);
    }
    await run(...SETTINGS, "--checkpoint-to", "d.ckpt");
    rmSync(file("d.ckpt"));
    // what a crash left is not written over, either
    expect((await run(...SETTINGS, "--checkpoint-to", "d.ckpt")).stderr).toMatch(/d\.ckpt\.old" exists already/);
    expect((await run(...SETTINGS, "--checkpoint-to", "d.ckpt", "--resume")).stderr).toMatch(/d\.ckpt is missing/);
  });
});

test("a kill at any time leaves the last one that was told, or a later one", async () => {
  const script = file("crash.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("crash.ts", import.meta.url))],
    ...{ outfile: script, bundle: true, format: "esm", platform: "node", logLevel: "error" },
  });
  const kills = Number(process.env.WASMLP_KILLS ?? 6);
  const random = new Random(Date.now() % 1000);
  for (let i = 0; i < kills; i++) {
    const path = file(`kill-${i}.ckpt`);
    const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
    let told = 0;
    const first = new Promise<void>((resolve) => {
      child.stdout.on("data", (text: Buffer) => {
        told = Number(text.toString().trim().split("\n").at(-1));
        resolve();
      });
    });
    await first;
    await new Promise((resolve) => setTimeout(resolve, random.integer(120)));
    child.kill("SIGKILL");
    await once(child, "close");
    const iterations = [path, `${path}.old`].filter(existsSync).map((name) => {
      const { metadata } = readSafetensors(readFileSync(name)); // throws for what is cut
      return (JSON.parse(metadata["wasmlp-checkpoint"]!) as { iteration: number }).iteration;
    });
    expect(Math.max(...iterations)).toBeGreaterThanOrEqual(told);
  }
}, 600_000);
