// Foreign files in a thread of their own: whatever the thread does, the caller gets an answer. The thread's script is
// replaced by others here; the readers themselves are hdf5.test.ts's and image.test.ts's.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { InputError } from "../src/errors.js";
import { inPlace } from "../src/reader/embedded.js";
import type { TaskName } from "../src/reader/tasks.js";
import { createReader } from "../src/reader.js";

const thread = { script: "" };
const readApart = createReader({ script: async () => thread.script, inPlace });

const BEGIN = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage({ begins: true });";

function readBy(script: string, reading: { maxSeconds?: number; signal?: AbortSignal } = {}) {
  thread.script = BEGIN + script;
  return readApart("inspectHdf5", new Uint8Array(10), [], {
    who: "readHdf5: a.h5",
    damaged: "E_HDF5_DAMAGED",
    ...reading,
  });
}

describe("a file that", () => {
  test.each([
    [
      "ends its thread",
      "process.exit(3);",
      /^readHdf5: a\.h5 brings its reader down \(it exited with code 3\); get the file again\.$/,
    ],
    ["brings it down", "throw new Error('abort\\nmore');", /brings its reader down \(abort\);/],
    ["says nothing", "", /down \(it exited with code 0\);/],
    [
      "fills its memory",
      "const a = []; for (;;) a.push(new Array(1e6).fill(0.5));",
      /brings its reader down \(Worker terminated due to reaching memory limit/,
    ],
  ])("%s is damaged", { timeout: 120_000 }, async (_, script, message) => {
    const error: InputError = await readBy(script, { maxSeconds: 60 }).catch((cause) => cause);
    expect(error).toMatchObject({
      name: "InputError",
      code: "E_HDF5_DAMAGED",
      message: expect.stringMatching(message),
    });
  });

  test("brings it down at once is not read in place: a begin counts though the error comes first", async () => {
    for (let i = 0; i < 30; i++) {
      await expect(readBy("throw new Error('abort');")).rejects.toMatchObject({ code: "E_HDF5_DAMAGED" });
    }
  });

  test("keeps its thread busy is given up after a time, and nothing stays behind", { timeout: 20_000 }, async () => {
    const reading = readBy("for (;;);", { maxSeconds: 0.2 });
    await expect(reading).rejects.toThrow(
      "readHdf5: a.h5 keeps its reader busy for more than 0.2 s; get the file again.",
    );
  });

  test("keeps it busy ends with the signal, also one that was aborted before", async () => {
    const stop = new AbortController();
    const reading = readBy("for (;;);", { signal: stop.signal });
    setTimeout(() => stop.abort("enough"), 100);
    await expect(reading).rejects.toBe("enough");
    await expect(readBy("", { signal: stop.signal })).rejects.toBe("enough");
  });
});

test("a mistake, a bug and a result come back as they are", async () => {
  await expect(readBy("parentPort.once('message', (result) => parentPort.postMessage({ result }));")).resolves.toEqual({
    task: "inspectHdf5",
    args: [new Uint8Array(10)],
    memory: expect.any(Number),
  });
  const mistake = readBy("parentPort.postMessage({ code: 'E_EMPTY', message: 'none' });");
  await expect(mistake).rejects.toMatchObject({ name: "InputError", code: "E_EMPTY", message: "none" });
  const bug = readBy("parentPort.postMessage({ bug: 'oh', stack: 'here' });");
  await expect(bug).rejects.toMatchObject({ name: "Error", message: "oh", stack: "here" });
});

test("a file that was listed is read in the same thread, another file and one that was read in a new one", async () => {
  thread.script = `${BEGIN} let n = 0; parentPort.on("message", () => parentPort.postMessage({ result: ++n }));`;
  const file = new Uint8Array(10);
  const reading = { who: "readHdf5: a.h5", damaged: "E_HDF5_DAMAGED" } as const;
  const ask = (task: TaskName, bytes = file) => readApart(task, bytes, [], reading) as Promise<unknown>;
  expect(await ask("inspectHdf5")).toBe(1);
  expect(await ask("inspectHdf5", new Uint8Array(10))).toBe(1);
  expect(await ask("inspectHdf5")).toBe(1); // the other one took its place
  expect(await ask("inspectHdf5")).toBe(2);
  expect(await ask("readHdf5")).toBe(3);
  expect(await ask("readHdf5")).toBe(1);
});

test("what brings a thread down in its second task is as damaged as in its first", async () => {
  thread.script = `${BEGIN} parentPort.once("message", () => parentPort.postMessage({ result: 1 }));
    parentPort.on("message", ({ task }) => task === "readHdf5" && process.exit(3));`;
  const file = new Uint8Array(10);
  const reading = { who: "readHdf5: a.h5", damaged: "E_HDF5_DAMAGED" } as const;
  await readApart("inspectHdf5", file, [], reading);
  await expect(readApart("readHdf5", file, [], reading)).rejects.toMatchObject({ code: "E_HDF5_DAMAGED" });
});

test("where no thread may be started, files are read in place", () => {
  const node = new URL("../build/dist/index.js", import.meta.url);
  const file = new URL("fixtures/course.h5", import.meta.url);
  const script = `import { readFileSync } from "node:fs"; import { readHdf5 } from ${JSON.stringify(node)};
    console.log((await readHdf5(readFileSync(new URL(${JSON.stringify(file)})))).count);`;
  const permission = Number.parseInt(process.versions.node, 10) < 23 ? "--experimental-permission" : "--permission";
  const options = [permission, "--allow-fs-read=*", "--no-warnings", "--input-type=module", "--eval", script];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "6\n", stderr: "" });
});
