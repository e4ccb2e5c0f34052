// Whether a value is of an option's type. Knows types alone; which options there are is options.ts's.

import { InputError } from "../errors.js";
import { nearest } from "../text.js";
import { choice, describe, number, type Range, type Type, whole } from "./type.js";

/** Throws E_OPTION unless `value` is of `type`: who, which option, what it got, what to pass. */
export function check(who: string, name: string, type: Type, value: unknown): void {
  if (accepts(type, value)) return;
  const own = type.is === "value" ? type.also?.wrong?.(value) : null;
  if (own) throw new InputError("E_OPTION", `${who}: ${name} ${own}`);
  throw new InputError("E_OPTION", `${who}: ${name} is ${show(value)}; ${remedy(type, value)}`);
}

/** What to do about a value that is not of `type`, to the end of the sentence: what was probably meant, else all there is. */
export function remedy(type: Type, value: unknown): string {
  if (type.is === "words" && typeof value === "string") {
    return `pass a list, such as [${show(nearest(value, type.words) ?? type.words[0])}].`;
  }
  const meant = meantBy(type, value);
  if (meant !== undefined) return `did you mean ${show(meant)}?`;
  return `pass ${describe(type)}.`;
}

// The value of `type` whose words are nearest to those of `value`.
function meantBy(type: Type, value: unknown): unknown {
  const words = type.is === "value" || type.is === "words" || type.is === "object" ? type.words : [];
  const wordOf = (one: unknown) => (typeof one === "string" && one !== "" ? nearest(one, words) : undefined);
  if (type.is !== "words") return wordOf(value);
  if (!Array.isArray(value)) return undefined;
  const meant = value.map((one) => wordOf(one));
  return meant.length === 0 || meant.includes(undefined) ? undefined : meant;
}

/** Throws E_OPTION unless `options` is an object. */
export function checkObject(who: string, options: unknown): asserts options is object {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new InputError("E_OPTION", `${who}: the options are ${show(options)}; pass an object.`);
}

/**
 * Throws E_OPTION unless `options` is an object whose names are all in `types`, and every value that is not undefined is
 * of its type. An unknown name is told with the known one that was probably meant.
 */
export function checkOptions(who: string, types: Readonly<Record<string, Type>>, options: unknown): void {
  checkObject(who, options);
  for (const [name, value] of Object.entries(options)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (!type) {
      const known = Object.keys(types);
      const meant = nearest(name, known);
      const instead = meant === undefined ? `pass some of ${known.join(", ")}` : `did you mean ${meant}?`;
      throw new InputError(
        "E_OPTION",
        `${who}: ${show(name)} is no option; ${instead}${meant === undefined ? "." : ""}`,
      );
    }
    if (value !== undefined) check(who, name, type, value);
  }
}

/** Whether `value` is of `type`. */
export function accepts(type: Type, value: unknown): boolean {
  switch (type.is) {
    case "value":
      if (type.words.includes(value as string) || type.also?.holds(value)) return true;
      return type.range !== null && lies(type.range, value);
    case "list":
      return Array.isArray(value) && Array.from(value).every((item) => lies(type.range, item)); // holes count
    case "layers":
      return Array.isArray(value) && Array.from(value).every((item) => lies(type.range, unitsOf(item)));
    case "flag":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string";
    case "words":
      return Array.isArray(value) && Array.from(value).every((item) => type.words.includes(item));
    case "names":
      return Array.isArray(value) && Array.from(value).every((item) => typeof item === "string");
    case "function":
      return typeof value === "function";
    case "object":
      return type.words.includes(value as string) || type.holds(value);
    default:
      return type satisfies never;
  }
}

/** Units of a layer, which is their number or an object with it; undefined for anything else. */
export function unitsOf(layer: unknown): unknown {
  return typeof layer === "object" && layer !== null && "units" in layer ? layer.units : layer;
}

function lies({ whole, but, least, above, most, below, among }: Range, value: unknown): boolean {
  if (typeof value !== "number" || !(whole ? Number.isSafeInteger(value) : Number.isFinite(value))) return false;
  if (value === but || among?.includes(value) === false) return false;
  if ((least !== undefined && value < least) || (most !== undefined && value > most)) return false;
  return (above === undefined || value > above) && (below === undefined || value < below);
}

const SHOWN = 60; // characters of a text
const ITEMS = 8; // of a list

/** A value as a message shows it, whatever it is: text in quotes, so that "1" and 1 differ. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  }
  if (Array.isArray(value)) {
    const items = Array.from(value.slice(0, ITEMS), (item) => (Array.isArray(item) ? "[…]" : show(item)));
    return `[${[...items, ...(value.length > ITEMS ? ["…"] : [])].join(", ")}]`;
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Throws E_OPTION unless `value` is one of `choices`. */
export function checkChoice<T extends string>(who: string, name: string, value: T, choices: readonly T[]): T {
  check(who, name, choice(choices), value);
  return value;
}

/** Throws E_OPTION unless `value` is a whole number of at least `least`. */
export function checkWhole(who: string, name: string, value: number, least: number): number {
  check(who, name, number(whole(least)), value);
  return value;
}
