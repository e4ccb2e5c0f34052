// Whether a file is text, before it is read as a table.

import { recognise } from "../dataset/formats.js";
import { InputError } from "../errors.js";
import { decodeText } from "./text.js";

const TEXTS: readonly string[] = ["text", "json"];
const MOST_TEXT = 2 ** 29 - 24; // letters that a text of V8 has at most

/** The text of a file. Throws E_TABLE for one that is known as something else, E_TOO_LARGE for
 * more than a text can hold; `wanted` is what to pass instead. */
export function checkText(who: string, bytes: Uint8Array, wanted: string): string {
  const { name, called } = recognise(bytes);
  if (!TEXTS.includes(name)) throw new InputError("E_TABLE", `${who} is ${called}; pass ${wanted}.`);
  if (bytes.length > MOST_TEXT) {
    throw new InputError(
      "E_TOO_LARGE",
      `${who} has ${bytes.length} bytes, the limit is ${MOST_TEXT}; pass a part of it.`,
    );
  }
  return decodeText(bytes);
}
