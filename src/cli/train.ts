// wasmlp train: data in, cost lines and chart out, model and plot saved.

import { basename } from "node:path";
import { baseRateEntropy, checkSameKind, classCounts, type LabelledDataset } from "../dataset.js";
import { NotFiniteError } from "../diagnose.js";
import type { Evaluation } from "../evaluate.js";
import type { CostRecord, Diagnosis, History, Progress, Strategy } from "../history.js";
import type { NetworkOptions } from "../network/options.js";
import { Network } from "../network.js";
import { checkWritable, saveFile } from "../node/files.js";
import { type Names, openFile, readDataset } from "../node/formats.js";
import { optionsFor } from "../options/resolve.js";
import { costPlot } from "../plot.js";
import { cost, percent } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { costChart } from "./chart.js";
import { EMBEDDED } from "./data.js";
import type { Io } from "./io.js";
import { progressLine } from "./progress.js";
import { duration, wrap } from "./text.js";

export interface TrainOptions extends Omit<NetworkOptions, "inputs">, FitOptions, Names {
  save?: string;
  plot?: string;
  json?: boolean;
  quiet?: boolean;
  force?: boolean;
}

/** Test sets up to this size have their predictions in the JSON output. */
const MOST_PREDICTIONS = 1000;

/** Trains, and returns the exit code: 0, or 128 plus the number of the signal that stopped it. */
export async function train(paths: readonly string[], options: TrainOptions, io: Io): Promise<number> {
  const force = options.force ?? false;
  for (const path of [options.save, options.plot]) if (path !== undefined) await checkWritable(path, force);
  const embedded = paths.length === 0;
  const [trainPath, testPath] = embedded ? [EMBEDDED.train, EMBEDDED.test] : paths;
  const data = await readDataset(await openFile(trainPath!), options);
  const test = testPath === undefined ? null : await readDataset(await openFile(testPath), embedded ? {} : options);
  if (test) checkSameKind(data, test);

  const classes = data.classes.length;
  const network = new Network({
    ...optionsFor("network", options),
    inputs: data.features,
    layers: [...options.layers, classes === 2 ? 1 : classes],
  });
  const show = reporter(options, io);

  const stop = new AbortController();
  const release = onSignals((signal) => stop.abort(signal));
  let progress: Progress | undefined;
  const records: CostRecord[] = [];
  const keep = async () => {
    if (options.save !== undefined) await saveFile(options.save, network.save(), { force });
    if (options.plot !== undefined)
      await saveFile(options.plot, costPlot(records, `Cost of ${network.layers.join("-")}`), { force });
  };
  try {
    const history = await network.fit(data, {
      ...optionsFor("fit", options),
      iterations: options.epochs === undefined ? options.iterations : undefined,
      onStart: (strategy) =>
        show.start(network, data, test, embedded ? "the embedded pictures" : basename(trainPath!), strategy),
      signal: stop.signal,
      onCost: (record) => {
        records.push(record);
        show.cost(record);
      },
      onProgress: (now) => {
        progress = now;
        show.progress(now);
      },
      onDiagnosis: (finding) => show.live(finding),
    });
    io.status("");
    const onTrain = await network.evaluate(data);
    const onTest = test && (await network.evaluate(test));
    await keep();
    show.end(history, onTrain, onTest, await network.fingerprint());
    return 0;
  } catch (error) {
    io.status("");
    if (error instanceof NotFiniteError) show.failed(error.diagnosis);
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    await keep();
    show.stopped(progress?.iteration ?? 0);
    return stop.signal.reason === "SIGTERM" ? 143 : 130;
  } finally {
    release();
  }
}

/** Calls back on the first SIGINT or SIGTERM; the second one ends the process at once. */
function onSignals(stop: (signal: NodeJS.Signals) => void): () => void {
  let asked = false;
  const listener = (signal: NodeJS.Signals) => {
    if (asked) process.exit(signal === "SIGTERM" ? 143 : 130);
    asked = true;
    stop(signal);
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}

interface Reporter {
  start(network: Network, data: LabelledDataset, test: LabelledDataset | null, name: string, strategy: Strategy): void;
  cost(record: CostRecord): void;
  progress(progress: Progress): void;
  live(finding: Diagnosis): void;
  end(history: History, train: Evaluation, test: Evaluation | null, weights: string): void;
  failed(finding: Diagnosis): void;
  stopped(iteration: number): void;
}

function reporter(options: TrainOptions, io: Io): Reporter {
  return options.json ? jsonReporter(options, io) : textReporter(options, io);
}

function jsonReporter({ quiet }: TrainOptions, io: Io): Reporter {
  const emit = (event: string, fields: object) => io.out(JSON.stringify({ event, ...fields }));
  const told = new Set<string>();
  const tell = (finding: Diagnosis) => {
    if (told.has(finding.code)) return;
    told.add(finding.code);
    emit("diagnosis", finding);
  };
  const result = (evaluation: Evaluation, predictions: boolean) => {
    const { cost, accuracy } = evaluation;
    return {
      cost,
      accuracy,
      ...(predictions && evaluation.count <= MOST_PREDICTIONS && { predictions: [...evaluation.predictions] }),
    };
  };
  return {
    start({ layers, parameters, dtype, backend }, _data, _test, _name, { threads, firstLayer }) {
      if (!quiet) emit("start", { layers, parameters, dtype, backend, threads, firstLayer });
    },
    cost: (record) => quiet || emit("cost", record),
    progress: (progress) => io.live && io.status(progressLine(progress)),
    live: (finding) => quiet || finding.code === "stuck-at-base-rate" || tell(finding),
    end({ iterations, seconds, millisecondsPerIteration, diagnoses }, train, test, weights) {
      diagnoses.forEach(tell);
      emit("end", {
        ...{ iterations, seconds, millisecondsPerIteration, train: result(train, false) },
        ...(test && { test: result(test, true) }),
        weights,
      });
    },
    failed: tell,
    stopped: (iterations) => emit("stopped", { iterations }),
  };
}

function textReporter({ quiet, save, plot }: TrainOptions, io: Io): Reporter {
  const records: CostRecord[] = [];
  const describe = (finding: Diagnosis) => {
    io.out("");
    for (const line of wrap(`${finding.code}: ${finding.message}`, io.columns)) io.out(io.style("yellow", line));
    for (const line of wrap(`What to do: ${finding.hint}`, io.columns)) io.out(line);
  };
  const saved = () => {
    if (save !== undefined) io.err(`saved the model to ${save}`);
    if (plot !== undefined) io.err(`saved the plot to ${plot}`);
  };
  const result = (name: string, { cost: value, accuracy, correct, count }: Evaluation) =>
    io.out(`${name.padEnd(6)} cost ${cost(value)}  accuracy ${percent(accuracy)} (${correct} of ${count})`);
  return {
    start(network, data, test, name, { threads, firstLayer }) {
      if (quiet) return;
      const counts = classCounts(data).map((count, c) => `${count} ${data.classes[c]}`);
      const shown = counts.length > 6 ? `${counts.length} classes` : counts.join(", ");
      const first = `Training on ${name}: ${data.count} examples of ${data.shape.join("x")} (${shown}), base-rate entropy ${baseRateEntropy(data).toFixed(5)}${test ? `; testing on ${test.count}` : ""}.`;
      for (const line of wrap(first, io.columns)) io.out(line);
      const { layers, activation, output, parameters, dtype, backend } = network;
      const kind = `${layers.length > 2 ? `${activation}, ` : ""}${output}`;
      const second = `Network ${layers.join("-")} (${kind}): ${parameters} parameters, ${dtype}, ${backend}, ${threads === 1 ? "1 thread" : `${threads} threads`}${firstLayer === "gram" ? ", first layer in Gram form" : ""}.`;
      for (const line of wrap(second, io.columns)) io.out(line);
      io.out("");
      io.out(io.style("bold", "iteration      cost"));
    },
    cost(record) {
      records.push(record);
      if (!quiet) io.out(`${String(record.iteration).padStart(9)}  ${cost(record.cost)}`);
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
      io.out(`${iterations} iterations in ${time}; weights ${weights.slice(0, 8)}`);
      history.diagnoses.forEach(describe);
      saved();
    },
    failed: describe,
    stopped(iteration) {
      io.err(`stopped after ${iteration} iterations`);
      saved();
    },
  };
}
