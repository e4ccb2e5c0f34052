// What a run of the command leaves when the world around it changes: nothing that was learnt is lost, and no name ever
// holds half of a file. F7 to F10, F15.

import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { printable } from "../src/cli/io.js";
import { Network } from "../src/network.js";

const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
const pictures = fileURLToPath(new URL("../build/dist/pictures-test.h5", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "wasmlp-keep-"));
afterAll(() => rmSync(root, { recursive: true }));

const QUICK = ["train", pictures, "--layers", "3", "--iterations", "60", "--log-every", "20"];
const ENDLESS = ["train", pictures, "--layers", "3", "--iterations", "100000000"];

/** A folder of its own. */
function place(): string {
  return mkdtempSync(join(root, "run-"));
}
function run(cwd: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [cli, ...args], { cwd, env: { ...process.env, HOME: cwd } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
}
const load = (...path: string[]) => Network.load(readFileSync(join(...path)));
const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));
const heard = (child: ChildProcess, what: RegExp) =>
  new Promise<void>((resolve) => {
    let text = "";
    child.stdout!.on("data", (chunk) => {
      text += chunk;
      if (what.test(text)) resolve();
    });
  });
const unix = describe.skipIf(process.platform === "win32");

describe("before training", () => {
  test.each<[string, string[], RegExp]>([
    [
      "the model and the plot",
      ["--save", "a", "--plot", "./a"],
      /--plot and --save are one file, "\.\/a"; name another\./,
    ],
    ["the model and the training set", ["--save", "data.h5"], /--save and the data are one file/],
    ["the plot and a link to the training set", ["--plot", "link.h5"], /--plot and the data are one file/],
    ["the model and another name of the training set", ["--save", "twin.h5"], /--save and the data are one file/],
  ])("%s in one file are refused", async (_, options, message) => {
    const cwd = place();
    writeFileSync(join(cwd, "data.h5"), readFileSync(pictures));
    symlinkSync("data.h5", join(cwd, "link.h5"));
    linkSync(join(cwd, "data.h5"), join(cwd, "twin.h5"));
    const { code, stdout, stderr } = await run(cwd, "train", "data.h5", "--force", ...options);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(readFileSync(join(cwd, "data.h5")).equals(readFileSync(pictures))).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(["data.h5", "link.h5", "twin.h5"]);
  });
});

test("a disk without room for the model is told before training", async (context) => {
  const cwd = place();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", cwd], { stdio: "ignore" });
  } catch {
    context.skip("mounting a small disk needs root");
  }
  try {
    const { code, stdout, stderr } = await run(cwd, ...QUICK, "--layers", "100", "--save", "m.safetensors");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/cannot write "m\.safetensors": it takes \d{7} bytes and \d+ are free\. \[E_FILE_WRITE\]/);
  } finally {
    execFileSync("umount", [cwd]);
  }
});

describe("a file that cannot be written", () => {
  test("leaves the other ones and the result, and the model is put beside it", async () => {
    const cwd = place();
    const child = spawn(process.execPath, [cli, ...ENDLESS, "--save", "m.safetensors", "--plot", "p.svg"], { cwd });
    let told = "";
    child.stderr.on("data", (chunk) => {
      told += chunk;
    });
    await heard(child, /iteration/);
    writeFileSync(join(cwd, "m.safetensors"), "somebody else's"); // the name is taken meanwhile
    child.kill("SIGINT");
    expect(await ended(child)).toBe(1);
    expect(told).toMatch(
      /"m\.safetensors" exists already.* It is in ".*m-rescued\.safetensors" instead\. \[E_FILE_EXISTS\]/s,
    );
    expect(readFileSync(join(cwd, "m.safetensors"), "utf8")).toBe("somebody else's");
    expect(load(cwd, "m-rescued.safetensors").layers).toEqual([12288, 3, 1]);
    expect(readFileSync(join(cwd, "p.svg"), "utf8")).toMatch(/<\/svg>/);
  });

  unix("where the folder is gone", () => {
    test("the result is told, and the model is where we are", async () => {
      const cwd = place();
      mkdirSync(join(cwd, "gone"));
      const child = spawn(process.execPath, [cli, ...QUICK, "--iterations", "20000", "--save", "gone/m.safetensors"], {
        cwd,
      });
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      await heard(child, /iteration/);
      rmSync(join(cwd, "gone"), { recursive: true });
      expect(await ended(child)).toBe(1);
      expect(out).toMatch(/^train +cost .*\n20000 iterations in .*; weights [0-9a-f]{8}$/m);
      expect((await load(cwd, "m-rescued.safetensors").fingerprint()).slice(0, 8)).toBe(/weights (\w+)/.exec(out)![1]);
    });
  });
});

test("numbers that are not finite late in a run leave the model of the last record", async () => {
  const cwd = place();
  const options = ["--learning-rate", "1", "--init", "1", "--activation", "linear", "--log-every", "1"];
  const { code, stdout, stderr } = await run(cwd, ...QUICK, ...options, "--save", "m.safetensors");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/saved the model.*\[E_NOT_FINITE\]\n$/s)]);
  const records = [...stdout.matchAll(/^ +(\d+) {2}\S+$/gm)].map(([, iteration]) => Number(iteration));
  expect(records.length).toBeGreaterThan(1);
  const again = place();
  await run(again, ...QUICK, ...options, "--iterations", String(records.at(-1)), "--save", "m.safetensors");
  expect(await load(cwd, "m.safetensors").fingerprint()).toBe(await load(again, "m.safetensors").fingerprint());
});

unix("when nobody reads any more", () => {
  test("a run with files goes on to its end, one without ends at once", async () => {
    const cwd = place();
    const child = spawn(process.execPath, [cli, ...QUICK, "--iterations", "3000", "--save", "m.safetensors"], { cwd });
    await heard(child, /iteration/);
    child.stdout.destroy();
    expect(await ended(child)).toBe(0);
    const whole = place();
    await run(whole, ...QUICK, "--iterations", "3000", "--save", "m.safetensors");
    expect(await load(cwd, "m.safetensors").fingerprint()).toBe(await load(whole, "m.safetensors").fingerprint());
    const idle = spawn(process.execPath, [cli, ...ENDLESS, "--log-every", "1"], { cwd });
    await heard(idle, /iteration/);
    idle.stdout.destroy();
    expect(await ended(idle)).toBe(0);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk behind stdout is told, and the model is saved", async () => {
    const cwd = place();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [cli, ...QUICK, "--save", "m.safetensors"], {
      cwd,
      stdio: ["ignore", full, "pipe"],
    });
    let told = "";
    child.stderr!.on("data", (chunk) => {
      told += chunk;
    });
    expect(await ended(child)).toBe(1);
    expect(told).toMatch(/cannot write to stdout: .*ENOSPC.*\[E_FILE_WRITE\]/);
    expect(load(cwd, "m.safetensors").parameters).toBe(36871);
  });

  test("hanging up saves the model, however often, with code 129", async () => {
    const cwd = place();
    const child = spawn(process.execPath, [cli, ...ENDLESS, "--save", "m.safetensors"], { cwd });
    await heard(child, /iteration/);
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill("SIGHUP");
    child.kill("SIGHUP");
    expect(await ended(child)).toBe(129);
    expect(load(cwd, "m.safetensors").parameters).toBe(36871);
  });
});

test("what killed runs have left is swept away after a day, and nothing else", async () => {
  const cwd = place();
  const old = ".wasmlp-00000000-0000-4000-8000-000000000000.tmp";
  const young = old.replace("-0000-", "-0001-");
  for (const name of [old, young, ".wasmlp-mine.tmp"]) writeFileSync(join(cwd, name), "");
  const yesterday = Date.now() / 1000 - 25 * 3600;
  utimesSync(join(cwd, old), yesterday, yesterday);
  utimesSync(join(cwd, ".wasmlp-mine.tmp"), yesterday, yesterday);
  expect((await run(cwd, ...QUICK, "--save", "m.safetensors")).code).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual([young, ".wasmlp-mine.tmp", "m.safetensors"].sort());
  expect(statSync(join(cwd, "m.safetensors")).size).toBeGreaterThan(100_000);
});

test("what a file's names would have a terminal do is written out (F21)", async () => {
  const cwd = place();
  const network = new Network({ inputs: 2, layers: [1], classes: ["a\u001b[2J\u001b[1;1Hok", "b\u0007"] });
  writeFileSync(join(cwd, "m.safetensors"), network.save());
  const { stdout } = await run(cwd, "inspect", "m.safetensors");
  expect(stdout).toContain("a\\u001b[2J\\u001b[1;1Hok, b\\u0007");
  const forged = await run(cwd, "inspect", "m.\u001b[2J");
  expect(forged.stderr).toContain("m.\\u001b[2J");
  const words = stdout + forged.stderr;
  expect([words.includes("\u0007"), words.includes("\u001b")]).toEqual([false, false]);
});

test("nothing in a line is obeyed by a terminal but our own styles", () => {
  expect(printable("\u001b[1mcat\u001b[22m \u001b[31mred\u001b[39m")).toBe(
    "\u001b[1mcat\u001b[22m \u001b[31mred\u001b[39m",
  );
  expect(printable("\u001b]0;owned\u0007\r\nfake\u009b2J\u202e")).toBe(
    "\\u001b]0;owned\\u0007\\u000d\\u000afake\\u009b2J\\u202e",
  );
  expect(printable("\u001b[2J\u001b[1;31m")).toBe("\\u001b[2J\\u001b[1;31m");
});
