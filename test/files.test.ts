// Reading and saving files: on real disks, full disks, with failing system calls, and under SIGKILL.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import type * as FsPromises from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { InputError } from "../src/errors.js";
import { checkWritable, readFileBytes, saveFile } from "../src/node/files.js";

// System calls by name; a test may put a failure in front of any of them. Every call that matters is recorded.
const faults = vi.hoisted(() => ({ calls: [] as string[], fail: new Map<string, () => unknown>() }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof FsPromises>();
  const enter = <T>(call: string, run: () => Promise<T>): Promise<T> => {
    faults.calls.push(call);
    const fault = faults.fail.get(call) as (() => Promise<T>) | undefined;
    return fault ? fault() : run();
  };
  return {
    ...real,
    link: (from: string, to: string) => enter("link", () => real.link(from, to)),
    rename: (from: string, to: string) => enter("rename", () => real.rename(from, to)),
    async open(path: string, flags: string, mode?: number) {
      const folder = flags === "r" ? " folder" : "";
      const handle = await enter(`open${folder} ${flags}`, () => real.open(path, flags, mode));
      const { sync, stat } = handle;
      const write = handle.write as (...args: [Uint8Array, number, number, number]) => ReturnType<typeof handle.write>;
      handle.sync = () => enter(`fsync${folder}`, () => sync.call(handle));
      handle.stat = (() => enter("fstat", () => stat.call(handle))) as typeof stat;
      handle.write = ((bytes: Uint8Array, offset: number, length: number, position: number) =>
        enter("write", () => write.call(handle, bytes, offset, length, position))) as typeof handle.write;
      return handle;
    },
  };
});

/** An error as the system calls raise it. */
const systemError = (code: string, errno: number) => () =>
  Promise.reject(Object.assign(new Error(`${code}: made up`), { code, errno, syscall: "made up" }));
const EIO = systemError("EIO", -5);
const EPERM = systemError("EPERM", -1);
const EINVAL = systemError("EINVAL", -22);

let folder: string;
let bundle: string; // src/node/files.ts as one plain file, for child processes

beforeAll(() => {
  const built = fs.mkdtempSync(join(tmpdir(), "wasmlp-files-"));
  fs.chmodSync(built, 0o755);
  bundle = join(built, "files.mjs");
  buildSync({ entryPoints: ["src/node/files.ts"], bundle: true, platform: "node", format: "esm", outfile: bundle });
});
afterAll(() => fs.rmSync(join(bundle, ".."), { recursive: true }));
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "wasmlp-files-"));
});
afterEach(() => {
  faults.fail.clear();
  fs.rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);
const text = (name: string) => fs.readFileSync(at(name), "utf8");
const names = (of = folder) => fs.readdirSync(of).sort();

/** The InputError a promise ends in. */
async function failure(promise: Promise<unknown>): Promise<InputError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw error;
  expect(error.message).toMatch(/^(readFileBytes|saveFile): [^\n]+[.?]$/);
  return error;
}

/** `code: message` of a call in a child process, or "done"; the child may have other rights and limits than this one. */
function inChild(call: string, options: { uid?: number; through?: string[] } = {}): string {
  const script = `import { checkWritable, readFileBytes, saveFile } from ${JSON.stringify(`file://${bundle}`)};
    ${call}.then(() => console.log("done"), (error) => console.log(error.code + ": " + error.message));`;
  const [command, ...rest] = [...(options.through ?? []), process.execPath, "--input-type=module", "-e", script];
  return execFileSync(command!, rest, { encoding: "utf8", uid: options.uid, cwd: "/" }).trim();
}

function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Nobody, when these tests run as root, for whom permissions do not count. */
const uid = process.getuid?.() === 0 ? 65534 : process.getuid?.();

describe("readFileBytes", () => {
  test("gives the bytes of a file as a plain Uint8Array", async () => {
    fs.writeFileSync(at("a.bin"), Uint8Array.of(0, 255, 10, 13, 26));
    const bytes = await readFileBytes(at("a.bin"));
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect([...bytes]).toEqual([0, 255, 10, 13, 26]);
    fs.writeFileSync(at("empty"), "");
    expect(await readFileBytes(at("empty"))).toHaveLength(0);
  });

  test("reads a pipe to its end", async (context) => {
    if (!has("mkfifo", at("pipe"))) context.skip("no named pipes here");
    const bytes = new Uint8Array(200_000).fill(5); // more than a pipe holds
    const [read] = await Promise.all([readFileBytes(at("pipe")), fs.promises.writeFile(at("pipe"), bytes)]);
    expect(Buffer.from(read).equals(bytes)).toBe(true);
  });

  test("names a similarly named file when there is none of this name", async () => {
    fs.writeFileSync(at("train.h5"), "");
    fs.writeFileSync(at("test.h5"), "");
    fs.mkdirSync(at("trian.h"));
    const error = await failure(readFileBytes(at("trian.h5")));
    expect(error.code).toBe("E_FILE_MISSING");
    expect(error.message).toBe(
      `readFileBytes: there is no file "${at("trian.h5")}"; did you mean "${at("train.h5")}"?`,
    );
    expect((await failure(readFileBytes(at("TRAIN.H5")))).message).toContain(`did you mean "${at("train.h5")}"?`);
    expect((await failure(readFileBytes(at("cats.png")))).message).toMatch(/check the name and the folder\.$/);
    expect((await failure(readFileBytes(at("no/such/folder")))).code).toBe("E_FILE_MISSING");
  });

  test("refuses a folder, a socket and a file in place of a folder", async () => {
    const error = await failure(readFileBytes(folder));
    expect(error.code).toBe("E_FILE_READ");
    expect(error.message).toBe(`readFileBytes: cannot read "${folder}": it is a folder, wanted a file.`);
    const server = createServer().listen(at("socket"));
    await once(server, "listening");
    expect((await failure(readFileBytes(at("socket")))).message).toContain("it is a device or a socket");
    server.close();
    fs.writeFileSync(at("file"), "");
    expect((await failure(readFileBytes(at("file/inside")))).message).toContain("not a directory (ENOTDIR)");
  });

  test("refuses a file of 2 GiB before reading it", async () => {
    fs.writeFileSync(at("large"), "");
    fs.truncateSync(at("large"), 2 ** 31); // sparse: takes no room on the disk
    const error = await failure(readFileBytes(at("large")));
    expect(error.code).toBe("E_FILE_READ");
    expect(error.message).toContain("it has 2147483648 bytes, wanted 2147483647 (2 GiB) or fewer");
  });

  test("says that a file may not be read", (context) => {
    if (uid === undefined) context.skip("this system has no users");
    fs.writeFileSync(at("secret"), "s", { mode: 0o000 });
    fs.chmodSync(folder, 0o755);
    expect(inChild(`readFileBytes(${JSON.stringify(at("secret"))})`, { uid })).toBe(
      `E_FILE_READ: readFileBytes: cannot read "${at("secret")}": permission denied (EACCES).`,
    );
  });
});

describe("saveFile", () => {
  test("saves bytes and text of any length, chunks included", async () => {
    for (const length of [0, 1, 7, 65_537, 2 ** 26 + 3]) {
      const bytes = new Uint8Array(length).fill(7);
      if (length > 0) bytes[length - 1] = 9;
      faults.calls.length = 0;
      await saveFile(at(`${length}`), bytes);
      expect(faults.calls.filter((call) => call === "write")).toHaveLength(Math.ceil(length / 2 ** 26));
      expect(fs.readFileSync(at(`${length}`)).equals(bytes)).toBe(true);
    }
    await saveFile(at("text"), "naïve 猫\n");
    expect(text("text")).toBe("naïve 猫\n");
    await saveFile(at("part"), Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 3));
    expect([...fs.readFileSync(at("part"))]).toEqual([2, 3]);
    expect(names()).toHaveLength(7);
  });

  test("leaves an existing file alone without force, and replaces it with force", async () => {
    fs.writeFileSync(at("model"), "old");
    const error = await failure(saveFile(at("model"), "new"));
    expect(error.code).toBe("E_FILE_EXISTS");
    expect(error.message).toBe(
      `saveFile: "${at("model")}" exists already; pass --force to replace it, or another name.`,
    );
    expect(text("model")).toBe("old");
    await saveFile(at("model"), "new", { force: true });
    expect(text("model")).toBe("new");
    expect(names()).toEqual(["model"]);
  });

  test("never overwrites a file that appears during the save", async () => {
    const saves = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => saveFile(at("model"), `${i}`.repeat(9))),
    );
    const winners = saves.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(text("model")).toBe(`${winners[0]}`.repeat(9));
    for (const save of saves) {
      if (save.status === "rejected") expect(save.reason).toMatchObject({ code: "E_FILE_EXISTS" });
    }
    expect(names()).toEqual(["model"]);
  });

  test("without links (FAT) still never overwrites, and cleans up when the rename fails", async () => {
    faults.fail.set("link", EPERM);
    await saveFile(at("model"), "new");
    expect(text("model")).toBe("new");
    faults.fail.set("link", () => {
      fs.writeFileSync(at("late"), "somebody else's");
      return EPERM();
    });
    expect(await failure(saveFile(at("late"), "new"))).toMatchObject({ code: "E_FILE_EXISTS" });
    expect(text("late")).toBe("somebody else's");
    faults.fail.set("link", EPERM).set("rename", EIO);
    expect(await failure(saveFile(at("never"), "new"))).toMatchObject({ code: "E_FILE_WRITE" });
    expect(names()).toEqual(["late", "model"]);
  });

  test("keeps the permissions of the file it replaces", async () => {
    for (const mode of [0o600, 0o666, 0o755]) {
      fs.writeFileSync(at("model"), "old");
      fs.chmodSync(at("model"), mode);
      await saveFile(at("model"), "new", { force: true });
      expect(fs.statSync(at("model")).mode & 0o777).toBe(mode);
    }
    fs.chmodSync(at("model"), 0o600);
    let whileWriting = 0;
    faults.fail.set("write", async () => {
      whileWriting = fs.statSync(at(names().find((name) => name.endsWith(".tmp"))!)).mode & 0o777;
      return { bytesWritten: 0 };
    });
    await failure(saveFile(at("model"), "private", { force: true }));
    expect(whileWriting).toBe(0o600); // nobody may read it early
  });

  test("replaces the file a symbolic link points at and keeps the link", async () => {
    fs.mkdirSync(at("runs"));
    fs.writeFileSync(at("runs/12"), "old");
    fs.symlinkSync("runs/12", at("latest"));
    expect(await failure(saveFile(at("latest"), "new"))).toMatchObject({ code: "E_FILE_EXISTS" });
    await saveFile(at("latest"), "new", { force: true });
    expect(fs.readlinkSync(at("latest"))).toBe("runs/12");
    expect(text("runs/12")).toBe("new");
    expect([names(), names(at("runs"))]).toEqual([["latest", "runs"], ["12"]]);
  });

  test("takes a link to nothing for an existing file, replaced with force", async () => {
    fs.symlinkSync("nothing", at("latest"));
    expect(await failure(saveFile(at("latest"), "new"))).toMatchObject({ code: "E_FILE_EXISTS" });
    expect(await failure(checkWritable(at("latest"), false))).toMatchObject({ code: "E_FILE_EXISTS" });
    await checkWritable(at("latest"), true);
    await saveFile(at("latest"), "new", { force: true });
    expect(fs.lstatSync(at("latest")).isFile()).toBe(true);
    expect(names()).toEqual(["latest"]);
  });

  test("flushes the file before it has its name, and the folder after", async () => {
    const save = ["open wx", "write", "fstat", "fsync"];
    for (const [force, name] of [
      [false, "link"],
      [true, "rename"],
    ] as const) {
      faults.calls.length = 0;
      await saveFile(at("model"), "new", { force });
      expect(faults.calls).toEqual([...save, name, "open folder r", "fsync folder"]);
    }
  });

  test.each([
    ["a write fails", "write", EIO],
    ["a write says it wrote what it did not", "write", async () => ({ bytesWritten: 3 })],
    ["a write takes nothing and does not say why", "write", async () => ({ bytesWritten: 0 })],
    ["the flush fails", "fsync", EIO],
    ["the rename fails", "rename", EIO],
    ["no temporary file can be created", "open wx", EIO],
  ])("leaves the old file and nothing else when %s", async (_, call, fault) => {
    fs.writeFileSync(at("model"), "old");
    faults.fail.set(call, fault);
    const error = await failure(saveFile(at("model"), "new", { force: true }));
    expect(error.code).toBe("E_FILE_WRITE");
    expect(error.message).toMatch(/3 bytes: i\/o error \(EIO\)\.$|the disk took 0 of 3 bytes/);
    expect(error.message).toContain(`"${at("model")}"`);
    expect(text("model")).toBe("old");
    expect(names()).toEqual(["model"]);
  });

  test("reports a folder that the disk could not flush, but not a file system that cannot", async () => {
    faults.fail.set("fsync folder", EINVAL);
    await saveFile(at("model"), "new");
    faults.fail.set("fsync folder", EIO);
    expect(await failure(saveFile(at("model"), "newer", { force: true }))).toMatchObject({ code: "E_FILE_WRITE" });
    expect(text("model")).toBe("newer");
  });

  test("on a full disk keeps the old file, and names the bytes needed and free", async (context) => {
    const mounted = has("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    if (!mounted) context.skip("mounting a small disk needs root");
    try {
      const old = new Uint8Array(600_000).fill(1);
      await saveFile(at("model"), old);
      const error = await failure(saveFile(at("model"), new Uint8Array(700_000).fill(2), { force: true }));
      expect(error.code).toBe("E_FILE_WRITE");
      expect(error.message).toMatch(/: 700000 bytes: no space left on device \(ENOSPC\), 4\d{5} are free\.$/);
      expect(fs.readFileSync(at("model")).equals(old)).toBe(true);
      expect(names()).toEqual(["model"]);
    } finally {
      execFileSync("umount", [folder]);
    }
  });

  test("at a file size limit leaves nothing behind", (context) => {
    if (!has("prlimit", "--version")) context.skip("no prlimit here");
    const save = (bytes: number) =>
      inChild(`saveFile(${JSON.stringify(at("model"))}, new Uint8Array(${bytes}), { force: true })`, {
        through: ["prlimit", "--fsize=100000"],
      });
    expect(save(100_000)).toBe("done");
    expect(save(100_001)).toMatch(/^E_FILE_WRITE: .* 100001 bytes: file too large \(EFBIG\)\.$/);
    expect(fs.statSync(at("model")).size).toBe(100_000);
    expect(names()).toEqual(["model"]);
  });

  test("SIGKILL at any moment leaves a whole file, no older than the last one acknowledged", async () => {
    // 2 MB a file, all of one byte: the number of the save
    const script = `import { saveFile } from ${JSON.stringify(`file://${bundle}`)};
      for (let i = 1; i < 256; i++) {
        await saveFile(${JSON.stringify(at("model"))}, new Uint8Array(2_000_000).fill(i), { force: true });
        process.stdout.write(String.fromCharCode(i));
      }`;
    let random = 1;
    for (let kill = 0; kill < 15; kill++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let acknowledged = 0;
      child.stdout.setEncoding("utf8").on("data", (saved: string) => {
        acknowledged = saved.codePointAt(saved.length - 1)!;
      });
      await once(child.stdout, "data");
      random = (random * 48271) % 2147483647;
      setTimeout(() => child.kill("SIGKILL"), random % 40);
      await once(child, "close");
      const saved = fs.readFileSync(at("model"));
      expect(saved.length).toBe(2_000_000);
      expect(saved.equals(new Uint8Array(2_000_000).fill(saved[0]!))).toBe(true);
      expect(saved[0]).toBeGreaterThanOrEqual(acknowledged);
    }
  });
});

describe.each([
  ["saveFile", (path: string, force: boolean) => saveFile(path, "new", { force })],
  ["checkWritable", checkWritable],
] as const)("%s", (name, attempt) => {
  test.each([
    ["a missing folder", "runs/1/model", /there is no folder "[^"]+runs\/1", so create it first/],
    ["a file in place of the folder", "file/model", /"[^"]+file" is not a folder/],
    ["a folder in place of the file", "folder", /it is a folder/],
    ["a name that ends like a folder's", "model/", /this names no file/],
    ["a name that is too long", "m".repeat(300), /name too long \(ENAMETOOLONG\)/],
    ["links in a circle", "circle", /too many symbolic links encountered \(ELOOP\)/],
    ["a socket", "socket", /it is a device, a pipe or a socket/],
  ])("refuses %s, even by force", async (_, path, message) => {
    fs.mkdirSync(at("folder"));
    fs.writeFileSync(at("file"), "old");
    fs.symlinkSync("circle", at("circle"));
    const server = createServer().listen(at("socket"));
    await once(server, "listening");
    const before = names();
    for (const force of [false, true]) {
      const error = await failure(attempt(at(path), force));
      expect(error.code).toBe("E_FILE_WRITE");
      expect(error.message).toMatch(message);
    }
    expect(names()).toEqual(before);
    server.close();
  });

  test("refuses an empty name", async () => {
    expect((await failure(attempt("", true))).message).toContain("this names no file");
  });

  test("refuses a folder without permission, and by force a file without", (context) => {
    if (uid === undefined) context.skip("this system has no users");
    const call = (path: string) =>
      name === "saveFile"
        ? `saveFile(${JSON.stringify(path)}, "new", { force: true })`
        : `checkWritable(${JSON.stringify(path)}, true)`;
    fs.chmodSync(folder, 0o755);
    fs.mkdirSync(at("locked"), { mode: 0o555 });
    expect(inChild(call(at("locked/model")), { uid })).toMatch(/^E_FILE_WRITE: .*permission denied \(EACCES\)\.$/);
    fs.mkdirSync(at("open"));
    fs.chmodSync(at("open"), 0o777);
    fs.writeFileSync(at("open/model"), "old", { mode: 0o444 });
    expect(inChild(call(at("open/model")), { uid })).toMatch(/^E_FILE_WRITE: .*permission denied \(EACCES\)\.$/);
    expect(inChild(call(at("open/other")), { uid })).toBe("done");
    expect(names(at("locked"))).toEqual([]);
    expect(text("open/model")).toBe("old");
  });
});

test("checkWritable passes what can be saved and leaves nothing behind", async () => {
  await checkWritable(at("model"), false);
  expect(names()).toEqual([]);
  fs.writeFileSync(at("model"), "old");
  expect(await failure(checkWritable(at("model"), false))).toMatchObject({ code: "E_FILE_EXISTS" });
  await checkWritable(at("model"), true);
  expect([names(), text("model")]).toEqual([["model"], "old"]);
  const error = await failure(checkWritable(at("model"), true, 2 ** 50));
  expect(error.code).toBe("E_FILE_WRITE");
  expect(error.message).toMatch(/it takes 1125899906842624 bytes and \d+ are free\.$/);
});
