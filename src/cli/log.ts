// The log of a training in a file, written record by record, so that a run that is killed leaves its lines. A disk that
// takes no more ends the log and not the training; that is told at the end.

import { appendFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { InputError } from "../errors.js";
import type { CostRecord } from "../history.js";
import { csvHead, csvLine, jsonLine } from "../log.js";
import { eventHead, eventOf } from "../tensorboard.js";

interface Format {
  /** What the file begins with. */
  head(record: CostRecord): string | Uint8Array;
  line(record: CostRecord): string | Uint8Array;
}

const json: Format = { head: () => "", line: jsonLine };
const now = () => Date.now() / 1000;
const FORMATS: Readonly<Record<string, Format>> = {
  ".csv": { head: csvHead, line: csvLine },
  ".jsonl": json,
  ".json": json,
  ".tfevents": { head: () => eventHead(now()), line: (record) => eventOf(record, now()) },
};

export interface Log {
  add(record: CostRecord): void;
  /** Throws E_FILE_WRITE where a record could not be written. */
  end(): void;
}

/**
 * A log at `path`: after what is there, where it goes on `again`; in its place with `force`. The file begins with the
 * first record. Throws E_OPTION for an ending that no format has.
 */
export function openLog(path: string, again: boolean, force: boolean): Log {
  const format = FORMATS[extname(path)];
  if (!format) {
    const endings = Object.keys(FORMATS).join(", ");
    throw new InputError("E_OPTION", `--log is "${path}"; name a file that ends in one of ${endings}.`);
  }
  let begun = again && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  let failure: InputError | null = null;
  return {
    add(record) {
      if (failure) return;
      try {
        if (!begun) appendFileSync(path, format.head(record), { flag: again || force ? "w" : "wx" });
        begun = true;
        appendFileSync(path, format.line(record));
      } catch (cause) {
        const why = (cause as NodeJS.ErrnoException).code;
        failure = new InputError(
          "E_FILE_WRITE",
          `cannot write the log "${path}" (${why}); it ends before this record.`,
          {
            cause,
          },
        );
      }
    },
    end() {
      if (failure) throw failure;
    },
  };
}
