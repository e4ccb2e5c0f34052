// Checks of single values, for options of every kind. Each throws E_OPTION with what it got and what is wanted.

import { InputError } from "../errors.js";

/** Throws E_OPTION unless `value` is one of `choices`. */
export function checkChoice<T extends string>(who: string, name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new InputError("E_OPTION", `${who}: ${name} is ${JSON.stringify(value)}; use one of ${choices.join(", ")}.`);
}

/** Throws E_OPTION unless `value` is a whole number of at least `least`. */
export function checkWhole(who: string, name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError("E_OPTION", `${who}: ${name} is ${String(value)}; pass a whole number of at least ${least}.`);
}

/** Throws E_OPTION unless `value` is a finite number in [least, most], or above `least` where that is exclusive. */
export function checkNumber(
  who: string,
  name: string,
  value: number,
  { least = 0, most = Number.MAX_VALUE, exclusive = false } = {},
): number {
  const inside = typeof value === "number" && value <= most && (exclusive ? value > least : value >= least);
  if (inside) return value;
  const range = `${exclusive ? "above" : "of at least"} ${least}${most < Number.MAX_VALUE ? ` and at most ${most}` : ""}`;
  throw new InputError("E_OPTION", `${who}: ${name} is ${String(value)}; pass a number ${range}.`);
}
