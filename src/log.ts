// Records of a training as text for other programs: CSV, JSON lines. One record is one line, so that a log may be
// written while the training goes. TensorBoard's form is tensorboard.ts's; where a log is written is cli/log.ts's.

import type { CostRecord, History } from "./history.js";

/** The numbers of a record by name: cost, learningRate, accuracy, metrics, and the same as "validation/cost", … */
export function scalarsOf({ cost, learningRate, accuracy, metrics, validation }: CostRecord): [string, number][] {
  const all = { cost, learningRate, ...(accuracy !== undefined && { accuracy }), ...metrics };
  const { metrics: more, ...held } = validation ?? {};
  const apart = Object.entries({ ...held, ...more }).map(([name, value]) => [`validation/${name}`, value] as const);
  return [...Object.entries(all), ...apart] as [string, number][];
}

/** The first line of a CSV file: iteration, epoch and the names of the record's numbers. */
export const csvHead = (record: CostRecord): string =>
  `${["iteration", "epoch", ...scalarsOf(record).map(([name]) => name)].join()}\n`;

/** A line of a CSV file, every number in full. */
export const csvLine = (record: CostRecord): string =>
  `${[record.iteration, record.epoch, ...scalarsOf(record).map(([, value]) => value)].join()}\n`;

/** A record as a line of JSON, with null for what is not finite. */
export const jsonLine = (record: CostRecord): string => `${JSON.stringify(record)}\n`;

/**
 * The records of a training as CSV (RFC 4180 but for line ends of \n): a head, then a line for each record. "" where
 * there is none.
 */
export const historyToCsv = ({ costs }: Pick<History, "costs">): string =>
  costs.map((record, i) => (i === 0 ? csvHead(record) : "") + csvLine(record)).join("");

/** The records of a training as JSON lines: an object a line, null for what is not finite. */
export const historyToJsonLines = ({ costs }: Pick<History, "costs">): string => costs.map(jsonLine).join("");
