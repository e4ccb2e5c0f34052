// A file of which any part can be read, wherever it lies.

import { type ErrorCode, InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import { show } from "../options/check.js";

/** A file whose parts can be read: a Blob, such as a File of a page, or what Node's fs.promises.open gives. */
export type ReadableFile = FileSlices | FileHandleLike;

/** What is like Node's FileHandle. It stays open until its owner closes it. */
export interface FileHandleLike {
  stat(): Promise<{ readonly size: number }>;
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** A Blob, or what is like one. */
export interface FileSlices {
  /** Bytes. */
  readonly size: number;
  /** Some of its bytes, which are read when they are asked for. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The same as slices. Throws `code` for what is no such file. */
export async function slicesOf(who: string, code: ErrorCode, file: ReadableFile): Promise<FileSlices> {
  const has = (...names: string[]) =>
    typeof file === "object" && file !== null && names.every((name) => typeof Reflect.get(file, name) === "function");
  if (has("slice") && Number.isInteger((file as FileSlices).size)) return file as FileSlices;
  if (has("stat", "read")) return slicesOfHandle(file as FileHandleLike);
  throw new InputError(
    code,
    `${who}: the file is ${show(file)}; pass a Blob, such as a File of a page, or in Node what fs.promises.open gives.`,
  );
}

async function slicesOfHandle(file: FileHandleLike): Promise<FileSlices> {
  const { size } = await file.stat();
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    let at = 0;
    for (let got = 1; got > 0 && at < bytes.length; at += got) {
      got = (await file.read(bytes, at, bytes.length - at, start + at)).bytesRead;
    }
    return at === bytes.length ? bytes.buffer : bytes.slice(0, at).buffer;
  };
  return { size, slice: (start, end) => ({ arrayBuffer: () => read(start, end) }) };
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
