// Opens a training: a session that holds the first weights, threads where they were chosen, what diagnoses it (the
// doctor), and evaluators for the records. What is done with them is train.ts's.

import type { Architecture } from "../architecture.js";
import { areStarted, openTeam, type Team } from "../backend/team.js";
import { type Backend, loadBackend } from "../backend.js";
import type { Init, Scaling } from "../catalogue.js";
import { bytesOfRow, type DataSource, isSource, rowsAtOnce, sampleOf } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import { createDoctor } from "../diagnose.js";
import { InputError } from "../errors.js";
import { evaluateWith } from "../evaluate.js";
import type { Strategy } from "../history.js";
import { coresOfOthers, countCores } from "../host.js";
import type { MetricName } from "../metrics.js";
import type { Standardization } from "../network/standardize.js";
import { createPace, paced } from "../pace.js";
import { type GramTraining, openGram } from "../session/gram.js";
import { copying, copyingWeights, type LayerWeights, settingWeights } from "../session/layout.js";
import {
  open,
  openInference,
  openingTraining,
  type Session,
  type TrainingForm,
  trainingRequest,
  valuesOf,
} from "../session.js";
import type { Evaluator, Training, Writer } from "../train.js";
import {
  type Checkpoint,
  type CheckpointOptions,
  readCheckpoint,
  type Subject,
  subjectOf,
  writingCheckpoint,
} from "./checkpoint.js";
import { type Choice, createDispatcher, NOT_STARTED } from "./dispatch.js";
import { type Feed, feedFromMemory, feedFromSource } from "./feed.js";
import { createLbfgs } from "./lbfgs.js";
import type { FitOptions, TrainingOptions } from "./options.js";
import { createRates, isScheduled } from "./schedule.js";
import { beginningTraining } from "./state.js";
import type { Stop } from "./stop.js";
import { type Arithmetics, secondsOfStep } from "./strategy.js";
import { exampleWeights } from "./weights.js";

/** What a training is opened from. */
export interface Opening extends Arithmetics {
  readonly architecture: Architecture;
  readonly weights: readonly LayerWeights[];
  /** How the weights were drawn; null when they come from a file or an earlier training. */
  readonly init: Init | null;
  /** What is trained on, or examples of the source. */
  readonly data: Dataset;
  readonly source: DataSource | null;
  /** What columns are brought to, and by what; null where they are as they are. */
  readonly scaling: Scaling | "none";
  readonly standardization: Standardization | null;
  /** The options as they were passed, and with every default filled in. */
  readonly passed: FitOptions;
  readonly options: TrainingOptions;
  readonly strategy: Strategy;
  readonly stop: Stop;
}

/** A training before its first step, how it is carried out, and what lets go of its threads. */
export interface Opened {
  readonly training: Training;
  readonly strategy: Strategy;
  close(): void;
}

/** Opens a training. Rejects with E_MEMORY, E_BACKEND, E_WORKER, and with the reason of its stop. */
export async function openTrainingOf(wanted: Opening): Promise<Opened> {
  const { architecture, data, source, passed, options, stop } = wanted;
  if (wanted.strategy.threads > 1) coresOfOthers(); // which begins to count
  const pace = createPace(stop.signal);
  const backend = await loadBackend(wanted.backend, wanted.numerics); // of what looks at the weights on this thread
  const validation = typeof passed.validation === "object" ? passed.validation : null;
  const how = { firstLayer: wanted.strategy.firstLayer, numerics: backend.numerics };
  const subject =
    passed.checkpoint || passed.resumeFrom
      ? await paced(subjectOf(architecture, options, data, validation && (await seenOf(validation)), how, source), pace)
      : null;
  const resumed = passed.resumeFrom ? readCheckpoint(passed.resumeFrom, subject!, passed.resumeAnyway) : null;
  const opening = resumed ? resumedOpening(wanted, resumed) : wanted;
  const { init } = opening;
  const { strategy, form, team, start, close } = await openWithTeam(opening);
  const { session } = form;
  const { signal } = stop;
  try {
    const evaluator = (on: Dataset | DataSource) =>
      evaluatorOf(backend, architecture, form, on, options.metrics, signal);
    const state = await paced(beginningTraining(session, options), pace);
    const rates = createRates(session, options, state.schedule);
    const patient = {
      ...{ architecture, data, options, init, weighted: options.weights !== null },
      validation: validation && (await seenOf(validation)),
      inEpochs: passed.epochs !== undefined,
      firstWeights: opening.weights,
      get learningRate() {
        return rates.learningRate;
      },
    };
    const choice = start && {
      ...{ start, ready: () => areStarted(strategy.threads), free: () => countCores() - coresOfOthers() },
      left: () => options.iterations - state.iteration,
      step: 1000 * secondsOfStep(architecture, options, form.feed.count, strategy.firstLayer),
    };
    const training: Training = {
      ...{ state, rates, feed: form.feed },
      doctor: await createDoctor(patient, form, backend, signal),
      evaluators: {
        // metrics are measured on something
        training:
          passed.accuracy || (passed.metrics?.length && !passed.validation)
            ? evaluator(source ?? form.data)
            : undefined,
        validation: validation ? evaluator(validation) : undefined,
      },
      writer: passed.checkpoint && subject ? writerOf(passed.checkpoint, subject, opening) : null,
      dispatcher:
        options.optimizer === "lbfgs"
          ? createLbfgs(session, team, options, rates, state.pairs, pace, signal)
          : createDispatcher(session, team, pace, choice),
      how: { ...how, backend: backend.name, why: strategy.why },
      ...{ options, pace, stop, listeners: passed },
    };
    if (resumed) {
      resumed.restore(state);
      training.doctor.restore(resumed.doctor, state.costs);
    }
    return { training, strategy, close };
  } catch (error) {
    close();
    throw error;
  }
}

// The weights that a resumed training was opened with; all but the Gram form's first layer are set anew.
function resumedOpening(wanted: Opening, { init, first }: Checkpoint): Opening {
  const weights = wanted.weights.map((own, l) => (l === 0 && first ? { ...own, weight: first } : own));
  return { ...wanted, init, weights };
}

function writerOf({ every, seconds, save }: CheckpointOptions, subject: Subject, opening: Opening): Writer {
  const { init, scaling, standardization } = opening;
  const first = opening.strategy.firstLayer === "gram" ? opening.weights[0]!.weight : null;
  return {
    ...{ every: every ?? (seconds === undefined ? 1000 : undefined), seconds },
    *writing({ state, doctor }) {
      const companions = { subject, doctor: doctor.state(), init, first, scaling, standardization };
      const bytes = yield* writingCheckpoint(state, companions);
      return () => save(bytes);
    },
  };
}

/** What a session trains on: the data themselves, or in Gram form what stands for them. */
interface Form {
  readonly session: Session;
  readonly data: Dataset;
  readonly feed: Feed;
  /** In Gram form: what stands for other data. */
  readonly rowsOf?: GramTraining["rowsOf"];
}

/** A training's form, with its team, or with what starts one where that is still to be chosen. */
interface WithTeam {
  readonly strategy: Strategy;
  readonly form: Form;
  readonly team: Team | null;
  readonly start?: Choice["start"];
  close(): void;
}

// Threads that were asked for are started at once, and those of lbfgs, which has no choice. Where they cannot be, and were
// not asked for, there is one.
async function openWithTeam(opening: Opening): Promise<WithTeam> {
  const { passed, options, stop } = opening;
  const backend = await loadBackend(opening.backend, opening.numerics, false, passed.vectors);
  const { numerics, whyStrict, vectors, whyNarrow } = backend;
  const strategy = { ...opening.strategy, numerics, whyStrict, vectors, whyNarrow };
  const { threads } = strategy;
  const form = await openForm(opening, threads);
  const { plan, machine } = form.session;
  const { shared } = machine;
  if (!shared) return { strategy, form, team: null, close: () => {} };
  const { signal } = stop;
  let starting: Promise<Team> | null = null;
  const start = async () => {
    starting = openTeam(shared, plan, threads);
    const team = await starting;
    signal.addEventListener("abort", team.stop, { once: true });
    if (signal.aborted) team.stop();
    return team;
  };
  const close = () => {
    starting?.then(
      (team) => team.close(),
      () => {},
    );
  };
  const asked = passed.threads === threads;
  if (!asked && options.optimizer !== "lbfgs")
    return { strategy, form, team: null, start: () => start().catch(() => null), close };
  try {
    const team = await start();
    signal.throwIfAborted();
    return { strategy, form, team, close };
  } catch (error) {
    close();
    if (asked || !(error instanceof InputError) || error.code !== "E_WORKER") throw error;
    return { strategy: { ...strategy, threads: 1, why: NOT_STARTED }, form, team: null, close };
  }
}

/** What the options ask of a training's plan. */
export function formOf(options: TrainingOptions, threads: number): TrainingForm {
  const { batch, optimizer, clipNorm, clipValue, l1, ema, swaStart, maxNorm, weights, seed, freeze } = options;
  return {
    ...(optimizer !== "lbfgs" && { optimizer }),
    ...{ batch, threads, clip: clipNorm > 0, limit: clipValue > 0, l1: l1 > 0 },
    ...{
      seed,
      weighted: weights !== null,
      average: ema > 0 || swaStart > 0,
      maxNorm: maxNorm > 0,
      scheduled: isScheduled(options),
    },
    frozen: freeze.map((layer) => layer - 1),
  };
}

// A session that holds the weights and trains them in the chosen form.
async function openForm(opening: Opening, threads: number): Promise<Form> {
  const { architecture, data, source, options, strategy, weights, stop } = opening;
  const backend = await loadBackend(opening.backend, opening.numerics, threads > 1, opening.passed.vectors);
  const how = formOf(options, threads);
  const { weights: ofExamples } = options;
  if (source) return openStage(backend, opening, source, how);
  const feed = feedFromMemory(data.count, options);
  if (strategy.firstLayer === "gram") {
    return { ...(await openGram(backend, architecture, data, how, weights, ofExamples, stop.signal)), feed };
  }
  const pace = createPace(stop.signal);
  const session = await paced(openingTraining(backend, architecture, data, how, ofExamples), pace);
  await paced(settingWeights(session, weights), pace);
  return { session, data, feed };
}

// A session with room for one stage of a source.
async function openStage(backend: Backend, opening: Opening, source: DataSource, how: TrainingForm): Promise<Form> {
  const { architecture, data, options, passed, weights, stop } = opening;
  const session = open(backend, trainingRequest(architecture, { ...data, count: stageOf(source, data, options) }, how));
  const pace = createPace(stop.signal);
  await paced(settingWeights(session, weights), pace);
  const { classWeights } = passed;
  const weightsOf = classWeights === undefined ? null : (some: Dataset) => exampleWeights(some, { classWeights })!;
  return { session, data, feed: feedFromSource(session, source, options, weightsOf, pace, stop) };
}

/**
 * Examples of a stage: whole batches, or all. Throws E_OPTION for a batch that does not fit into the memory that the
 * source may take.
 */
export function stageOf(source: DataSource, data: Dataset, { batch }: Pick<TrainingOptions, "batch">): number {
  const most = rowsAtOnce(source, bytesOfRow(data));
  if (most >= source.count) return source.count;
  if (batch <= most) return most - (most % batch);
  throw new InputError(
    "E_OPTION",
    `fit: a batch has ${batch} examples, and the source has room for ${most} in its ${source.memory} MiB; use a smaller batchSize, or a source with more memory.`,
  );
}

/** The data set, or examples of the source. */
const seenOf = (data: Dataset | DataSource): Dataset | Promise<Dataset> => (isSource(data) ? sampleOf(data) : data);

// Cost and accuracy on `data` of the weights that the session has at the moment of each call. In Gram form the weights
// of the inputs are formed only for data of more examples than are trained on: others have rows of their own.
function evaluatorOf(
  backend: Backend,
  architecture: Architecture,
  { session: training, data: own, rowsOf }: Form,
  data: Dataset | DataSource,
  names: readonly MetricName[],
  signal: AbortSignal,
): Evaluator {
  const inGramForm = rowsOf !== undefined && data.count <= own.count && !isSource(data);
  const form = inGramForm ? training.plan.request.architecture : architecture;
  let opened: { readonly session: Session; readonly on: Dataset | DataSource } | null = null;
  return async () => {
    if (!opened) {
      const on = inGramForm && data !== own ? await rowsOf(data) : data;
      opened = { session: openInference(backend, form, { ...(await seenOf(on)), count: on.count }), on };
    }
    const { session, on } = opened;
    const values = valuesOf(training);
    const copy = inGramForm ? copying(values, session.parameters) : copyingWeights(training, session, values);
    await paced<unknown>(copy, createPace(signal));
    const { cost, accuracy, metrics } = await evaluateWith(session, on, signal, names);
    return { cost, accuracy, ...(names.length && { metrics }) };
  };
}
