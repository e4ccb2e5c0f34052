// Runs the clinic's trainings and judges what is found: by history.diagnoses, or by an experimenting doctor. Through the
// package as it is built, as its users have it.

import { createDataset, type Dataset, type Diagnosis, type History, InputError, Network } from "wasmlp";
import type { FitOptions, LayerWeights } from "../../src/index.js";
import { OPTIONS } from "../../src/options.js";
import { Random } from "../../src/random.js";
import { type Case, controlOf, type Training, trainingOf } from "./cases.js";
import { type Data, list, type Part, type Row } from "./data.js";
import { type Context, type Finding, hasSameCost, isNamedBy } from "./kinds.js";
import type { SetName } from "./sets.js";

/** What runs trials. */
export type Doctor = (
  network: Network,
  train: Dataset,
  options: FitOptions & { validation: Dataset; maxSeconds?: number },
) => Promise<{ readonly findings: readonly Found[] }>;

/** The package's. */
export const experimenting: Doctor = (network, train, { maxSeconds, ...fit }) =>
  network.diagnose(train, fit, { maxSeconds });

export interface Judging {
  readonly seed: number;
  readonly doctor: Doctor | null;
  /** Seconds that the doctor may take for a case. */
  readonly maxSeconds?: number | undefined;
}

/** What a training came to. */
export interface Outcome {
  readonly findings: readonly Finding[];
  /** Code of the error that it ended in. */
  readonly error: string | null;
  /** Score and cost on the test; NaN where there are none. */
  readonly score: number;
  readonly cost: number;
}

export type Verdict = "first" | "named" | "silent" | "wrong" | "clean" | "false alarm";

export interface Result {
  readonly kind: Case["kind"];
  readonly set: SetName;
  readonly name: string;
  readonly part: string;
  readonly codes: readonly string[];
  readonly message: string;
  readonly error: string | null;
  readonly score: number;
  readonly cost: number;
  /** The control's; of a healthy run, the recipe's. */
  readonly controlScore: number;
  readonly controlCost: number;
  readonly harmful: boolean;
  readonly verdict: Verdict;
  /** What the first finding advises, the score after it, and whether half of what was lost came back. */
  readonly advice: { readonly change: object; readonly score: number; readonly helps: boolean | null } | null;
  readonly seconds: number;
}

export const LOST = 0.02; // of the score: what counts as harm
const COSTLIER = 3; // times the control's cost
/** Seeds of the parts differ, whatever seed is asked for. */
const PARTS = { tune: 0, held: 1000 } as const;

const drawn = new Map<Training["source"], Map<number, Promise<Data>>>();
// What a source draws of a seed; kept for the next case.
function dataOf(source: Training["source"], seed: number): Promise<Data> {
  const bySeed = drawn.get(source) ?? new Map<number, Promise<Data>>();
  drawn.set(source, bySeed);
  if (!bySeed.has(seed)) bySeed.set(seed, Promise.resolve(source(seed)));
  return bySeed.get(seed)!;
}

export async function faultyData({ source, faults }: Training, seed: number): Promise<Data> {
  const random = new Random(seed + 77);
  return faults.reduce((data, fault) => fault(data, random), await dataOf(source, seed));
}

/** A data set of one part. */
export function datasetOf({ x, y }: Part, { bytes, regression = false, scale }: Data): Dataset {
  const shared = { y: y as never, regression, ...(scale !== undefined && { scale }) };
  if (bytes && x.every((row) => row instanceof Uint8Array))
    return createDataset({ x: joined(x), shape: bytes, ...shared });
  return createDataset({ x: x.map(list), ...shared });
}

function joined(rows: readonly Row[]): Uint8Array {
  const { length } = rows[0]!;
  const all = new Uint8Array(rows.length * length);
  for (const [i, row] of rows.entries()) all.set(row, i * length);
  return all;
}

export function networkOf({ layers, net, outputs, weights }: Training, train: Dataset, seed: number): Network {
  const usual = train.classes === null ? train.outputs : train.classes.length === 2 ? 1 : train.classes.length;
  const network = new Network({ seed, ...net, inputs: train.features, layers: [...layers, outputs ?? usual] });
  if (weights) {
    const own = network.weights as LayerWeights[];
    weights(own, new Random(seed + 5));
    network.weights = own;
  }
  return network;
}

/** R² over the outputs; for targets that are rounded labels, the share that rounds to them. */
function scoreOfNumbers({ y, count }: Dataset, answers: ArrayLike<number>, rounded: boolean): number {
  const outputs = y.length / count;
  if (rounded) return Array.from(y).filter((label, i) => Math.round(answers[i]!) === label).length / y.length;
  const scores: number[] = [];
  for (let j = 0; j < outputs; j++) {
    let [mean, rest, total] = [0, 0, 0];
    for (let i = 0; i < count; i++) mean += y[i * outputs + j]! / count;
    for (let i = 0; i < count; i++) {
      rest += (y[i * outputs + j]! - answers[i * outputs + j]!) ** 2;
      total += (y[i * outputs + j]! - mean) ** 2;
    }
    if (total > 0) scores.push(1 - rest / total);
  }
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

async function scoreOf(network: Network, test: Dataset, { balanced, rounded }: Training) {
  const { accuracy, confusion, cost } = await network.evaluate(test);
  if (test.classes === null) {
    return { score: scoreOfNumbers(test, await network.predict(test), rounded ?? false), cost };
  }
  if (!balanced || !confusion) return { score: accuracy, cost };
  const shares = confusion
    .map((row, c) => row[c]! / row.reduce((sum, count) => sum + count, 0))
    .filter((share) => !Number.isNaN(share));
  return { score: shares.reduce((sum, share) => sum + share, 0) / shares.length, cost };
}

/** What a finding has to have: of today's, and of a doctor's. */
type Found = Omit<Finding, "change"> & { readonly change: object };

const plain = ({ code, message, hint, change, confidence }: Found): Finding => ({
  ...{ code, message, hint, change: { ...change } },
  ...(confidence !== undefined && { confidence }),
});

/** What a refusal or an end in NaN says, as findings. */
function findingsOf(error: InputError): Finding[] {
  const { history, diagnosis } = error as { history?: History; diagnosis?: Diagnosis };
  const found = history?.diagnoses ?? (diagnosis ? [diagnosis] : []);
  if (found.length) return found.map(plain);
  return [{ code: error.code, message: error.message, hint: "", change: {} }];
}

/** One training, and what is said of it. The doctor sees a network of its own, before its training. */
export async function train(what: Training, { seed, doctor, maxSeconds }: Judging): Promise<Outcome> {
  let score = Number.NaN;
  let cost = Number.NaN;
  try {
    const data = await faultyData(what, seed);
    const training = datasetOf(data.train, data);
    const test = datasetOf(data.test, data.testScale === undefined ? data : { ...data, scale: data.testScale });
    const network = await begin(what, training, seed);
    const options = { threads: 1, ...what.fit, validation: test };
    try {
      const { diagnoses } = await network.fit(training, options);
      ({ score, cost } = await scoreOf(network, test, what));
      if (!doctor) return { findings: diagnoses.map(plain), error: null, score, cost };
    } catch (error) {
      if (!doctor || !(error instanceof InputError)) throw error;
    } finally {
      network.dispose();
    }
    const patient = await begin(what, training, seed);
    const { findings } = await doctor(patient, training, {
      ...options,
      ...(maxSeconds !== undefined && { maxSeconds }),
    });
    patient.dispose();
    return { findings: findings.map(plain), error: null, score, cost };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { findings: findingsOf(error), error: error.code, score, cost };
  }
}

// A network as it is before the training that counts.
async function begin(what: Training, training: Dataset, seed: number): Promise<Network> {
  const network = networkOf(what, training, seed);
  if (!what.warm) return network;
  const { iterations: _, epochs: __, ...rest } = what.fit;
  await network.fit(training, { threads: 1, ...rest, learningRate: what.warmRate, ...what.warm });
  return network;
}

/** The training with what is advised. */
export function follow(what: Training, change: Readonly<Record<string, unknown>>): Training {
  const { scale, layers, learningRate: _, ...others } = change;
  const goes = (call: "network" | "fit") =>
    Object.entries(others).filter(([name]) => {
      const row = OPTIONS[name as keyof typeof OPTIONS] as { code?: readonly string[] } | undefined;
      return name !== "scale" && row?.code?.includes(call) && !(name === "seed" && call === "network");
    });
  const { iterations, epochs, ...rest } = what.fit;
  const fit = Object.fromEntries(goes("fit")) as FitOptions;
  const length = fit.iterations === undefined && fit.epochs === undefined ? { iterations, epochs } : {};
  const { weights, ...without } = what;
  return {
    ...without,
    ...(weights && change.init === undefined && { weights }),
    // the output layer's width is among the layers that are advised
    ...(Array.isArray(layers) && { layers: layers.slice(0, -1), outputs: layers[layers.length - 1] }),
    net: { ...what.net, ...Object.fromEntries(goes("network")) },
    fit: Object.fromEntries(
      Object.entries({
        ...rest,
        ...length,
        ...fit,
        ...(change.learningRate !== undefined && { learningRate: change.learningRate }),
      }).filter(([, value]) => value !== undefined),
    ) as FitOptions,
    ...(scale !== undefined && {
      faults: [
        ...what.faults,
        (data: Data) => ({
          ...data,
          scale: scale as number,
          ...(data.testScale !== undefined && { testScale: scale as number }),
        }),
      ],
    }),
  };
}

const rateOf = ({ fit }: Training) => fit.learningRate ?? Number.NaN;

function verdictOf(one: Case, what: Training, findings: readonly Finding[]): Verdict {
  const { kind, allow } = one;
  if (kind === "healthy") {
    const alarms = findings.filter(({ code, confidence }) => confidence !== "possible" && !allow.includes(code));
    return alarms.length ? "false alarm" : "clean";
  }
  const context: Context = { fit: what.fit, rate: rateOf(what) };
  const at = findings.findIndex((finding) => isNamedBy(kind, finding, context));
  if (at >= 0) return at === 0 ? "first" : "named";
  return findings.length ? "wrong" : "silent";
}

export function isHarm(one: Case, { score, cost }: Outcome, control: Outcome): boolean {
  const { kind, flatters } = one;
  if (kind === "healthy") return control.score - score >= LOST;
  if (flatters) return score - control.score >= LOST;
  return !(control.score - score < LOST) || (hasSameCost(kind) && cost > COSTLIER * control.cost);
}

const controls = new Map<string, Promise<Outcome>>();
/** What a training without the fault comes to; kept for the next case with the same. */
function controlFor(one: Case, judging: Judging): Promise<Outcome> {
  const { set, base, name, kind } = one;
  const balanced = one.fault.balanced ?? base.balanced;
  const key = Object.keys(base).length ? `${set} ${kind} ${name}` : `${set} ${balanced}`;
  const seed = judging.seed;
  if (!controls.has(key)) {
    const what = { ...controlOf(one), ...(balanced !== undefined && { balanced }) };
    controls.set(key, train(what, { seed, doctor: null }));
  }
  return controls.get(key)!;
}

/** Runs a case and its control, judges what is said of it, and does what is advised first. */
export async function judge(one: Case, asked: Judging): Promise<Result> {
  const judging = { ...asked, seed: asked.seed + PARTS[one.part] };
  const what = trainingOf(one);
  const start = performance.now();
  const outcome = await train(what, judging);
  const seconds = (performance.now() - start) / 1000;
  const { findings, error, score, cost } = outcome;
  const control = await controlFor(one, judging);
  const harmful = isHarm(one, outcome, control);
  const verdict = verdictOf(one, what, findings);
  const change = findings[0]?.change ?? {};
  const ill = one.kind !== "healthy";
  let advice: Result["advice"] = null;
  if (ill && Object.keys(change).length) {
    const after = (await train(follow(what, change), { ...judging, doctor: null })).score;
    const lost = control.score - (Number.isNaN(score) ? control.score - 2 * 0.1 : score);
    const gained = Number.isNaN(score) ? after >= control.score - 0.1 : after - score >= lost / 2;
    advice = { change, score: after, helps: harmful && lost >= LOST ? gained : null };
  }
  return {
    ...{ kind: one.kind, set: one.set, name: one.name, part: one.part, error, score, cost, harmful, verdict, advice },
    ...{ codes: findings.map(({ code }) => code), message: findings[0]?.message ?? "", seconds },
    ...{ controlScore: control.score, controlCost: control.cost },
  };
}
