// What the values of a Parquet column mean: cells from what is stored, by the annotations of its type.

import type { SchemaElement } from "hyparquet/src/types.js";
import { fromHalf } from "../dataset/half.js";
import { InputError } from "../errors.js";
import { asColumn, dateOf, isDate, wholeCells } from "./stored.js";
import type { Cell, Column } from "./types.js";

/** A value as it is stored; null where there is none. */
type Value = number | bigint | boolean | Uint8Array | null;
/** A run of a column. */
export type Stored = ArrayLike<Value>;
/** Cells of a column from its runs. `who` begins messages: "a.parquet: column "age"". */
export type Meaning = (who: string, parts: readonly Stored[]) => Column["values"];

/** A cell of a value that is there. Throws UnreadableCell. */
type ReadCell = (value: Exclude<Value, null>) => Cell;

/** What is wrong with a value, in words that follow the name of its column. */
export class UnreadableCell extends Error {}

const DAY = 86_400_000; // milliseconds
const UNITS = { MILLIS: 1n, MICROS: 1000n, NANOS: 1_000_000n } as const; // of a millisecond
type Unit = keyof typeof UNITS;
const LONGEST = 32; // bytes of a decimal: 76 digits, the most that databases have

/** What a column means; why it cannot be read, where that is so. */
export function meaningOf(element: SchemaElement): Meaning | string {
  const { type, converted_type: old, logical_type: logical } = element;
  const named: string | undefined = logical?.type ?? old;
  const unsigned = (bits: number) =>
    old === `UINT_${bits}` || (logical?.type === "INTEGER" && !logical.isSigned && logical.bitWidth === bits);
  const unit = unitOf(element);
  const isTime = named?.startsWith("TIME_") || named === "TIME";
  const length = element.type_length ?? 0;
  if (named === "DECIMAL" && length <= LONGEST) return cellsBy(decimal(element.scale ?? 0));
  switch (type) {
    case "BOOLEAN":
      return cellsBy((value) => value as boolean);
    case "INT32":
      if (named === "DATE") return cellsBy((value) => checked(new Date(DAY * (value as number))));
      if (isTime) return cellsBy((value) => (value as number) / 1000);
      return cellsBy(unsigned(32) ? (value) => (value as number) >>> 0 : (value) => value as number);
    case "INT64":
      if (isTime) return cellsBy((value) => Number(value) / (1000 * Number(UNITS[unit])));
      if (named?.startsWith("TIMESTAMP")) return cellsBy((value) => momentOf(value as bigint, unit));
      return wholes(unsigned(64));
    case "INT96":
      return cellsBy((value) => momentOf(value as bigint, "NANOS"));
    case "FLOAT":
    case "DOUBLE":
      return cellsBy((value) => value as number);
    case "BYTE_ARRAY":
      if (named === "BSON" || named === "GEOMETRY" || named === "GEOGRAPHY") return `holds ${named.toLowerCase()}`;
      return texts;
    case "FIXED_LEN_BYTE_ARRAY":
      if (named === "FLOAT16" && length === 2) return cellsBy((value) => half(value as Uint8Array));
      return named === "UUID" && length === 16
        ? cellsBy((value) => uuid(value as Uint8Array))
        : `holds ${named?.toLowerCase() ?? "raw bytes"}`;
    default:
      return `holds the type ${type}`;
  }
}

function unitOf({ converted_type: old, logical_type: logical }: SchemaElement): Unit {
  if (logical?.type === "TIMESTAMP" || logical?.type === "TIME") return logical.unit;
  return old?.endsWith("MICROS") ? "MICROS" : "MILLIS";
}

/** Cells, each from its value; a column of numbers without holes as an array of doubles. */
function cellsBy(read: ReadCell): Meaning {
  return (who, parts) => {
    const cells: Cell[] = [];
    for (const part of parts) {
      for (let i = 0; i < part.length; i++) {
        const value = part[i];
        if (value === undefined) throw broken(who, cells.length, "points at nothing; get the file again");
        try {
          cells.push(value === null ? null : read(value));
        } catch (problem) {
          if (!(problem instanceof UnreadableCell)) throw problem;
          throw new UnreadableCell(`${problem.message} in row ${cells.length + 1}`);
        }
      }
    }
    return asColumn(cells);
  };
}

function broken(who: string, row: number, problem: string): InputError {
  return new InputError("E_TABLE", `${who}: row ${row + 1} ${problem}.`);
}

function wholes(unsigned: boolean): Meaning {
  const read = cellsBy((value) => (unsigned ? BigInt.asUintN(64, value as bigint) : (value as bigint)));
  return (who, parts) => asColumn(wholeCells(read(who, parts) as readonly (bigint | null)[]));
}

/** A decimal of so many places: the nearest number, since JavaScript rounds what it reads once. */
const decimal =
  (scale: number): ReadCell =>
  (value) => {
    const whole = value instanceof Uint8Array ? wholeOf(value) : BigInt(value);
    return Number(`${whole}e-${scale}`);
  };

/** A whole number of any width, its highest byte first. */
function wholeOf(bytes: Uint8Array): bigint {
  let whole = 0n;
  for (const byte of bytes) whole = (whole << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, whole);
}

/** The millisecond in which a moment lies. */
const momentOf = (value: bigint, unit: Unit) => checked(dateOf(value, UNITS[unit]));

function checked(date: Date): Date {
  if (!isDate(date)) throw new UnreadableCell("has a date beyond the year 275760");
  return date;
}

const half = (bytes: Uint8Array) => fromHalf(bytes[0]! | (bytes[1]! << 8));

function uuid(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Text; what stands in a dictionary is decoded once. */
const texts: Meaning = (who, parts) => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const known = new Map<unknown, string | null>();
  return cellsBy((value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    try {
      const text = decoder.decode(value as Uint8Array) || null; // empty as in every table
      known.set(value, text);
      return text;
    } catch {
      throw new UnreadableCell("holds bytes that are no text");
    }
  })(who, parts);
};
