// A training as a file, from which it goes on as if it had never been left: on other threads, in the other backend, to
// the same bits. Tensors and JSON in safetensors, with a checksum over both; what the training was about is there, too,
// so that nothing else is taken up by mistake.

import type { Architecture } from "../architecture.js";
import { checksum, summing } from "../bytes.js";
import { type Init, type Numerics, SCALINGS, type Scaling } from "../catalogue.js";
import type { DataSource } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import type { DoctorState } from "../diagnose.js";
import { type ErrorCode, InputError } from "../errors.js";
import type { Bytes } from "../globals.js";
import type { CostRecord } from "../history.js";
import { NUMERICS_VERSION } from "../network/model-file.js";
import { bytesOf, readSafetensors, type Tensor, writingSafetensors } from "../network/safetensors.js";
import { readStandardization, type Standardization, standardizationTensors } from "../network/standardize.js";
import { show } from "../options/check.js";
import { viewOf } from "../plan.js";
import type { Numbers } from "../session/layout.js";
import type { Session } from "../session.js";
import { pairOf } from "./lbfgs.js";
import type { TrainingOptions } from "./options.js";
import type { TrainingState } from "./state.js";

const VERSION = 2;
const WORDS = 625; // of a generator: its state, and how much of it is used

/** What a training is about: a checkpoint of another is not taken up. */
export interface Subject {
  readonly architecture: Architecture;
  readonly firstLayer: string;
  /** Strict ones go without saying. */
  readonly numerics?: Numerics;
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: string;
  readonly validation: string | null;
}

/** Options that a resumed training may change, for they change no bit of what was done. */
const FREE = new Set(["threads", "vectors", "batchSize", "weights", "shuffle", "accuracy", "firstLayer", "timeLimit"]);

/** What a training is about; `data` are examples of the source, where there is one. Takes O(count·features) time, some milliseconds for 10 MB, and yields now and then. */
export function* subjectOf(
  architecture: Architecture,
  options: TrainingOptions,
  data: Dataset,
  validation: Dataset | null,
  { firstLayer, numerics }: { firstLayer: string; numerics: Numerics },
  source: DataSource | null = null,
): Generator<void, Subject> {
  const entries = Object.entries(options).filter(([name, value]) => !FREE.has(name) && typeof value !== "function");
  // more iterations may be asked for where no rate follows from their number
  const kept = entries.filter(([name]) => name !== "iterations" || options.schedule !== "constant");
  const fingerprint = function* (
    { x, y, count, scale, classes }: Dataset,
    weights: Float64Array = new Float64Array(0),
  ): Generator<void, string> {
    const sums: string[] = [];
    for (const values of [x, y, weights]) sums.push(yield* summing(bytesOf(values)));
    return checksum(new TextEncoder().encode(JSON.stringify([count, scale, classes, sums])));
  };
  const place = source ? ` of ${source.count} in ${source.memory} MiB` : "";
  return {
    ...{ architecture, firstLayer, ...(numerics !== "strict" && { numerics }) },
    options: JSON.parse(write({ ...Object.fromEntries(kept), shuffle: options.shuffle })) as Record<string, unknown>,
    data: (yield* fingerprint(data, options.weights ?? undefined)) + place,
    validation: validation && (yield* fingerprint(validation)),
  };
}

/** What a training needs besides its state to go on. */
export interface Companions {
  readonly subject: Subject;
  readonly doctor: DoctorState;
  /** How the weights were drawn, and the first layer's first weights, which the Gram form goes on from. */
  readonly init: Init | null;
  readonly first: Numbers | null;
  /** What columns are brought to, and by what. */
  readonly scaling: Scaling | "none";
  readonly standardization: Standardization | null;
}

/** A training between two of its steps, as bytes. Yields now and then. */
export function* writingCheckpoint(
  state: TrainingState,
  { subject, doctor, init, first, scaling, standardization }: Companions,
): Generator<void, Bytes> {
  const { session, random, kept, ending, schedule, since, costs, iteration, cost, seconds } = state;
  const tensors: Tensor[] = [];
  const add = (name: string, data: Numbers | null) => {
    if (!data || data.length === 0) return;
    tensors.push({ name, dtype: data instanceof Float64Array ? "F64" : "F32", shape: [data.length], data });
  };
  for (const [name, view] of Object.entries(momentsOf(session))) add(name, view);
  for (const [p, { step, change }] of state.pairs.entries()) {
    add(`step ${p}`, step);
    add(`change ${p}`, change);
  }
  add("kept", kept!.parameters);
  add("best", ending.best?.parameters ?? null);
  add("first", first);
  add("hyper", session.hyper);
  add("order", Float64Array.from(session.order.subarray(0, session.plan.request.count)));
  add("parts", Float64Array.from(state.parts));
  add("random", Float64Array.from(random.state()));
  tensors.push(...standardizationTensors(standardization));
  const best = ending.best && { value: ending.best.value, iteration: ending.best.iteration };
  const own = {
    ...{
      version: VERSION,
      numerics: NUMERICS_VERSION,
      subject,
      init,
      scaling,
      doctor,
      iteration,
      cost,
      seconds,
      since,
      costs,
      schedule,
    },
    ...{ kept: kept!.iteration, best, waited: ending.waited, place: session.batch() },
  };
  const text = write(own);
  const sums: string[] = [];
  for (const { name, data } of tensors) sums.push(name + (yield* summing(bytesOf(data))));
  return yield* writingSafetensors(tensors, { "wasmlp-checkpoint": text, checksum: checksumOf(text, sums) });
}

/** A checkpoint that was read. */
export interface Checkpoint {
  readonly iteration: number;
  readonly init: Init | null;
  readonly first: Numbers | null;
  readonly doctor: DoctorState;
  /** Puts a training that has just been opened to where this one was left. */
  restore(state: TrainingState): void;
}

interface Saved extends Omit<Companions, "first" | "standardization"> {
  readonly version: number;
  readonly numerics: number;
  readonly iteration: number;
  readonly cost: number;
  readonly seconds: number;
  readonly since: { cost: number; examples: number };
  readonly costs: CostRecord[];
  readonly schedule: TrainingState["schedule"];
  readonly kept: number;
  readonly best: { value: number; iteration: number } | null;
  readonly waited: number;
  readonly place: { first: number; count: number };
}

/**
 * Reads what writingCheckpoint wrote of a training of that subject. With `anyway` options and data may differ.
 *
 * Throws E_CHECKPOINT_DAMAGED for what is none or is damaged, E_CHECKPOINT for what is of another version, network or
 * form, and, naming it, for another option or other data.
 */
export function readCheckpoint(bytes: Uint8Array, subject: Subject, anyway = false): Checkpoint {
  const refuse: Refuse = (why, instead, code = "E_CHECKPOINT") => {
    throw new InputError(code, `fit: the checkpoint ${why}; ${instead}.`);
  };
  const whole = "pass one that wasmlp wrote, as a whole";
  const { tensors, metadata } = readTensors(bytes, refuse, whole);
  const text = metadata["wasmlp-checkpoint"];
  if (text === undefined) return refuse("is a safetensors file without a training", whole);
  const sums = [...tensors].map(([name, { data }]) => name + checksum(bytesOf(data)));
  if (metadata.checksum !== checksumOf(text, sums)) {
    return refuse("is damaged: its checksum is another", "use the one before it", "E_CHECKPOINT_DAMAGED");
  }
  const saved = read(text) as Saved;
  if (saved.version !== VERSION || saved.numerics !== NUMERICS_VERSION) {
    return refuse(
      `is of version ${saved.version}, numerics ${saved.numerics}; this release has ${VERSION} and ${NUMERICS_VERSION}`,
      "use the release that wrote it",
    );
  }
  const was = saved.subject;
  if (write(was.architecture) !== write(subject.architecture)) {
    refuse("is of another network", "resume with the network it is of");
  }
  const differs = (name: string) => write(was.options[name]) !== write(subject.options[name]);
  const both = (name: string) => `has ${name} ${show(was.options[name])}, this training ${show(subject.options[name])}`;
  if (differs("freeze")) refuse(both("freeze"), "pass the same"); // what is remembered of it lies elsewhere
  if (!anyway && was.numerics !== subject.numerics) {
    const [before, now] = [was, subject].map(({ numerics = "strict" }) => numerics);
    const instead = `pass numerics "${before}"${before === "fused" ? ', with backend "js" where the machine does not fuse' : ""}, or resumeAnyway`;
    refuse(`has ${before} numerics, this training ${now} ones`, instead);
  }
  if (!anyway) {
    const instead = "pass the same, or resumeAnyway";
    // first what others follow from: parts of the data from the seed, numbers of updates from data and batches
    if (differs("seed")) refuse(both("seed"), instead);
    const set = (["data", "validation"] as const).find((which) => was[which] !== subject[which]);
    if (set) refuse(`is of other ${set === "data" ? "data" : "validation data"}`, instead);
    if (differs("batch")) {
      const [before, now] = [was.options.batch, subject.options.batch];
      refuse(`has batches of ${before} examples, this training of ${now}`, "pass the same batchSize, or resumeAnyway");
    }
    const other = [...Object.keys(was.options), ...Object.keys(subject.options)].find(differs);
    if (other !== undefined) refuse(both(other), instead);
  }
  if (was.firstLayer !== subject.firstLayer) {
    refuse(
      `has the first layer in ${was.firstLayer} form, this training in ${subject.firstLayer}`,
      `pass firstLayer "${was.firstLayer}"`,
    );
  }
  const tensor = (name: string) => tensors.get(name)?.data ?? null;
  const { iteration, init, doctor } = saved;
  return {
    ...{ iteration, init, doctor, first: tensor("first") },
    restore(state) {
      const { session } = state;
      const put = (name: string, into: Numbers) => {
        const data = tensor(name);
        if (into.length === 0) return;
        if (data?.length !== into.length) refuse(`has no ${name} of ${into.length} numbers`, whole);
        into.set(data!);
      };
      const hyper = session.hyper.slice();
      for (const [name, view] of Object.entries(momentsOf(session))) put(name, view);
      put("hyper", session.hyper);
      // what is an option, not a state, is this training's
      session.setOptions(hyper);
      const order = tensor("order");
      if (order?.length !== session.plan.request.count) refuse("has no order of the examples", whole);
      session.order.set(order!);
      state.parts = Int32Array.from(tensor("parts") ?? []);
      const random = tensor("random");
      if (random?.length !== WORDS) refuse("has no generator", whole);
      state.random.restore(random!);
      session.goTo(saved.place.first, saved.place.count);
      for (let p = 0; tensors.has(`step ${p}`); p++) {
        const [step, change] = [tensor(`step ${p}`), tensor(`change ${p}`)];
        if (step?.length !== session.parameters.length || change?.length !== step.length) {
          refuse(`has no pair ${p} of ${session.parameters.length} numbers`, whole);
        }
        state.pairs.push(pairOf(Float64Array.from(step!), Float64Array.from(change!)));
      }
      state.iteration = iteration;
      state.cost = saved.cost;
      state.seconds = saved.seconds;
      state.since = saved.since;
      state.costs.push(...saved.costs);
      Object.assign(state.schedule, saved.schedule);
      if (was.options.learningRate !== subject.options.learningRate) state.schedule.learningRate = null;
      state.kept = { iteration: saved.kept, parameters: tensor("kept")! };
      state.ending.waited = saved.waited;
      state.ending.best = saved.best && { ...saved.best, parameters: tensor("best") };
    },
  };
}

/**
 * What columns of a checkpoint's training were brought to, and by what; null where they were as they are, or where it is
 * no checkpoint, which readCheckpoint then says.
 */
export function standardizationIn(
  bytes: Uint8Array,
  inputs: number,
  outputs: number,
): { readonly scaling: Scaling; readonly by: Standardization } | null {
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const by = readStandardization(tensors, inputs, outputs);
    if (!by) return null;
    const { scaling } = read(metadata["wasmlp-checkpoint"] ?? "{}") as Partial<Saved>;
    return { scaling: SCALINGS.find((one) => one === scaling) ?? "standard", by };
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError) return null;
    throw error;
  }
}

type Refuse = (why: string, instead: string, code?: ErrorCode) => never;

function readTensors(bytes: Uint8Array, refuse: Refuse, instead: string) {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const why = error.message.replace(/^readSafetensors: the file |\.$/g, "");
    return refuse(`is none, or cut (${why})`, instead, "E_CHECKPOINT_DAMAGED");
  }
}

/** What a plan keeps of the weights and of what the optimizer remembers. */
function momentsOf(session: Session): Readonly<Record<"parameters" | "v" | "s" | "u" | "average", Numbers>> {
  const { plan, machine, parameters } = session;
  const view = (name: "v" | "s" | "u") => viewOf(plan, machine.memory, plan[name]);
  return { parameters, v: view("v"), s: view("s"), u: view("u"), average: session.average };
}

// JSON with numbers that are not finite.
const write = (value: unknown) =>
  JSON.stringify(value, (_, item) => (typeof item === "number" && !Number.isFinite(item) ? `#${item}` : item)) ?? "";
const read = (text: string): unknown =>
  JSON.parse(text, (_, item) =>
    typeof item === "string" && /^#(NaN|-?Infinity)$/.test(item) ? Number(item.slice(1)) : item,
  );

const checksumOf = (text: string, sums: readonly string[]) => checksum(new TextEncoder().encode(text + sums.join()));

/** How often a training is written, and where to. */
export interface CheckpointOptions {
  /** Iterations from one checkpoint to the next. @default none, where seconds are passed; else 1000 */
  every?: number | undefined;
  /** Seconds from one to the next. */
  seconds?: number | undefined;
  /**
   * Takes a checkpoint's bytes. A promise that it returns is waited for before the next checkpoint, and at the end;
   * what it throws or rejects with ends the training.
   */
  save(bytes: Bytes): unknown;
}
