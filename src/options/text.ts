// Values of options from text and as text, for the command line and the page.

import { accepts, remedy } from "./check.js";
import { describe, type Range, type Type } from "./type.js";

/** Thrown for text that is not a value of its type. The message says what would be: "a number above 0". */
export class TextError extends Error {
  constructor(
    message: string,
    /** What to do, to the end of a sentence: "pass a number above 0." */
    readonly remedy = `pass ${message}.`,
  ) {
    super(message);
  }
}

/** The value that `text` writes. Throws TextError. */
export function parseText(type: Type, text: string): unknown {
  const value = read(type, text);
  if (accepts(type, value)) return value;
  throw new TextError(describe(type), remedy(type, type.is === "words" ? value : text.trim()));
}

/** What parseText reads as `value`. */
export function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function read(type: Type, text: string): unknown {
  const trimmed = text.trim();
  switch (type.is) {
    case "value":
      return type.range === null || type.words.includes(trimmed) ? trimmed : toNumber(type.range, trimmed);
    case "list":
    case "layers":
      if (trimmed === "" || trimmed === "none") return [];
      return trimmed.split(/\s*[,-]\s*|\s+/).map((part) => toNumber(type.range, part));
    case "flag":
      return trimmed === "true" ? true : trimmed === "false" ? false : undefined;
    case "text":
      return text;
    case "names":
    case "words":
      return trimmed.split(/\s*,\s*/);
    case "object":
      return type.words.includes(trimmed) ? trimmed : undefined;
    default:
      return undefined; // has no text
  }
}

// A number that need not be whole may be a fraction, such as 1/255.
function toNumber({ whole }: Range, text: string): number {
  if (whole) return /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const [above, below = "1", ...more] = text.split("/");
  if (more.length || !/\S/.test(above!) || !/\S/.test(below)) return Number.NaN;
  return Number(above) / Number(below);
}
