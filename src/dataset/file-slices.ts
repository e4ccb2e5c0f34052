// A file of which any part can be read, wherever it lies.

import { type ErrorCode, InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import { show } from "../options/check.js";

/** A Blob or what is like one: a File of a page, what Node's fs.openAsBlob gives. */
export interface FileSlices {
  /** Bytes. */
  readonly size: number;
  /** Some of its bytes, which are read when they are asked for. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Throws `code` for what is no such file. */
export function checkSlices(who: string, code: ErrorCode, file: FileSlices): void {
  if (typeof file === "object" && file !== null && Number.isInteger(file.size) && typeof file.slice === "function")
    return;
  throw new InputError(
    code,
    `${who}: the file is ${show(file)}; pass a Blob, such as a File of a page or what fs.openAsBlob gives.`,
  );
}

/** Bytes of a file, as many as there are. Throws `code` where fewer come, which a changed file gives. */
export async function readSlice(
  who: string,
  code: ErrorCode,
  file: FileSlices,
  start: number,
  end: number,
): Promise<Bytes> {
  const buffer: unknown = await file.slice(start, end)?.arrayBuffer?.();
  const bytes = new Uint8Array(buffer as ArrayBuffer);
  const wanted = Math.min(end, file.size) - start;
  if (bytes.length === wanted) return bytes;
  throw new InputError(
    code,
    `${who}: ${bytes.length} bytes came where ${wanted} were asked for; leave the file as it is while it is read.`,
  );
}
