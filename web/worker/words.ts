// Sentences in the page's words: nobody has called anything there, or passed options.

import { InputError } from "../../src/index.js";

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(createTableDataset|splitTable|readPictures|split): /, ""],
  [/; --task classification reads them as classes\.$/, "; “The labels are” above says otherwise."],
  [
    /; for numbers to predict (use createDataset with regression: true|pass task "regression")\.$/,
    "; as numbers they can be predicted.",
  ],
  [/; mend or leave out what is .*$/, "; mend it, or do not use it."],
  [
    /; name them with .*, on the command line with (.*)\.$/,
    "; the page goes by names like x and y: rename them in the file, or train on it with the command wasmlp train and $1.",
  ],
];

/** A sentence as it is said on the page. */
export const inPageWords = (sentence: string): string =>
  WORDS.reduce((text, [theirs, ours]) => text.replace(theirs, ours), sentence);

function onPage(error: unknown): unknown {
  return error instanceof InputError ? new InputError(error.code, inPageWords(error.message), { cause: error }) : error;
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
