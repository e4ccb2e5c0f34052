// The one damage that keeps the HDF5 library busy for ever and that can be seen from outside: a global heap whose free
// space says it has no size, so that a walk over its objects stays where it is.

const SIGNATURE = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0]; // "GCOL", version 1
const HEADER = 16; // bytes of a collection's header, and of an object's
const LEAST = 4096; // bytes of a collection

/**
 * Where a global heap lies whose objects cannot be walked; −1 where there is none. For files whose lengths take eight
 * bytes, which are all that common software writes. Source:
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html#GlobalHeap
 */
export function findEndlessHeap(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = (at: number) => Number(view.getBigUint64(at, true));
  for (let start = bytes.indexOf(SIGNATURE[0]!); start >= 0; start = bytes.indexOf(SIGNATURE[0]!, start + 1)) {
    if (start + 2 * HEADER > bytes.length || !SIGNATURE.every((byte, i) => bytes[start + i] === byte)) continue;
    const size = length(start + 8);
    if (size < LEAST || start + size > bytes.length) continue;
    for (let at = start + HEADER; at + HEADER <= start + size; ) {
      const object = view.getUint16(at, true);
      const own = length(at + 8);
      if (object === 0 && own === 0) return start;
      at += object === 0 ? own : HEADER + 8 * Math.ceil(own / 8);
    }
  }
  return -1;
}
