// Zip archives: which files are in one, and the bytes of each, stored or deflated. Sizes are compared with the limit and
// with what the archive can hold before anything is unpacked, and checksums afterwards. No archives of several parts,
// no passwords.

import { Inflate, inflateSync } from "fflate";
import { type ErrorCode, InputError } from "../errors.js";
import { show } from "../options/check.js";

/** A file in an archive. */
export interface Member {
  readonly name: string;
  /** Of the file, as the archive says. */
  readonly size: number;
  /** About so many of its first bytes, or all where it has fewer. */
  head(most: number): Uint8Array;
  /** All its bytes. */
  read(): Uint8Array;
}

/** Bytes that a byte of deflate can hold. */
export const MOST_INFLATED = 1032;
const MOST_MEMBERS = 10_000;
const [STORED, DEFLATED] = [0, 8];
const [END, ENTRY, LOCAL, END_64, LOCATOR_64] = [0x06054b50, 0x02014b50, 0x04034b50, 0x06064b50, 0x07064b50];
const ALL_ONES = 0xffffffff; // stands where a number is among the 64-bit ones

/**
 * The files in an archive, without its folders. Throws `code` for what is damaged or packed in another way, E_TOO_LARGE
 * for more than `maxBytes` or than an archive of its size can hold; reading throws the same.
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function listZip(who: string, code: ErrorCode, bytes: Uint8Array, maxBytes: number): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (what: string, cause?: unknown): never => {
    throw new InputError(code, `${who} is damaged or cut (${what}); get the file again.`, { cause });
  };
  const wide = (at: number) => Number(view.getBigUint64(at, true));

  /** Where the list of files is, and how many there are. */
  function findList(): { count: number; at: number } {
    let end = bytes.length - 22;
    for (const least = Math.max(0, end - 65535); end >= least && view.getUint32(end, true) !== END; ) end--;
    if (end < 0 || view.getUint32(end, true) !== END) return damaged("its end is not there");
    const list = { count: view.getUint16(end + 10, true), at: view.getUint32(end + 16, true) };
    if (end < 20 || view.getUint32(end - 20, true) !== LOCATOR_64) return list;
    const end64 = wide(end - 12);
    if (view.getUint32(end64, true) !== END_64) return damaged("its long end is not there");
    return { count: wide(end64 + 32), at: wide(end64 + 48) };
  }

  function memberAt(at: number): { member: Member | null; next: number } {
    if (view.getUint32(at, true) !== ENTRY) return damaged("its list of files is broken");
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength!));
    const next = at + 46 + nameLength! + extraLength! + noteLength!;
    const numbers = [24, 20, 42].map((place) => view.getUint32(at + place, true));
    // where one of them is all ones it is in the extra field 1, in this order
    let long = findExtra(at + 46 + nameLength!, extraLength!);
    const [size, packed, local] = numbers.map((number) => {
      if (number !== ALL_ONES || long < 0) return number;
      long += 8;
      return wide(long - 8);
    }) as [number, number, number];
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const crc = view.getUint32(at + 16, true);
    const which = `${who}: ${show(name)}`;

    /** The packed bytes, after every check that their header allows. */
    function contents(): Uint8Array {
      if (flags & 1) throw new InputError(code, `${which} has a password; unpack it.`);
      if (method !== STORED && method !== DEFLATED) {
        throw new InputError(code, `${which} is packed by method ${method}; write it with deflate or without.`);
      }
      if (size > maxBytes || size > MOST_INFLATED * packed) {
        const beside = size > maxBytes ? `the limit is ${maxBytes}` : `packed in ${packed}`;
        throw new InputError("E_TOO_LARGE", `${which} says it has ${size} bytes, ${beside}; pass a smaller file.`);
      }
      if (view.getUint32(local, true) !== LOCAL) return damaged(`${show(name)} is not where it should be`);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      if (start + packed > bytes.length) return damaged(`${show(name)} is cut`);
      return bytes.subarray(start, start + packed);
    }

    const guarded = (unpack: (packed: Uint8Array) => Uint8Array): Uint8Array => {
      try {
        const packed = contents();
        return method === STORED ? packed : unpack(packed);
      } catch (cause) {
        if (cause instanceof InputError) throw cause;
        return damaged((cause as Error).message, cause);
      }
    };
    const member: Member = {
      name,
      size,
      head: (most) => guarded((packed) => beginningOf(packed, most)).subarray(0, most),
      read() {
        // what is beyond the size is not written; the checksum is of all
        const unpacked = guarded((packed) => inflateSync(packed, { out: new Uint8Array(size) }));
        if (unpacked.length !== size || crc32(unpacked) !== crc) damaged(`${show(name)} is not what was packed`);
        return unpacked;
      },
    };
    return { member: name.endsWith("/") ? null : member, next };
  }

  /** Where the 64-bit numbers of an entry are; −1 where there are none. */
  function findExtra(at: number, length: number): number {
    for (const end = at + length; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
      if (view.getUint16(at, true) === 1) return at + 4;
    }
    return -1;
  }

  try {
    const { count, at } = findList();
    if (count > MOST_MEMBERS)
      throw new InputError("E_TOO_LARGE", `${who} has ${count} files in it; pass a smaller one.`);
    const members: Member[] = [];
    for (let i = 0, place = at; i < count; i++) {
      const { member, next } = memberAt(place);
      if (member) members.push(member);
      place = next;
    }
    return members;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    return damaged("a number in it leads out of it", cause);
  }
}

/** What deflate gives until there are `most` bytes of it. */
export function beginningOf(packed: Uint8Array, most: number): Uint8Array {
  const head = new Uint8Array(most);
  let length = 0;
  const inflate = new Inflate((chunk) => {
    head.set(chunk.subarray(0, most - length), length);
    length = Math.min(most, length + chunk.length);
  });
  const step = 1024;
  for (let at = 0; at < packed.length && length < most; at += step) {
    inflate.push(packed.slice(at, at + step), at + step >= packed.length);
  }
  return head.subarray(0, length);
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** The checksum of zip and gzip. */
function crc32(bytes: Uint8Array): number {
  let sum = ALL_ONES;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
