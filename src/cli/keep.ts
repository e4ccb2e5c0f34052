// The files that a run leaves: refused before it where they could not be written in the end, each saved for itself, and
// the model put elsewhere where its own place has gone meanwhile.

import { realpath, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { InputError } from "../errors.js";
import { checkWritable, saveFile } from "../node/files.js";

/** A file to be written. */
export interface Place {
  /** Its option: "--save". */
  readonly option: string;
  readonly path: string;
  /** The most bytes it will have, as far as that is known. @default 0 */
  readonly bytes?: number;
  /** Whether it may be there already. @default false */
  readonly again?: boolean;
}

/** A file to be saved in the end. */
export interface Target extends Place {
  /** What it is; asked for when it is saved. */
  content(): Uint8Array | string;
  /** Whether it is worth another place. */
  readonly dear: boolean;
}

/**
 * Refuses at once what `keep` would refuse in the end, and targets that are one another or one of the `inputs`. Throws
 * E_OPTION, E_FILE_EXISTS, E_FILE_WRITE.
 */
export async function checkTargets(
  targets: readonly Place[],
  inputs: readonly string[],
  force: boolean,
): Promise<void> {
  const seen = new Map<string, string>();
  for (const input of inputs) seen.set(await identityOf(input), "the data");
  for (const { option, path, bytes, again = false } of targets) {
    const identity = await identityOf(path);
    const other = seen.get(identity);
    if (other !== undefined) {
      throw new InputError("E_OPTION", `${option} and ${other} are one file, "${path}"; name another.`);
    }
    seen.set(identity, option);
    await checkWritable(path, force || again, bytes);
  }
}

/** Equal for two paths of one file, by links too. */
async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  if (found) return `${found.dev}:${found.ino}`;
  return join(await realpath(dirname(path)).catch(() => resolve(dirname(path))), basename(path));
}

/**
 * Saves each file, whatever becomes of the others. Throws E_FILE_EXISTS or E_FILE_WRITE for the first that was not, with where it is instead.
 */
export async function keep(targets: readonly Target[], force: boolean, saved: (target: Target) => void): Promise<void> {
  let failure: InputError | null = null;
  for (const target of targets) {
    const content = target.content();
    try {
      await saveFile(target.path, content, { force });
      saved(target);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const place = target.dear ? await rescue(target.path, content) : null;
      const where = place === null ? "" : ` It is in "${place}" instead.`;
      failure ??= new InputError(error.code, error.message + where, { cause: error });
    }
  }
  if (failure) throw failure;
}

// Another name beside it, else in the folder we are in, else at home, else among the temporary files; null where
// nothing takes it.
async function rescue(path: string, content: Uint8Array | string): Promise<string | null> {
  const extension = extname(path);
  const name = basename(path, extension);
  for (const folder of [dirname(path), ".", homedir(), tmpdir()]) {
    for (let i = 1; i <= 9; i++) {
      const place = join(resolve(folder), `${name}-rescued${i === 1 ? "" : `-${i}`}${extension}`);
      try {
        await saveFile(place, content);
        return place;
      } catch (error) {
        if (!(error instanceof InputError && error.code === "E_FILE_EXISTS")) break;
      }
    }
  }
  return null;
}
