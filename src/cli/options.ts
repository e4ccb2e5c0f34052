// Values of options, from text. Each parser throws commander's InvalidArgumentError with what was wanted.

import { InvalidArgumentError } from "commander";
import type { Init } from "../catalogue.js";

/** A whole number of at least `least`. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= Number.MAX_SAFE_INTEGER) return value;
    throw new InvalidArgumentError(`Pass a whole number of at least ${least}.`);
  };
}

/** A port's number. */
export function port(text: string): number {
  const value = whole(0)(text);
  if (value < 65536) return value;
  throw new InvalidArgumentError("Pass a whole number from 0 to 65535.");
}

/** A number above 0. */
export function positive(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Pass a number above 0.");
}

/** A whole number that fits a seed. */
export function seed(text: string): number {
  const value = whole(0)(text);
  if (value < 2 ** 32) return value;
  throw new InvalidArgumentError("Pass a whole number from 0 to 4294967295.");
}

/** Hidden widths: "20,7,5", or "none". */
export function widths(text: string): number[] {
  if (text === "none") return [];
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => /^[1-9]\d{0,6}$/.test(part))) return parts.map(Number);
  throw new InvalidArgumentError('Pass widths such as 20,7,5, or "none" for no hidden layer.');
}

/** lecun, he, glorot or a standard deviation. */
export function init(text: string): Init {
  if (text === "lecun" || text === "he" || text === "glorot") return text;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Pass lecun, he, glorot, or a standard deviation such as 0.01.");
}

/** A number of examples, or full. */
export function batchSize(text: string): number | "full" {
  if (text === "full") return "full";
  try {
    return whole(1)(text);
  } catch {
    throw new InvalidArgumentError('Pass a whole number of at least 1, or "full".');
  }
}

/** "auto", or a number of threads. */
export function threads(text: string): number | "auto" {
  return text === "auto" ? text : whole(1)(text);
}
