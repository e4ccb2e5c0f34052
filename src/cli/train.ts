// wasmlp train: data in, cost lines and chart out, model and plot saved.

import { basename } from "node:path";
import type { Chosen } from "../auto.js";
import { type DataSource, isSource } from "../dataset/source.js";
import { spreadsOf } from "../dataset/targets.js";
import { baseRateEntropy, classCounts, type Dataset, outputsOf } from "../dataset.js";
import { NotFiniteError } from "../diagnose.js";
import { InputError } from "../errors.js";
import type { Evaluation } from "../evaluate.js";
import type { CostRecord, Diagnosis, History, Progress, Strategy } from "../history.js";
import { Network } from "../network.js";
import { openFile, readModel } from "../node/formats.js";
import { optionsFor } from "../options/resolve.js";
import { costPlot } from "../plot.js";
import { type Encoding, inputNames } from "../table.js";
import { cost, digits, percent } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { costChart } from "./chart.js";
import { refuseLeft, saveCheckpoint, withCheckpoint } from "./checkpoint.js";
import { networkFor, remarkOn } from "./data.js";
import { crossValidate } from "./folds.js";
import type { Io } from "./io.js";
import { checkTargets, keep, type Place, type Target } from "./keep.js";
import { openLog } from "./log.js";
import { strictInWords } from "./numerics.js";
import { chooseFor, commandOf, type Deciding, isAuto } from "./policy.js";
import { progressLine } from "./progress.js";
import { readSets, type SetOptions } from "./sets.js";
import { duration, scaleInWords, scalingInWords, wrap } from "./text.js";

export interface TrainOptions extends Omit<Deciding, "scale" | "encoding" | "validation" | "seed">, SetOptions {
  save?: string;
  plot?: string;
  log?: string;
  from?: string;
  folds?: number;
  newHead?: boolean;
  checkpointTo?: string;
  checkpointEvery?: number;
  checkpointSeconds?: number;
  resume?: boolean;
  json?: boolean;
  quiet?: boolean;
  force?: boolean;
}

/** What is told of a training on numbers to predict, where one on classes tells its accuracy. */
const OF_NUMBERS = ["r2", "rmse"] as const;

/** Test sets up to this size have their predictions in the JSON output. */
const MOST_PREDICTIONS = 1000;

const HEADER = 65_536; // bytes of a model besides its weights, about

/** Exit codes by signal: 128 plus its number. */
const EXIT = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Trains, and returns the exit code: 0, or 128 plus the number of the signal that stopped it. What was learnt is kept,
 * whatever ends the run: results are told before files are written, and each file is written for itself.
 */
export async function train(
  paths: readonly string[],
  options: TrainOptions,
  passed: readonly string[],
  io: Io,
): Promise<number> {
  const { folds } = options;
  if (folds !== undefined) return crossValidate(paths, { ...options, folds }, passed, io);
  const force = options.force ?? false;
  checkResuming(options);
  if (options.checkpointTo !== undefined && !options.resume && !force) await refuseLeft(options.checkpointTo);
  const beside = writtenMeanwhile(options);
  const log = options.log === undefined ? null : openLog(options.log, options.resume ?? false, force);
  await checkTargets([...targetsOf(options), ...beside], paths, force);
  const embedded = paths.length === 0;
  const start = await startOf(options);
  const { data, test, validation, some, remarks } = await readSets(paths, options, start, io);
  for (const remark of remarks) for (const line of wrap(remark, io.columns)) io.err(line);

  const records: CostRecord[] = [];
  let targets: readonly Target[] = []; // until there is something to keep
  const show = reporter(options, io);
  const stop = new AbortController();
  const { signal } = stop;
  const release = onSignals((name) => stop.abort(name));
  let progress: Progress | undefined;
  const finish = async () => {
    await keep(targets, force, (target) => show.saved(target));
    log?.end();
  };
  const { checkpointTo, checkpointEvery, checkpointSeconds, resume } = options;
  const fixed: FitOptions = {
    ...optionsFor("fit", options),
    iterations: options.epochs === undefined ? options.iterations : undefined,
  };
  const fitOn = (network: Network, decided: FitOptions) => (resumeFrom?: Uint8Array) =>
    network.fit(data, {
      ...decided,
      validation,
      ...(data.classes === null && validation !== undefined && { metrics: [...(options.metrics ?? []), "r2"] }),
      ...(checkpointTo !== undefined && {
        checkpoint: {
          ...{ every: checkpointEvery, seconds: checkpointSeconds },
          save: (bytes: Uint8Array) => saveCheckpoint(checkpointTo, bytes),
        },
      }),
      resumeFrom,
      onStart: (strategy) =>
        show.start(network, data, some, test, embedded ? "the embedded pictures" : basename(paths[0]!), strategy),
      signal,
      onCost: (record) => {
        records.push(record);
        log?.add(record);
        show.cost(record);
      },
      onProgress: (now) => {
        progress = now;
        show.progress(now);
      },
      onDiagnosis: (finding) => show.live(finding),
    });
  try {
    const chosen =
      !start && isAuto(paths, options, passed)
        ? await chooseFor(data, options, passed, { signal, onTrial: show.trial })
        : null;
    if (chosen) show.chosen(chosen, commandOf(chosen, paths, options));
    const fresh = () => (chosen ? new Network(chosen.network) : networkFor(some, options));
    const network = start ? continued(start, some, options) : fresh();
    targets = targetsOf(options, network, records);
    await checkTargets([...targets, ...beside], paths, force); // now that their sizes are known
    // without a file to write there is nobody left to train for
    if (targets.length + beside.length === 0) io.lost.addEventListener("abort", () => stop.abort(LOST), { once: true });
    const run = fitOn(network, chosen?.fit ?? fixed);
    const history = resume ? await withCheckpoint(checkpointTo!, run, io) : await run();
    io.status("");
    try {
      const metrics = data.classes === null ? OF_NUMBERS : [];
      const onTrain = await network.evaluate(some, { metrics });
      const onTest = test && (await network.evaluate(test, { metrics }));
      show.end(history, onTrain, onTest, await network.fingerprint());
    } finally {
      await finish();
    }
    return 0;
  } catch (error) {
    io.status("");
    if (error instanceof NotFiniteError) {
      show.failed(error.diagnosis);
      // the weights of the last record are worth a file
      if (error.history.costs.length > 1) await finish();
      throw error;
    }
    if (!signal.aborted || error !== signal.reason) throw error;
    if (error === LOST) return 0;
    show.stopped(progress?.iteration ?? 0);
    await finish();
    return EXIT[error as keyof typeof EXIT];
  } finally {
    release();
  }
}

const LOST = "stdout is gone";

function checkResuming({ checkpointTo, resume }: TrainOptions): void {
  if (checkpointTo !== undefined || !resume) return;
  throw new InputError("E_OPTION", "train: --resume goes on from --checkpoint-to; name that file.");
}

// Checkpoint and log: where they are there, a training that resumes goes on from them.
function writtenMeanwhile({ checkpointTo, log, resume: again = false }: TrainOptions): Place[] {
  return [
    ...(checkpointTo === undefined ? [] : [{ option: "--checkpoint-to", path: checkpointTo, again }]),
    ...(log === undefined ? [] : [{ option: "--log", path: log, again }]),
  ];
}

async function startOf({ from, newHead }: TrainOptions): Promise<Network | null> {
  if (from !== undefined) return readModel(await openFile(from));
  if (newHead) throw new InputError("E_OPTION", "train: --new-head is for --from; name a model.");
  return null;
}

// The network of a model, with other outputs where a new head is wanted.
function continued(start: Network, data: Dataset, { newHead, seed }: TrainOptions): Network {
  if (!newHead) return start;
  return start.withHead([outputsOf(data)], { ...(data.classes === null && { output: "linear" }), seed });
}

function targetsOf(
  { save, plot }: TrainOptions,
  network: Network | null = null,
  records: readonly CostRecord[] = [],
): Target[] {
  const bytes = network ? network.parameters * (network.dtype === "float64" ? 8 : 4) + HEADER : 0;
  const title = `Cost of ${network?.layers.join("-")}`;
  const model = { option: "--save", bytes, dear: true, content: () => network!.save() };
  const curve = { option: "--plot", bytes: 0, dear: false, content: () => costPlot(records, title) };
  return [
    ...(save === undefined ? [] : [{ ...model, path: save }]),
    ...(plot === undefined ? [] : [{ ...curve, path: plot }]),
  ];
}

/**
 * Calls back on the first SIGINT, SIGTERM or SIGHUP; another SIGINT or SIGTERM ends the process at once. A closed
 * terminal may hang up more than once.
 */
function onSignals(stop: (signal: keyof typeof EXIT) => void): () => void {
  let asked = false;
  const listener = (signal: NodeJS.Signals) => {
    const known = signal as keyof typeof EXIT;
    if (asked && known !== "SIGHUP") process.exit(EXIT[known]);
    if (!asked) stop(known);
    asked = true;
  };
  const signals = Object.keys(EXIT) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

interface Reporter {
  trial(trial: number, trials: number): void;
  chosen(chosen: Chosen, command: string): void;
  start(
    network: Network,
    data: Dataset | DataSource,
    some: Dataset,
    test: Dataset | DataSource | null,
    name: string,
    strategy: Strategy,
  ): void;
  cost(record: CostRecord): void;
  progress(progress: Progress): void;
  live(finding: Diagnosis): void;
  end(history: History, train: Evaluation, test: Evaluation | null, weights: string): void;
  failed(finding: Diagnosis): void;
  stopped(iteration: number): void;
  saved(target: Target): void;
}

function reporter(options: TrainOptions, io: Io): Reporter {
  return options.json ? jsonReporter(options, io) : textReporter(options, io);
}

const trialLine = (io: Io) => (trial: number, trials: number) => {
  if (io.live) io.status(`finding the number of epochs: training ${trial} of ${trials}`);
};

function jsonReporter({ quiet }: TrainOptions, io: Io): Reporter {
  const emit = (event: string, fields: object) => io.out(JSON.stringify({ event, ...fields }));
  const told = new Set<string>();
  const tell = (finding: Diagnosis) => {
    if (told.has(finding.code)) return;
    told.add(finding.code);
    emit("diagnosis", finding);
  };
  let sampled = false;
  const result = (evaluation: Evaluation, predictions: boolean) => {
    const { cost, accuracy, metrics } = evaluation;
    if (metrics.r2 !== undefined) return { cost, ...metrics };
    return {
      cost,
      accuracy,
      ...(predictions && evaluation.count <= MOST_PREDICTIONS && { predictions: [...evaluation.predictions] }),
    };
  };
  return {
    trial: trialLine(io),
    chosen({ network, fit, reason }, command) {
      const { signal: _, ...own } = fit;
      if (!quiet) emit("chosen", { network, fit: own, reason, command });
    },
    start({ layers, parameters, dtype, backend }, data, _some, _test, _name, strategy) {
      sampled = isSource(data);
      const { threads, firstLayer, numerics, whyStrict, vectors, whyNarrow } = strategy;
      const why = { ...(whyStrict && { whyStrict }), ...(whyNarrow && { whyNarrow }) };
      const how = { backend, numerics, vectors, ...why, threads, firstLayer };
      if (!quiet) emit("start", { layers, parameters, dtype, ...how });
    },
    cost: (record) => quiet || emit("cost", record),
    progress: (progress) => io.live && io.status(progressLine(progress)),
    live: (finding) => quiet || finding.code === "stuck-at-base-rate" || tell(finding),
    end({ iterations, ended, best, seconds, millisecondsPerIteration, diagnoses }, train, test, weights) {
      diagnoses.forEach(tell);
      emit("end", {
        ...{
          iterations,
          ended,
          best,
          seconds,
          millisecondsPerIteration,
          train: { ...result(train, false), ...(sampled && { sample: train.count }) },
        },
        ...(test && { test: result(test, true) }),
        weights,
      });
    },
    failed: tell,
    stopped: (iterations) => emit("stopped", { iterations }),
    saved: () => {},
  };
}

// Why a training ended before its iterations were done.
function endInWords({ ended, best }: History, { patience, costLimit, timeLimit }: TrainOptions): string | null {
  const at = best && `iteration ${best.iteration}`;
  switch (ended) {
    case "patience":
      return `Ended early: ${patience} records without a better value than that of ${at}, whose weights it has.`;
    case "cost":
      return `Ended early: the cost has reached ${costLimit}.`;
    case "time":
      return `Ended early: its ${timeLimit} s are up.`;
    default:
      return null;
  }
}

// What of a table is predicted from what.
function columnsInWords(encoding: Encoding): string {
  const { features, target } = encoding;
  const from = `${features.length} ${features.length === 1 ? "column" : "columns"} (${inputNames(encoding).length} inputs)`;
  return `${target.names.join(", ")} from ${from}`;
}

function partsInWords({ memory, classes, outputs }: DataSource): string {
  const what =
    classes === null ? `${outputs === 1 ? "a number" : `${outputs} numbers`} to predict` : `${classes.length} classes`;
  return `(${what}), read part by part, ${memory} MiB at a time`;
}

function targetsInWords(data: Dataset): string {
  if (data.classes !== null) {
    const counts = classCounts(data).map((count, c) => `${count} ${data.classes[c]}`);
    const shown = counts.length > 6 ? `${counts.length} classes` : counts.join(", ");
    return `(${shown}), base-rate entropy ${baseRateEntropy(data).toFixed(5)}`;
  }
  const [first, ...more] = spreadsOf(data);
  if (more.length) return `(${data.outputs} numbers to predict)`;
  const [least, most, mean, deviation] = [first!.least, first!.most, first!.mean, first!.deviation].map((v) =>
    digits(v, 4),
  );
  return `(a number to predict, ${least} to ${most}, mean ${mean}, deviation ${deviation})`;
}

function textReporter(options: TrainOptions, io: Io): Reporter {
  const { quiet } = options;
  const records: CostRecord[] = [];
  const describe = (finding: Diagnosis) => {
    io.out("");
    for (const line of wrap(`${finding.code}: ${finding.message}`, io.columns)) io.out(io.style("yellow", line));
    for (const line of wrap(`What to do: ${finding.hint}`, io.columns)) io.out(line);
  };
  let numbers = false; // whether they are what is predicted
  let sampled = false; // whether the training examples are judged by some of them
  const result = (name: string, { cost: value, accuracy, correct, count, metrics: { r2, rmse } }: Evaluation) => {
    const how = numbers
      ? `R² ${r2!.toFixed(4)}  RMSE ${digits(rmse!, 4)} (${count} examples${name === "train" && sampled ? ", a sample" : ""})`
      : `accuracy ${percent(accuracy)} (${correct} of ${count}${name === "train" && sampled ? ", a sample" : ""})`;
    io.out(`${name.padEnd(6)} cost ${cost(value)}  ${how}`);
  };
  return {
    trial: trialLine(io),
    chosen({ reason }, command) {
      if (quiet) return;
      io.out("Chosen from the data, as docs/auto.md tells; the same again:");
      io.out(`  ${command}`); // in one line, to be copied
      if (reason) for (const line of wrap(`${reason}.`, io.columns)) io.out(line);
      io.out("");
    },
    start(network, data, some, test, name, { threads, firstLayer, numerics, whyStrict, vectors, whyNarrow }) {
      numbers = data.classes === null;
      sampled = isSource(data);
      if (quiet) return;
      const scaled = data.scale === 1 ? "" : `, multiplied by ${scaleInWords(data.scale)}`;
      const { validation } = options;
      const held =
        typeof validation === "number" && data.encoding ? ` without ${percent(validation)} to validate on` : "";
      const of = data.encoding
        ? `rows${held}, ${columnsInWords(data.encoding)}`
        : `examples of ${data.shape.join("x")}${scaled}`;
      const first = `Training on ${name}: ${data.count} ${of} ${isSource(data) ? partsInWords(data) : targetsInWords(some)}${test ? `; testing on ${test.count}` : ""}.`;
      for (const line of wrap(first, io.columns)) io.out(line);
      const remark = isSource(data) ? null : remarkOn(some, options.task);
      if (remark) for (const line of wrap(remark, io.columns)) io.out(io.style("yellow", line));
      const { layers, activation, output, parameters, dtype, backend, scaling } = network;
      const kind = `${layers.length > 2 ? `${activation}, ` : ""}${output}`;
      const begun = options.from === undefined ? "" : ` from ${basename(options.from)}`;
      const second = `Network ${layers.join("-")} (${kind})${begun}: ${parameters} parameters, ${dtype}, ${backend}${numerics === "fused" ? " with fused numerics" : ""}${vectors === 256 ? ", vectors of 256 bits" : ""}, ${threads === 1 ? "1 thread" : `${threads} threads`}${firstLayer === "gram" ? ", first layer in Gram form" : ""}${scalingInWords(scaling)}.`;
      for (const line of wrap(second, io.columns)) io.out(line);
      const narrow = `Vectors have 128 bits, not 256: ${whyNarrow}.`;
      if (whyNarrow) for (const line of wrap(narrow, io.columns)) io.out(io.style("yellow", line));
      if (whyStrict) for (const line of wrap(strictInWords(whyStrict), io.columns)) io.out(io.style("yellow", line));
      io.out("");
      io.out(
        io.style(
          "bold",
          `iteration      cost${options.validation ? `  validation cost  ${numbers ? "      R²" : "accuracy"}` : ""}`,
        ),
      );
    },
    cost(record) {
      records.push(record);
      if (quiet) return;
      const { validation } = record;
      const beside = validation
        ? `  ${cost(validation.cost).padStart(15)}  ${(numbers ? validation.metrics!.r2!.toFixed(4) : percent(validation.accuracy)).padStart(8)}`
        : "";
      io.out(`${String(record.iteration).padStart(9)}  ${cost(record.cost)}${beside}`);
    },
    progress: (progress) => !quiet && io.live && io.status(progressLine(progress)),
    live: (finding) => !quiet && io.live && io.err(`${finding.code}: ${finding.hint}`),
    end(history, train, test, weights) {
      const chart = quiet ? [] : costChart(records, Math.min(io.columns, 79));
      if (!quiet) io.out("");
      for (const line of chart) io.out(line);
      if (chart.length) io.out("");
      result("train", train);
      if (test) result("test", test);
      const { iterations, seconds, millisecondsPerIteration } = history;
      const time = `${duration(seconds)}, ${millisecondsPerIteration.toPrecision(3)} ms each`;
      io.out(`${iterations} iterations in ${time}; weights ${weights.replace(/(\w{8})\w*$/, "$1")}`);
      const why = endInWords(history, options);
      if (why) for (const line of wrap(why, io.columns)) io.out(line);
      history.diagnoses.forEach(describe);
    },
    failed: describe,
    stopped(iteration) {
      io.err(`stopped after ${iteration} iterations`);
    },
    saved: ({ option, path }) => io.err(`saved the ${option === "--save" ? "model" : "plot"} to ${path}`),
  };
}
