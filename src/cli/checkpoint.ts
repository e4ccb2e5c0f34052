// Checkpoints of the command: two generations of a file, the newer under its name and the one before it as "….old", so
// that a crash or a damaged disk leaves one that is whole.

import { lstat, rename } from "node:fs/promises";
import { InputError } from "../errors.js";
import { readFileBytes, saveFile } from "../node/files.js";
import type { Io } from "./io.js";

const olderOf = (path: string) => `${path}.old`;

/** Puts a checkpoint in the place of the one before, which is kept. Throws E_FILE_WRITE. */
export async function saveCheckpoint(path: string, bytes: Uint8Array): Promise<void> {
  await rename(path, olderOf(path)).catch(ignoreMissing);
  await saveFile(path, bytes, { force: true });
}

/**
 * Refuses to begin anew where a training was left at `path`: going on was forgotten, or it is another's. Throws
 * E_FILE_EXISTS.
 */
export async function refuseLeft(path: string): Promise<void> {
  for (const left of [path, olderOf(path)]) {
    if (!(await lstat(left).catch(() => null))) continue;
    throw new InputError(
      "E_FILE_EXISTS",
      `train: "${left}" exists already; go on from it with --resume, name another file, or begin anew and replace it with --force.`,
    );
  }
}

/**
 * Does work with the checkpoint at `path`, or with the one before it where that is missing or refused as damaged, which
 * is said; or with none, where there is none. Throws what `work` throws of the older one.
 */
export async function withCheckpoint<T>(
  path: string,
  work: (bytes: Uint8Array | undefined) => Promise<T>,
  io: Pick<Io, "err">,
): Promise<T> {
  const [newer, older] = await Promise.all([path, olderOf(path)].map(readIfThere));
  if (!newer && !older) {
    io.err(`there is no checkpoint ${path} yet; training from the beginning`);
    return work(undefined);
  }
  if (!newer) io.err(`${path} is missing; going on from ${olderOf(path)}`);
  if (!newer || !older) return work(newer ?? older);
  try {
    return await work(newer);
  } catch (error) {
    if (!(error instanceof InputError && error.code === "E_CHECKPOINT_DAMAGED")) throw error;
    io.err(`${path} is damaged; going on from ${olderOf(path)}`);
    return work(older);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFileBytes(path);
  } catch (error) {
    if (error instanceof InputError && error.code === "E_FILE_MISSING") return undefined;
    throw error;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") {
    throw new InputError("E_FILE_WRITE", `the checkpoint before cannot be kept (${error.code}); name another place.`, {
      cause: error,
    });
  }
}
