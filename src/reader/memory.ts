// The most memory that the HDF5 library may take in a thread that reads one file.

import { mostDeclared } from "../dataset/hdf5-file.js";
import { USUAL_BYTES } from "../dataset/hdf5-limits.js";

/** Bytes: of the largest dataset that is read of a file of `bytes`, and room for the library's own. */
export const mostMemory = (bytes: number) => 2 ** 28 + bytes + Math.min(USUAL_BYTES, mostDeclared(bytes));

/** From now on no memory of this thread grows beyond `most` bytes: a damaged file is told that there is no more. */
export function limitMemory(most: number): void {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > most) throw new RangeError("the file wants too much memory");
    return grow.call(this, pages);
  };
}
