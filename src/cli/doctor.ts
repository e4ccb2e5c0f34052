// wasmlp doctor: why a training fares badly, found out by training again with one thing changed at a time; and with --fix
// the command of a training that fares better.

import { basename } from "node:path";
import { type DataSource, isSource } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import { inWords, type Proven, type Report } from "../doctor.js";
import { InputError } from "../errors.js";
import type { Change } from "../history.js";
import { Network } from "../network.js";
import { optionsFor } from "../options/resolve.js";
import { textOf } from "../options/text.js";
import { OPTIONS, type Row } from "../options.js";
import { digits, percent, shellWord } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { networkFor } from "./data.js";
import type { Io } from "./io.js";
import { remarkOnNumerics } from "./numerics.js";
import { flagOf } from "./options.js";
import { chooseFor, isAuto } from "./policy.js";
import { readSets } from "./sets.js";
import { wrap } from "./text.js";
import type { TrainOptions } from "./train.js";

export interface DoctorOptions extends TrainOptions {
  fix?: boolean;
  maxSeconds?: number;
}

const MOST_STEPS = 5; // of --fix: changes one after another

/** A training as it was asked for on the command line: options with their values, and those that were passed. */
interface Asked {
  readonly options: DoctorOptions;
  readonly passed: readonly string[];
}

/** Diagnoses, prints what was found, and returns 0. */
export async function doctor(
  paths: readonly string[],
  options: DoctorOptions,
  passed: readonly string[],
  io: Io,
): Promise<number> {
  const { data, test, validation, remarks } = await readSets(paths, options, null, io);
  for (const remark of remarks) for (const line of wrap(remark, io.columns)) io.err(line);
  await remarkOnNumerics(options, io);
  const sets = { data: inMemory(data), held: test ? inMemory(test) : validation };
  let asked: Asked = { options, passed };
  let report = await diagnose(paths, asked, sets, io);
  tell(report, paths, sets.data, options, io);
  for (let step = 0; options.fix && step < MOST_STEPS; step++) {
    const change = told(report)[0]?.change ?? {};
    if (Object.keys(change).length === 0) break;
    const next = changed(asked, change);
    if (!options.json) io.out("");
    const after = await diagnose(paths, next, sets, io);
    if (!(after.score > (Number.isNaN(report.score) ? Number.NEGATIVE_INFINITY : report.score))) break;
    if (!options.json) {
      say(
        `With ${inWords(change)} the ${named(report)} is ${scored(after, after.score)} instead of ${scored(report, report.score)}.`,
        io,
      );
    }
    [asked, report] = [next, after];
    tell(report, paths, sets.data, options, io, step + 1);
  }
  if (asked.passed !== passed) {
    const command = commandOf(paths, asked);
    if (options.json) io.out(JSON.stringify({ event: "command", command }));
    else {
      io.out("");
      io.out("The command that trains so:");
      io.out(command);
    }
  }
  return 0;
}

function inMemory(data: Dataset | DataSource): Dataset {
  if (!isSource(data)) return data;
  throw new InputError(
    "E_OPTION",
    "doctor: the file is read part by part, and each trial would read it anew; pass a file of some of its rows.",
  );
}

async function diagnose(
  paths: readonly string[],
  { options, passed }: Asked,
  { data, held }: { data: Dataset; held: Dataset | number | undefined },
  io: Io,
): Promise<Report> {
  const chosen = isAuto(paths, options, passed) ? await chooseFor(data, options, passed, { onTrial: () => {} }) : null;
  const network = chosen ? new Network(chosen.network) : networkFor(data, options);
  const { epochs, iterations } = options;
  const own = { ...optionsFor("fit", options), iterations: epochs === undefined ? iterations : undefined };
  const fit: FitOptions = { ...(chosen?.fit ?? own), validation: held };
  const report = await network.diagnose(data, fit, {
    maxSeconds: options.maxSeconds,
    onTrial: (change) => io.live && io.status(change ? `trying ${inWords(change)}` : "training as asked for"),
  });
  io.status("");
  return report;
}

/** The training with a change. */
function changed({ options, passed }: Asked, { layers, ...change }: Change): Asked {
  const own = {
    ...change,
    ...(layers && { layers: layers.slice(0, -1) }),
    ...(change.epochs !== undefined && { iterations: undefined }),
    ...(change.iterations !== undefined && { epochs: undefined }),
    ...(change.standardize && { scaling: undefined }),
  } as Partial<DoctorOptions>;
  const names = Object.keys(own).filter((name) => own[name as keyof typeof own] !== undefined);
  const gone = Object.keys(own).filter((name) => own[name as keyof typeof own] === undefined);
  return {
    options: { ...options, ...own },
    passed: [...new Set([...passed, ...names])].filter((name) => !gone.includes(name)),
  };
}

/** `wasmlp train` with the options that were passed. */
function commandOf(paths: readonly string[], { options, passed }: Asked): string {
  const table = OPTIONS as Readonly<Record<string, Row>>;
  const words = passed.flatMap((name) => {
    const own = (options as unknown as Readonly<Record<string, unknown>>)[name];
    const row = table[name];
    if (!row?.commands?.includes("train") || own === undefined || name === "json") return [];
    if (row.value === undefined) return own === false ? [] : [flagOf(name)];
    return [flagOf(name), shellWord(textOf(own as never) || "none")];
  });
  return ["wasmlp", "train", ...paths.map(shellWord), ...words].join(" ");
}

const NAMES = { accuracy: "accuracy", balancedAccuracy: "balanced accuracy", r2: "R²" } as const;
const named = ({ measure }: Report) => NAMES[measure];
const scored = ({ measure }: Report, score: number) =>
  Number.isNaN(score) ? "no number" : measure === "r2" ? digits(score) : percent(score);

function say(text: string, io: Io): void {
  for (const line of wrap(text, io.columns)) io.out(line);
}

function tell(report: Report, paths: readonly string[], data: Dataset, options: DoctorOptions, io: Io, step = 0): void {
  if (options.json) {
    io.out(JSON.stringify({ event: "report", step, ...report }));
    return;
  }
  const { findings, score, left, trials } = report;
  const causes = told(report);
  if (step === 0) {
    const name = paths[0] === undefined ? "the embedded pictures" : basename(paths[0]);
    say(
      `${name}: ${data.count} examples. As asked for, the training has ${article(report)}${named(report)} of ${scored(report, score)} on examples that are held out.`,
      io,
    );
  }
  for (const finding of causes) describe(finding, report, io);
  if (causes.length === 0) {
    io.out("");
    say(`Nothing is wrong that ${trials.length} trials${trials.length ? "" : " (none were needed)"} could show.`, io);
  }
  const [maybe] = causes.length ? [] : findings;
  if (maybe) say(`Worth a look: ${maybe.code}: ${maybe.message} ${maybe.hint}`, io);
  if (left > 0) say(`${left} trials were left out for want of time; --max-seconds gives more.`, io);
}

/** What is more than possible. */
const told = ({ findings }: Report): Proven[] => findings.filter(({ confidence }) => confidence !== "possible");

const article = ({ measure }: Report) => (measure === "r2" ? "an " : measure === "accuracy" ? "an " : "a ");

function describe({ code, confidence, message, hint, after, before }: Proven, report: Report, io: Io): void {
  io.out("");
  for (const line of wrap(`${code} (${confidence}): ${message}`, io.columns)) io.out(io.style("yellow", line));
  say(`What to do: ${hint}`, io);
  if (Number.isNaN(after)) return;
  say(`Tried: ${named(report)} ${scored(report, after)} instead of ${scored(report, before)}.`, io);
}
