// Refusals in the page's words: nobody has called anything there, or passed options.

import { InputError } from "../../src/index.js";

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(createTableDataset|splitTable|readPictures|split): /, ""],
  [/; mend or leave out what is .*$/, "; mend it, or do not use it."],
  [
    /; name them with .*, on the command line with (.*)\.$/,
    "; the page goes by names like x and y: rename them in the file, or train on it with the command wasmlp train and $1.",
  ],
];

/** The error as it is said on the page. */
export function onPage(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  const message = WORDS.reduce((text, [theirs, ours]) => text.replace(theirs, ours), error.message);
  return new InputError(error.code, message, { cause: error });
}

/** Does work whose failures are said in the page's words. */
export function saidOnPage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw onPage(error);
  }
}

/** The same for work that takes its time. */
export async function saidOnPageLater<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw onPage(error);
  }
}
