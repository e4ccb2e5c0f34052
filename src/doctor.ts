// The doctor who tries: trains a copy of a network as it was asked for, and then again with one thing changed at a time,
// and says which change helps on examples that were held out. What the run alone tells is diagnose.ts's; here a cause is
// believed when its cure was seen.

import { optimizers } from "./catalogue.js";
import { classCounts, type Dataset, split } from "./dataset.js";
import { NotFiniteError } from "./diagnose.js";
import { type Asked, isAtFault, type Trial, trialsFor } from "./doctor/trials.js";
import { InputError } from "./errors.js";
import type { Change, Diagnosis, DiagnosisCode, History } from "./history.js";
import type { Network } from "./network.js";
import { checkOptions } from "./options/check.js";
import { number } from "./options/type.js";
import { digits } from "./text.js";
import type { FitOptions } from "./train/options.js";

export interface DiagnoseOptions {
  /** Seconds after which no further trial begins. @default 60 */
  maxSeconds?: number | undefined;
  /**
   * Called before each training with what it tries, the trial's number from 1 on and how many there are; null and 0 for
   * the training as it was asked for, before whose end their number is not known and 0.
   */
  onTrial?: ((change: Change | null, trial: number, trials: number) => unknown) | undefined;
}

/** What is wrong, and what became of the training with its change. */
export interface Proven extends Diagnosis {
  /** Score on held-out examples of the training as it was asked for, and with the change; NaN where not tried. */
  readonly before: number;
  readonly after: number;
}

/** What was tried, and what it came to. */
export interface Tried {
  readonly change: Change;
  /** Score on held-out examples; NaN where the training met NaN or infinity. */
  readonly score: number;
}

export interface Report {
  /** What is wrong, the most likely cause first; what is only possible comes last. Empty for a healthy training. */
  readonly findings: readonly Proven[];
  /** Score of the training as it was asked for; NaN where it met NaN or infinity. */
  readonly score: number;
  /** What the score is: share of right answers, mean share over the classes where one is rare, or R². */
  readonly measure: "accuracy" | "balancedAccuracy" | "r2";
  readonly trials: readonly Tried[];
  /** Trials that there was no time for. */
  readonly left: number;
  readonly seconds: number;
}

/** A network like the one to diagnose, with a change. */
export type MakeNetwork = (change: Change, seed?: number) => Network;

/** A network to diagnose. */
export interface Subject {
  readonly make: MakeNetwork;
  /** The most that a layer drops. */
  readonly dropout: number;
}

// Thresholds, each with its reason.
const LEAST = 0.02; // gain of the score that counts; less is the seed's doing
const PERFECT = 0.995; // score of a training that shows nothing: nothing is tried
const CLEAR = 0.06; // gain that is told of a training that showed nothing else
const MORE = 0.12; // the same where more of something was tried, which often helps a little
const MOST_OF = 0.7; // of the best gain: the first cause whose cure brings so much is named
const HALF = 0.5; // the same, of a cause that the run itself shows
const HELD = 0.2; // share that is held out where nothing was passed
const RARE = 0.25; // of its even share: a class that accuracy does not see
const SURELY = 2; // standard errors of a difference

const TYPES = { maxSeconds: number({ above: 0 }) };

/** Diagnoses the training that `fit` asks for. */
export async function diagnoseWith(
  { make, dropout }: Subject,
  set: Dataset,
  fit: FitOptions,
  options: DiagnoseOptions,
): Promise<Report> {
  const { onTrial, ...numbers } = options;
  checkOptions("diagnose", TYPES, numbers);
  const { maxSeconds = 60 } = options;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const { train, held } = partsOf(set, fit, make({}).seed);
  const measure = measureOf(train);
  let trials: readonly Trial[] = [];
  const run = async (change: Change, seed?: number): Promise<Run> => {
    const place = trials.findIndex((one) => one.change === change);
    await onTrial?.(Object.keys(change).length ? change : null, place + 1, trials.length);
    return runOf(make, train, held, fit, change, measure, seed);
  };

  const own = await run({});
  const asked = { network: make({}), dropout, data: train, fit, history: own.history };
  const isPerfect = own.score > PERFECT && own.diagnoses.length === 0;
  trials = isPerfect ? [] : trialsOf(own, asked);
  const tried: TrialDone[] = [];
  let left = trials.length;
  for (const trial of trials) {
    if (seconds() > maxSeconds) break;
    left--;
    tried.push({ ...trial, score: (await run(trial.change)).score });
  }
  const again = async (change: Change) => {
    const seed = make({}).seed + 1;
    return gain((await run({}, seed)).score, (await run(change, seed)).score);
  };
  const findings = await judge({ own, tried, rate: rateOf(fit), measure, held, again });
  return {
    ...{ findings, score: own.score, measure, left },
    trials: tried.map(({ change, score }) => ({ change, score })),
    seconds: seconds(),
  };
}

/** A trial and its score. */
type TrialDone = Trial & { readonly score: number };

// Every change that a finding, a suspicion or the table has, each once.
function trialsOf({ diagnoses, suspicions }: Run, asked: Asked): Trial[] {
  const all = [
    ...diagnoses.map(({ code, change }): Trial => ({ code, change, why: "" })),
    ...trialsFor(asked, suspicions),
  ];
  const changes = all.map(({ change }) => JSON.stringify(change));
  return all.filter((_, i) => changes[i] !== "{}" && changes.indexOf(changes[i]!) === i);
}

/** What is judged by. */
interface Evidence {
  readonly own: Run;
  readonly tried: readonly TrialDone[];
  /** The learning rate that was asked for. */
  readonly rate: number;
  readonly measure: Report["measure"];
  readonly held: Dataset;
  /** The gain of a change with another seed. */
  again(change: Change): Promise<number>;
}

// What the run shows and what was tried, put together; the most likely cause first, what is only possible last.
async function judge({ own, tried, rate, measure, held, again }: Evidence): Promise<Proven[]> {
  const { score, diagnoses, suspicions } = own;
  const base = Number.isNaN(score) ? 0 : Math.max(score, floorOf(measure, held));
  const gainOf = (one: TrialDone) => gain(base, one.score);
  const best = Math.max(0, ...tried.map(gainOf));
  const noise = SURELY * errorOf(base, base + best, held.count, measure);
  const trialOf = (change: Change) => tried.find((one) => isSame(one.change, change));
  const proven = (diagnosis: Diagnosis): Proven => ({
    ...diagnosis,
    before: score,
    after: trialOf(diagnosis.change)?.score ?? Number.NaN,
  });
  // of what is likely, that whose change was tried in vain is only possible
  const weighed = (diagnosis: Diagnosis): Proven => {
    const one = proven(diagnosis);
    const vain = !isAtFault(one) && !Number.isNaN(one.after) && !(gain(base, one.after) > LEAST / 2);
    return vain ? { ...one, confidence: "possible" } : one;
  };
  const inOrder = (findings: readonly Proven[]) => [
    ...findings.filter(({ confidence }) => confidence !== "possible"),
    ...findings.filter(({ confidence }) => confidence === "possible"),
  ];
  const asSeen = () => inOrder([...diagnoses, ...suspicions].map(weighed));

  // what is sure of itself, or of what no training can show, stands
  const [first] = diagnoses;
  const stands = first !== undefined && (isAtFault(first) || Object.keys(first.change).length === 0);
  if (stands || !(best > Math.max(LEAST, noise))) return asSeen();

  // the first that the run shows and whose change helps; else the first of all whose change does, which must help more
  // where the run did not show it
  const isShown = (by: readonly Diagnosis[], { change }: TrialDone) => by.find((one) => isSame(one.change, change));
  const helps = (one: TrialDone, share: number) => gainOf(one) >= share * best;
  const likely = tried.find((one) => isShown(diagnoses, one) && helps(one, HALF));
  const found = likely ?? tried.find((one) => helps(one, isShown(suspicions, one) ? HALF : MOST_OF))!;
  const shown = isShown([...diagnoses, ...suspicions], found);
  // or the best of those that change the same thing in the same direction
  const cure = tried
    .filter((one) => one.code === found.code || isSameWay(one.change, found.change, rate))
    .reduce((better, one) => (gainOf(one) > gainOf(better) + LEAST ? one : better), found);
  if (!likely && !((await again(cure.change)) > LEAST / 2)) return asSeen();
  const clear = Math.max(EXTRAS.has(cure.code) ? MORE : CLEAR, 2 * noise);
  const cause: Proven = {
    ...(shown ?? findingOf(cure, own, measure)),
    // a run that shows nothing by itself needs more
    confidence: shown?.confidence === "sure" ? "sure" : diagnoses.length > 0 || best > clear ? "likely" : "possible",
    ...{ change: cure.change, before: score, after: cure.score },
    ...(cure !== found && { hint: `Train with ${inWords(cure.change)}.` }),
  };
  const others = [...diagnoses, ...suspicions].filter(({ code }) => code !== shown?.code);
  return inOrder([cause, ...others.map((one): Proven => ({ ...weighed(one), confidence: "possible" }))]);
}

// Of a score, over that of a training which may have met NaN or infinity.
const gain = (before: number, after: number): number =>
  Number.isNaN(after) ? Number.NEGATIVE_INFINITY : after - (Number.isNaN(before) ? 0 : before);

/** Causes whose cure is more of something. */
const EXTRAS: ReadonlySet<DiagnosisCode> = new Set([
  ...(["network-too-small", "too-few-iterations", "learning-rate-too-low"] as const),
]);

const rateOf = ({ learningRate, optimizer = "sgd" }: FitOptions): number =>
  learningRate ?? optimizers[optimizer].learningRate;

const isSame = (a: Change, b: Change): boolean => JSON.stringify(a) === JSON.stringify(b);

// Whether both make the learning rate, and nothing else, larger; or smaller.
function isSameWay(a: Change, b: Change, rate: number): boolean {
  const alone = [a, b].every((change) => Object.keys(change).join() === "learningRate");
  return alone && a.learningRate! > rate === b.learningRate! > rate;
}

interface Run {
  readonly score: number;
  readonly diagnoses: readonly Diagnosis[];
  readonly suspicions: readonly Diagnosis[];
  readonly history: History | null;
}

async function runOf(
  make: MakeNetwork,
  train: Dataset,
  held: Dataset,
  fit: FitOptions,
  change: Change,
  measure: Report["measure"],
  seed?: number,
): Promise<Run> {
  const network = make(change, seed);
  const scaled = (set: Dataset): Dataset => (change.scale === undefined ? set : { ...set, scale: change.scale });
  try {
    const history = await network.fit(scaled(train), { ...withChange(fit, change), validation: scaled(held) });
    const { accuracy, metrics } = await network.evaluate(
      scaled(held),
      measure === "accuracy" ? {} : { metrics: [measure] },
    );
    const score = measure === "accuracy" ? accuracy : metrics[measure]!;
    return { score, diagnoses: history.diagnoses, suspicions: history.suspicions, history };
  } catch (error) {
    if (!(error instanceof NotFiniteError)) {
      if (Object.keys(change).length && error instanceof InputError && error.code !== "E_DISPOSED") return NOTHING;
      throw error;
    }
    const { diagnoses, suspicions } = error.history;
    return { score: Number.NaN, diagnoses, suspicions, history: error.history };
  } finally {
    network.dispose();
  }
}

// A change that cannot be had together with the other options.
const NOTHING: Run = { score: Number.NaN, diagnoses: [], suspicions: [], history: null };

const NETWORK: ReadonlySet<string> = new Set<keyof Change>([
  ...(["init", "activation", "output", "loss", "layers", "dropout", "standardize", "scale"] as const),
]);

/** The parts of a change that are the network's. */
export const networkPart = (change: Change): Change =>
  Object.fromEntries(Object.entries(change).filter(([name]) => NETWORK.has(name) && name !== "scale"));

function withChange(fit: FitOptions, change: Change): FitOptions {
  const { onCost: _, onDiagnosis: __, onProgress: ___, onStart: ____, checkpoint: _____, ...own } = fit;
  const rest = Object.fromEntries(Object.entries(change).filter(([name]) => !NETWORK.has(name)));
  // one of the two lengths, whichever the change has
  const length = "epochs" in rest ? { iterations: undefined } : "iterations" in rest ? { epochs: undefined } : {};
  return { ...own, ...length, ...rest };
}

// What is trained on and what is judged by.
function partsOf(data: Dataset, { validation }: FitOptions, seed: number): { train: Dataset; held: Dataset } {
  if (typeof validation === "object") {
    if ("count" in validation && "x" in validation) return { train: data, held: validation as Dataset };
    throw new InputError(
      "E_OPTION",
      "diagnose: validation is a source; pass a data set, which every trial is judged by.",
    );
  }
  const stratify = data.classes !== null;
  const { train, test } = split(data, { test: validation ?? HELD, seed, stratify });
  return { train, held: test };
}

function measureOf(data: Dataset): Report["measure"] {
  if (data.classes === null) return "r2";
  const least = Math.min(...classCounts(data).filter((count) => count > 0));
  return least * data.classes.length < RARE * data.count ? "balancedAccuracy" : "accuracy";
}

// What is to be had without learning anything.
function floorOf(measure: Report["measure"], { classes }: Dataset): number {
  return measure === "r2" ? 0 : measure === "balancedAccuracy" ? 1 / classes!.length : 0;
}

// Standard error of the difference between two scores over the same examples.
function errorOf(before: number, after: number, count: number, measure: Report["measure"]): number {
  if (measure === "r2") return Math.sqrt((0.1 * (1 - Math.min(1, Math.max(0, before)))) / count);
  return Math.sqrt(Math.max(0.5 / count, after - before) / count);
}

function findingOf(
  { code, change, why, score: after }: TrialDone,
  own: Run,
  measure: Report["measure"],
): Omit<Diagnosis, "confidence"> {
  const name = { accuracy: "accuracy", balancedAccuracy: "balanced accuracy", r2: "R²" }[measure];
  const before = Number.isNaN(own.score) ? "no number at all" : digits(own.score);
  return {
    code,
    message: `${why} Tried with ${inWords(change)}, the ${name} on held-out examples is ${digits(after)} instead of ${before}.`,
    hint: `Train with ${inWords(change)}.`,
    change,
    evidence: { before: own.score, after },
  };
}

/** A change as a person says it: "learningRate 0.01 and shuffle true". */
export function inWords(change: Change): string {
  const parts = Object.entries(change).map(
    ([name, value]) =>
      `${name} ${Array.isArray(value) ? value.join("-") : typeof value === "number" ? digits(value) : value}`,
  );
  return parts.length > 1
    ? `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`
    : (parts[0] ?? "nothing changed");
}
