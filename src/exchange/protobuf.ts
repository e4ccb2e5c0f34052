// The wire format of Protocol Buffers: fields written one after the other, and read back by number. What the numbers mean
// is the format's business that is in it. Reading trusts nothing: every length is checked against what is there.
// Source: https://protobuf.dev/programming-guides/encoding/

import { concatBytes } from "../bytes.js";

const [VARINT, FIXED_64, BYTES, FIXED_32] = [0, 1, 2, 5] as const;

/** A field of a message as it was read: a whole number, or the bytes of anything else. */
export type Field = number | Uint8Array;

/** Fields by their number, each with all its values in the order of the file. */
export type Message = ReadonlyMap<number, readonly Field[]>;

/** Thrown by the reader for bytes that are no message; says what is wrong with them. */
export class WireError extends Error {}

function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value)); // negative numbers take ten bytes
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const tag = (field: number, wire: number): Uint8Array => Uint8Array.from(varint(8 * field + wire));

/** A whole number. */
export const whole = (field: number, value: number): Uint8Array =>
  concatBytes([tag(field, VARINT), Uint8Array.from(varint(value))]);

/** A float of 4 bytes. */
export const float = (field: number, value: number): Uint8Array =>
  concatBytes([tag(field, FIXED_32), new Uint8Array(Float32Array.of(value).buffer)]);

/** Bytes, text, or a message of fields that were written. */
export function bytes(field: number, content: Uint8Array | string | readonly Uint8Array[]): Uint8Array {
  const inside =
    typeof content === "string"
      ? new TextEncoder().encode(content)
      : content instanceof Uint8Array
        ? content
        : concatBytes(content);
  return concatBytes([tag(field, BYTES), Uint8Array.from(varint(inside.length)), inside]);
}

/** The fields of a message. Throws WireError. */
export function readMessage(from: Uint8Array): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && length <= from.length - at))
      throw new WireError(`wants ${length} bytes at ${at} of ${from.length}`);
    at += length;
    return from.subarray(at - length, at);
  };
  const next = (): number => {
    const [value, end] = readVarint(from, at);
    at = end;
    return value;
  };
  while (at < from.length) {
    const begin = at;
    const head = next();
    const field = Math.floor(head / 8);
    const wire = head % 8;
    let value: Field;
    if (wire === VARINT) value = next();
    else if (wire === BYTES) value = take(next());
    else if (wire === FIXED_32 || wire === FIXED_64) value = take(wire === FIXED_32 ? 4 : 8);
    else throw new WireError(`has a field of kind ${wire} at ${begin}`);
    const list = fields.get(field);
    if (list) list.push(value);
    else fields.set(field, [value]);
  }
  return fields;
}

// A whole number of at most 64 bits, signed, and where it ends. Beyond 2⁵³ it is rounded, which no size survives.
function readVarint(from: Uint8Array, start: number): [value: number, end: number] {
  let value = 0n;
  for (let at = start; at < start + 10; at++) {
    const byte = from[at];
    if (byte === undefined) throw new WireError(`is cut at ${at}`);
    value |= BigInt(byte & 127) << BigInt(7 * (at - start));
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), at + 1];
  }
  throw new WireError(`has a number without an end at ${start}`);
}

const decoder = new TextDecoder();

/** The last value of a field as a whole number; `usual` where there is none. */
export function wholeIn(message: Message, field: number, usual = 0): number {
  const value = message.get(field)?.at(-1);
  if (value === undefined) return usual;
  if (typeof value !== "number") throw new WireError(`has field ${field} of another kind`);
  return value;
}

/** All values of a field that are bytes. */
export function bytesIn(message: Message, field: number): Uint8Array[] {
  return (message.get(field) ?? []).map((value) => {
    if (typeof value === "number") throw new WireError(`has field ${field} of another kind`);
    return value;
  });
}

/** The last value of a field as text; "" where there is none. */
export const textIn = (message: Message, field: number): string => {
  const last = bytesIn(message, field).at(-1);
  return last ? decoder.decode(last) : "";
};

/** All values of a field as texts. */
export const textsIn = (message: Message, field: number): string[] =>
  bytesIn(message, field).map((value) => decoder.decode(value));

/** All values of a field as messages. */
export const messagesIn = (message: Message, field: number): Message[] => bytesIn(message, field).map(readMessage);

/** The whole numbers of a field, one by one or packed. */
export function wholesIn(message: Message, field: number): number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (typeof value === "number") return [value];
    const found: number[] = [];
    for (let at = 0; at < value.length; ) {
      const [one, end] = readVarint(value, at);
      found.push(one);
      at = end;
    }
    return found;
  });
}
