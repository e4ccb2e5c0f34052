// Records of a training as TensorBoard's event files, which it takes from names that contain "tfevents": TFRecords of
// protobuf messages, as far as scalars go. Source: tensorflow/core/util/event.proto, summary.proto, lib/io/record_writer.h.

import { concatBytes } from "./bytes.js";
import type { Bytes } from "./globals.js";
import type { CostRecord, History } from "./history.js";
import { scalarsOf } from "./log.js";

/**
 * The records of a training as an event file: a step for each iteration, a scalar for each number of its record.
 * `wallTime` is what all events tell as their time, in seconds since 1970.
 */
export function historyToTensorBoard({ costs }: Pick<History, "costs">, wallTime = 0): Bytes {
  return concatBytes([eventHead(wallTime), ...costs.map((record) => eventOf(record, wallTime))]);
}

/** What an event file begins with. */
export const eventHead = (wallTime: number): Bytes =>
  framed(concatBytes([field(1, double(wallTime)), field(3, text("brain.Event:2"))]));

/** A record as an event. */
export function eventOf(record: CostRecord, wallTime: number): Bytes {
  const values = scalarsOf(record).map(([name, value]) =>
    field(1, concatBytes([field(1, text(name)), field(2, float(value))])),
  );
  return framed(concatBytes([field(1, double(wallTime)), field(2, record.iteration), field(5, concatBytes(values))]));
}

// A TFRecord: length (8 bytes), its checksum, data, their checksum.
function framed(data: Bytes): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return concatBytes([length, masked(length), data, masked(data)]);
}

// A checksum that may lie in what is checked itself.
function masked(bytes: Bytes): Bytes {
  const crc = crc32c(bytes);
  return word((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
}

/** CRC-32C (Castagnoli). Source: RFC 3720, B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

type Fixed = { readonly fixed: Bytes };

// A protobuf field: a number as a varint, a fixed one by its size, bytes with their length before them.
function field(number: number, value: number | Fixed | Bytes): Bytes {
  if (typeof value === "number") return concatBytes([varint(8 * number), varint(value)]);
  if ("fixed" in value) return concatBytes([varint(8 * number + (value.fixed.length === 8 ? 1 : 5)), value.fixed]);
  return concatBytes([varint(8 * number + 2), varint(value.length), value]);
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(128 + (value % 128));
  return Uint8Array.of(...bytes, value);
}

const text = (value: string): Bytes => new TextEncoder().encode(value);
const word = (value: number): Bytes => new Uint8Array(Uint32Array.of(value).buffer);
const float = (value: number): Fixed => ({ fixed: new Uint8Array(Float32Array.of(value).buffer) });
const double = (value: number): Fixed => ({ fixed: new Uint8Array(Float64Array.of(value).buffer) });
