// What values an option may have: a closed union of types, each also in words. Whether a value is of a type is
// check.ts's, how text becomes one text.ts's.

/** Numbers from `least` to `most`, above `above`, below `below`; whole ones where `whole`, none of them `but`. */
export interface Range {
  readonly whole?: boolean;
  readonly but?: number;
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  readonly below?: number;
  /** Only these. */
  readonly among?: readonly number[];
}

/** What code may pass besides a word or a number. */
export interface Also {
  /** In words. */
  readonly what: string;
  readonly holds: (value: unknown) => boolean;
  /** What is wrong with a value that was meant to be such, and what to do; null where it was not. */
  readonly wrong?: (value: unknown) => string | null;
}

export type Type =
  /** A word, or a number where there is a range. */
  | {
      readonly is: "value";
      readonly words: readonly string[];
      readonly range: Range | null;
      readonly also?: Also;
    }
  /** Numbers; as text with commas, "" and "none" for no number. */
  | { readonly is: "list"; readonly range: Range; readonly example: string }
  /** Widths of layers, or objects that say more of one. */
  | { readonly is: "layers"; readonly range: Range; readonly example: string }
  | { readonly is: "flag" }
  | { readonly is: "text" }
  /** Some of these words; as text with commas. */
  | { readonly is: "words"; readonly words: readonly string[] }
  | { readonly is: "names" }
  | { readonly is: "function" }
  /** What only code can pass, in words, and how it is known; and words that a command can pass in its place. */
  | {
      readonly is: "object";
      readonly what: string;
      readonly holds: (value: unknown) => boolean;
      readonly words: readonly string[];
    };

export const choice = (words: readonly string[]): Type => ({ is: "value", words, range: null });
export const number = (range: Range): Type & { is: "value" } => ({ is: "value", words: [], range });
export const either = (words: readonly string[], range: Range): Type & { is: "value" } => ({
  is: "value",
  words,
  range,
});
export const alsoInCode = (
  type: Type & { is: "value" },
  what: string,
  holds: Also["holds"],
  wrong?: Also["wrong"],
): Type => ({
  ...type,
  also: { what, holds, ...(wrong && { wrong }) },
});
export const list = (range: Range, example: string): Type => ({ is: "list", range, example });
export const layers = (range: Range, example: string): Type => ({ is: "layers", range, example });
export const flag: Type = { is: "flag" };
export const text: Type = { is: "text" };
export const someOf = (words: readonly string[]): Type => ({ is: "words", words });
export const names: Type = { is: "names" };
export const callback: Type = { is: "function" };
export const object = (
  what: string,
  holds: (value: unknown) => boolean = (value) => typeof value === "object" && value !== null,
  words: readonly string[] = [],
): Type => ({
  ...{ is: "object", what, holds, words },
});
/** Also one of another realm. */
export const signal: Type = object(
  "an AbortSignal",
  (value) => typeof (value as AbortSignal)?.aborted === "boolean" && "addEventListener" in (value as AbortSignal),
);

export const whole = (least: number, most?: number): Range => ({
  ...{ whole: true, least },
  ...(most !== undefined && { most }),
});

/** The values in words that follow "pass": "a whole number of at least 1". */
export function describe(type: Type): string {
  switch (type.is) {
    case "value":
      if (type.range === null) return `one of ${type.words.join(", ")}`;
      return [
        ...(type.words.length ? [type.words.join(", ")] : []),
        ...[describeRange(type.range), ...(type.also ? [type.also.what] : [])],
      ].join(" or ");
    case "list":
      return `${describeRange(type.range).replace("a whole number", "whole numbers")}, such as ${type.example}`;
    case "layers":
      return `${describeRange(type.range).replace("a whole number", "whole numbers")}, such as ${type.example}, or objects such as { units: 20, activation: "tanh" }`;
    case "flag":
      return "true or false";
    case "text":
      return "text";
    case "words":
      return `some of ${type.words.join(", ")}`;
    case "names":
      return "a list of names";
    case "function":
      return "a function";
    case "object":
      return type.words.length ? `one of ${type.words.join(", ")}, or ${type.what}` : type.what;
    default:
      return type satisfies never;
  }
}

function describeRange(range: Range): string {
  const { whole, but, least = 0, above, most, below } = range;
  const noun = whole ? "a whole number" : "a number";
  if (range.among) return `one of ${range.among.join(", ")}`;
  if (Object.keys(range).length === 0) return "a finite number";
  if (but !== undefined) return `a finite number other than ${but}`;
  if (above !== undefined) return `${noun} above ${above}${most === undefined ? "" : ` and at most ${most}`}`;
  if (most !== undefined) return `${noun} from ${least} to ${most}`;
  return `${noun} of at least ${least}${below === undefined ? "" : ` and below ${below}`}`;
}
