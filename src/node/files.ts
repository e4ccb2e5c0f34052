// Files on disk: reading one whole, and saving one so that its name never holds half of it. What the bytes mean is not
// known here.
//
// A save writes a temporary file in the same folder, flushes it, and only then gives it the name. A process killed in
// the middle may leave a `.wasmlp-….tmp` behind; every other end removes it, and a later save into the same folder
// removes those that are older than a day.

import { randomUUID } from "node:crypto";
import { close as closeDescriptor, open as openDescriptor, read, type Stats } from "node:fs";
import {
  access,
  constants,
  link,
  lstat,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  statfs,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { getSystemErrorMap, promisify } from "node:util";
import type { FileSlices } from "../dataset/file-slices.js";
import { InputError } from "../errors.js";
import { nearest } from "../text.js";

const MAX_READ = 2 ** 31 - 1; // bytes; Node reads no more into one buffer
const WRITE_AT_ONCE = 2 ** 26; // bytes

/**
 * The bytes of a file (or of a pipe such as `<(command)`).
 *
 * Throws InputError E_FILE_MISSING, naming a similarly named file beside it if there is one, or E_FILE_READ for a
 * folder, a device, a file of 2 GiB or more, or one the system does not let us read.
 */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  const refuse = (found: string) => readError(path, found);
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw refuse("it is a folder, wanted a file");
    if (!stats.isFile() && !stats.isFIFO()) throw refuse("it is a device or a socket, wanted a file");
    if (stats.size > MAX_READ) throw refuse(`it has ${stats.size} bytes, wanted ${MAX_READ} (2 GiB) or fewer`);
    const buffer = await readFile(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength); // Buffer's slice shares, ours copies
  } catch (error) {
    throw await failedReading(path, error);
  }
}

/** A file on disk any part of which can be read. Where nobody closes it, the end of the process does. */
export interface OpenSlices extends FileSlices {
  close(): Promise<void>;
}

/**
 * Opens a file of more than `most` bytes to read parts of it; null for another, and for a pipe, a folder or a device.
 * Throws E_FILE_MISSING and E_FILE_READ as readFileBytes does.
 */
export async function openSlices(path: string, most = 0): Promise<OpenSlices | null> {
  try {
    const { size, isFile } = await stat(path).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    if (!isFile || size <= most) return null;
    const file = await promisify(openDescriptor)(path, "r"); // a handle would be closed when it is collected
    return {
      size,
      slice: (start, end) => ({ arrayBuffer: () => readPart(path, file, start, Math.min(end, size)) }),
      close: () => promisify(closeDescriptor)(file),
    };
  } catch (error) {
    throw await failedReading(path, error);
  }
}

async function readPart(path: string, file: number, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await promisify(read)(file, bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw readError(path, "it became shorter while it was read");
      at += bytesRead;
    }
    return bytes.buffer;
  } catch (error) {
    throw await failedReading(path, error);
  }
}

const readError = (path: string, found: string) =>
  new InputError("E_FILE_READ", `readFileBytes: cannot read "${path}": ${found}.`);

// What is said of what the system says.
async function failedReading(path: string, error: unknown): Promise<unknown> {
  if (!isSystemError(error)) return error;
  if (error.code !== "ENOENT") return readError(path, reason(error));
  const similar = await similarFile(path);
  const hint = similar === undefined ? "check the name and the folder." : `did you mean "${similar}"?`;
  return new InputError("E_FILE_MISSING", `readFileBytes: there is no file "${path}"; ${hint}`);
}

/**
 * Saves a file, whole or not at all: when this resolves the bytes are on the disk under the name, and at no moment, not
 * even when the process is killed, does the name hold a part of them (where the file system has no links, a new name is
 * empty for an instant). A failed save leaves what was there untouched, unless only the last flush, the folder's,
 * failed.
 *
 * With `force` an existing file is replaced and its permissions are kept; without, it is refused, even if it appeared
 * during the save. Through a symbolic link the file it points at is replaced and the link stays, as with a shell's `>`;
 * a link to nothing counts as an existing file and is itself replaced.
 *
 * Throws InputError E_FILE_EXISTS, or E_FILE_WRITE with the path, the bytes and the system's reason.
 */
export async function saveFile(
  path: string,
  data: Uint8Array | string,
  options: { /** @default false */ force?: boolean } = {},
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const force = options.force ?? false;
  const { target, existing } = await findTarget(path, force);
  const temporary = temporaryName(target);
  await sweep(dirname(target));
  try {
    try {
      const size = await writeWhole(temporary, bytes, existing);
      if (size !== bytes.length) {
        throw writeError(path, `the disk took ${size} of ${bytes.length} bytes without an error, so check it`);
      }
      if (force) await rename(temporary, target);
      else await renameToNew(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    await flushFolder(dirname(target));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "EEXIST" && !force) throw existsError(path);
    throw writeError(path, `${bytes.length} bytes: ${reason(error)}${await freeBytes(error, target)}`);
  }
}

/**
 * Refuses at once what `saveFile` would refuse in the end: an existing file without `force`, a missing folder, a folder
 * nobody may write to, a disk without room for `bytes`. Leaves nothing behind. Call it before a long run, not after.
 *
 * Throws InputError E_FILE_EXISTS or E_FILE_WRITE.
 */
export async function checkWritable(path: string, force: boolean, bytes = 0): Promise<void> {
  const { target } = await findTarget(path, force);
  const free = await freeOn(dirname(target));
  if (free !== undefined && free < bytes) throw writeError(path, `it takes ${bytes} bytes and ${free} are free`);
  const temporary = temporaryName(target);
  try {
    await (await open(temporary, "wx")).close(); // asking the system for its permission bits is not the same on Windows
    await rm(temporary);
  } catch (error) {
    throw isSystemError(error) ? writeError(path, reason(error)) : error;
  }
}

/** The file that a save to `path` would create or replace, and what is there now. */
async function findTarget(path: string, force: boolean): Promise<{ target: string; existing: Stats | undefined }> {
  if (path === "" || /[/\\]$/.test(path)) throw writeError(path, "this names no file, wanted a file name");
  try {
    const folder = await stat(dirname(path)).catch(absent);
    if (folder === undefined) throw writeError(path, `there is no folder "${dirname(path)}", so create it first`);
    if (!folder.isDirectory()) throw writeError(path, `"${dirname(path)}" is not a folder`);

    const named = await lstat(path).catch(absent);
    const existing = await stat(path).catch(absent); // through a symbolic link
    if (existing?.isDirectory()) throw writeError(path, "it is a folder, wanted a file");
    if (existing && !existing.isFile()) throw writeError(path, "it is a device, a pipe or a socket, wanted a file");
    if (named && !force) throw existsError(path);
    if (existing) await access(path, constants.W_OK); // a rename would replace even a file that is read-only on purpose
    return { target: existing ? await realpath(path) : path, existing };
  } catch (error) {
    throw isSystemError(error) ? writeError(path, reason(error)) : error;
  }
}

/**
 * A new file of these bytes, flushed to the disk, with the permissions of the file it is to replace; its size there.
 */
async function writeWhole(path: string, bytes: Uint8Array, replaced: Stats | undefined): Promise<number> {
  const handle = await open(path, "wx", replaced ? replaced.mode & 0o777 : 0o666);
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, WRITE_AT_ONCE), at);
      if (bytesWritten === 0) break;
      at += bytesWritten; // a full disk first takes a part, then fails
    }
    const written = await handle.stat();
    if (replaced && written.mode !== replaced.mode) await handle.chmod(replaced.mode & 0o777);
    await handle.sync();
    return written.size;
  } finally {
    await handle.close();
  }
}

/** Renames, and fails with EEXIST where rename would replace: a second name by link, which never replaces anything. */
async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // No links on this file system (FAT, some network drives), or the name is taken and `open` will say so: take the
    // name with an empty file, then replace that.
    await (await open(to, "wx")).close();
    try {
      await rename(from, to);
    } catch (failure) {
      await rm(to);
      throw failure;
    }
  }
}

/** Makes a rename last through a power cut. Windows and some file systems cannot, which is no reason to fail a save. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isSystemError(error) || error.code === "EIO") throw error;
  }
}

const temporaryName = (target: string) => join(dirname(target), `.wasmlp-${randomUUID()}.tmp`);

const DAY = 24 * 3600 * 1000;

/** Removes what saves of killed processes have left in a folder, older than a day. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!/^\.wasmlp-[0-9a-f-]{36}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found?.isFile() && Date.now() - found.mtimeMs > DAY) await rm(path, { force: true }).catch(() => {});
  }
}

const writeError = (path: string, found: string) =>
  new InputError("E_FILE_WRITE", `saveFile: cannot write "${path}": ${found}.`);

const existsError = (path: string) =>
  new InputError("E_FILE_EXISTS", `saveFile: "${path}" exists already; pass --force to replace it, or another name.`);

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { errno: number } =>
  error instanceof Error && "errno" in error && "syscall" in error;

/** `no space left on device (ENOSPC)`: the system's own words. */
const reason = (error: NodeJS.ErrnoException & { errno: number }) =>
  `${getSystemErrorMap().get(error.errno)?.[1] ?? WORDS[error.code ?? ""] ?? error.message} (${error.code})`;

/** What Node has no words for. */
const WORDS: Readonly<Record<string, string>> = { EDQUOT: "disk quota exceeded" };

function absent(error: unknown): undefined {
  if (!isSystemError(error) || error.code !== "ENOENT") throw error;
}

async function freeBytes(error: NodeJS.ErrnoException, target: string): Promise<string> {
  if (error.code !== "ENOSPC") return "";
  const free = await freeOn(dirname(target));
  return free === undefined ? "" : `, ${free} are free`;
}

/** Bytes that are free on the disk of a folder; undefined where that cannot be told. */
async function freeOn(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  // some file systems tell no size at all
  return disk && disk.blocks > 0 ? disk.bavail * disk.bsize : undefined;
}

/** A file in the same folder whose name is like this one. */
async function similarFile(path: string): Promise<string | undefined> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const near = nearest(basename(path), names);
  return near === undefined ? undefined : join(dirname(path), near);
}
