// Whether a file is text, before it is read as a table.

import { recognise } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import { decodeText } from "./text.js";

const TEXTS: readonly string[] = ["text", "json"];

/** The text of a file. Throws E_TABLE for one that is known as something else; `wanted` is what to pass instead. */
export function checkText(who: string, bytes: Uint8Array, wanted: string): string {
  const { name, called } = recognise(bytes);
  if (!TEXTS.includes(name)) throw new InputError("E_TABLE", `${who} is ${called}; pass ${wanted}.`);
  return decodeText(bytes);
}
