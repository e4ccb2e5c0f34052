// Logs of a training: what other programs read is read here by readers of our own making, and the checksums are those of
// RFC 3720; a run of the command that is killed leaves its lines.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { CostRecord } from "../src/history.js";
import { historyToCsv, historyToJsonLines } from "../src/log.js";
import { crc32c, historyToTensorBoard } from "../src/tensorboard.js";

const costs: CostRecord[] = [
  {
    ...{ iteration: 0, epoch: 0, cost: 0.1 + 0.2, learningRate: 1e-7, metrics: { f1: Number.NaN } },
    validation: { cost: 2, accuracy: 0.5, metrics: { f1: 1 } },
  },
  {
    ...{ iteration: 5_000_000_000, epoch: 3, cost: 1e21, learningRate: 1e-7, metrics: { f1: 0.25 } },
    validation: { cost: 3, accuracy: 0.75, metrics: { f1: 0 } },
  },
];
const SCALARS = ["cost", "learningRate", "f1", "validation/cost", "validation/accuracy", "validation/f1"];
const NUMBERS = [
  [0.30000000000000004, 1e-7, Number.NaN, 2, 0.5, 1],
  [1e21, 1e-7, 0.25, 3, 0.75, 0],
];

test("CSV has a head and every number in full", () => {
  const [head, ...lines] = historyToCsv({ costs }).split("\n");
  expect(head!.split(",")).toEqual(["iteration", "epoch", ...SCALARS]);
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => line.split(",").map(Number))).toEqual([
    [0, 0, ...NUMBERS[0]!],
    [5_000_000_000, 3, ...NUMBERS[1]!],
  ]);
  expect(historyToCsv({ costs: [] })).toBe("");
});

test("JSON lines are the records", () => {
  const lines = historyToJsonLines({ costs }).trim().split("\n");
  expect(lines.length).toBe(2);
  expect(JSON.parse(lines[1]!)).toEqual(costs[1]);
  expect(JSON.parse(lines[0]!)).toMatchObject({ cost: costs[0]!.cost, metrics: { f1: null } });
});

/** Fields of a protobuf message by number, with their wire types: varints, 64 bits, bytes, 32 bits. */
function fieldsOf(bytes: Buffer) {
  const fields: { number: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, wire] = [key >> 3, key & 7];
    if (wire === 0) fields.push({ number, value: varint() });
    else if (wire === 1) fields.push({ number, value: take(8).readDoubleLE() });
    else if (wire === 5) fields.push({ number, value: take(4).readFloatLE() });
    else fields.push({ number, value: take(varint()) });
  }
  return fields;
}

/** The messages of a file of TFRecords, whose checksums are right. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  const check = (of: Buffer, at: number) => {
    const crc = BigInt(crc32c(of));
    const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
    expect(BigInt(bytes.readUInt32LE(at))).toBe((rotated + 0xa282ead8n) & 0xffffffffn);
  };
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    check(bytes.subarray(at, at + 8), at + 8);
    records.push(bytes.subarray(at + 12, at + 12 + length));
    check(records.at(-1)!, at + 12 + length);
    at += length + 16;
  }
  return records;
}

describe("TensorBoard's event files", () => {
  test.each([
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(255), 0x62a8ab43],
    ["0 … 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ["31 … 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])("the checksum of %s is RFC 3720's", (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  test("have a version, and an event for each record with its scalars in float32", () => {
    const bytes = Buffer.from(historyToTensorBoard({ costs }, 1234.5));
    const [head, ...events] = recordsOf(bytes).map(fieldsOf);
    expect(head).toEqual([
      { number: 1, value: 1234.5 },
      { number: 3, value: Buffer.from("brain.Event:2") },
    ]);
    expect(events.length).toBe(2);
    for (const [i, event] of events.entries()) {
      const [time, step, summary] = event;
      expect([time, step]).toEqual([
        { number: 1, value: 1234.5 },
        { number: 2, value: costs[i]!.iteration },
      ]);
      expect([summary!.number, event.length]).toEqual([5, 3]);
      const values = fieldsOf(summary!.value as Buffer).map(({ value }) => fieldsOf(value as Buffer));
      expect(values.map(([tag]) => String(tag!.value))).toEqual(SCALARS);
      expect(values.map(([, value]) => value)).toEqual(
        NUMBERS[i]!.map((value) => ({ number: 2, value: Math.fround(value) })),
      );
    }
  });
});

describe("the command's --log", () => {
  const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));
  const pictures = fileURLToPath(new URL("../build/dist/pictures-test.h5", import.meta.url));
  const cwd = mkdtempSync(join(tmpdir(), "wasmlp-log-"));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const ARGS = ["train", pictures, "--layers", "3", "--log-every", "20", "--quiet"];
  const run = (...args: string[]) =>
    new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile(process.execPath, [cli, ...ARGS, "--iterations", "60", ...args], { cwd }, (error, _, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stderr }),
      );
    });
  const read = (name: string) => readFileSync(join(cwd, name));

  test("writes the records in the form that the name asks for, and goes on after a resumed run", async () => {
    const base = ["--checkpoint-to", "a.ckpt", "--checkpoint-every", "30"];
    expect((await run(...base, "--log", "a.csv")).code).toBe(0);
    const lines = read("a.csv").toString().trim().split("\n");
    expect(lines.map((line) => line.split(",")[0])).toEqual(["iteration", "0", "20", "40"]);
    expect((await run(...base, "--resume", "--log", "a.csv")).code).toBe(0);
    expect(read("a.csv").toString().trim().split("\n")).toEqual([...lines, lines[3]]); // 30 to 60 were done again
    await run("--log", "a.jsonl");
    const records = read("a.jsonl")
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(historyToCsv({ costs: records })).toBe(`${lines.join("\n")}\n`);
    await run("--log", "a.tfevents");
    expect(recordsOf(read("a.tfevents")).length).toBe(4);
  });

  test("is refused before the training, where it would be in the end", async () => {
    writeFileSync(join(cwd, "there.csv"), "mine");
    const refused = async (...args: string[]) => (await run(...args)).stderr;
    expect(await refused("--log", "there.csv")).toMatch(/"there\.csv" exists already.*E_FILE_EXISTS/);
    expect(read("there.csv").toString()).toBe("mine");
    expect(await refused("--log", "b.txt")).toMatch(/--log is "b\.txt".*\.csv, \.jsonl.*E_OPTION/);
    expect(await refused("--log", "b.csv", "--plot", "b.csv")).toMatch(/are one file/);
    expect(await refused("--log", "b.csv", "--checkpoint-to", "b.csv")).toMatch(/are one file/);
    expect(existsSync(join(cwd, "b.csv"))).toBe(false);
    expect((await run("--log", "there.csv", "--force")).code).toBe(0);
    expect(read("there.csv").toString()).toMatch(/^iteration,/);
  });

  test.skipIf(process.platform === "win32")("has its lines when the run is killed", async () => {
    const child = spawn(process.execPath, [cli, ...ARGS, "--iterations", "100000000", "--log", "kill.csv"], { cwd });
    const lines = () => (existsSync(join(cwd, "kill.csv")) ? read("kill.csv").toString().split("\n") : []);
    await expect.poll(() => lines().length).toBeGreaterThan(5);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(lines().at(-1)).toBe("");
  });
});
