// Why a training fails: watches a run and returns at most a handful of findings in words. What it measures is
// diagnose/probe.ts's, and of the data sample.ts's and neighbours.ts's; what it knows is the table of diagnose/rules.ts.
// Changes nothing of the run.

import type { Backend } from "./backend.js";
import { baseRateEntropy } from "./dataset.js";
import { addCost, beginCurve, type CurveState } from "./diagnose/curve.js";
import { countDeadUnits, createProbe, locateNotFinite, type Probed, recallsOf } from "./diagnose/probe.js";
import { CAUSES, notFinite, RULES } from "./diagnose/rules.js";
import {
  baselineOf,
  type FirstWeights,
  firstWeights,
  isEntropyOfClasses,
  isPowerOfTwo,
  type Look,
  measuresOf,
  type Patient,
  type Run,
} from "./diagnose/run.js";
import { InputError } from "./errors.js";
import type { CostRecord, Diagnosis, DiagnosisCode, History } from "./history.js";
import { createPace, paced } from "./pace.js";
import { readingWeights } from "./session/layout.js";

/** Training met NaN or infinity; code E_NOT_FINITE. Has where it was met, what to change, and the run so far. */
export class NotFiniteError extends InputError {
  readonly diagnosis: Diagnosis;
  readonly history: History;

  constructor(diagnosis: Diagnosis, history: History) {
    super("E_NOT_FINITE", `fit: ${diagnosis.message} ${diagnosis.hint}`);
    this.diagnosis = diagnosis;
    this.history = history;
  }
}

/** Watches one run. Each finding is returned once, when it becomes sure. */
export interface Doctor {
  /** Before the first step. */
  begin(): Promise<Diagnosis[]>;
  /** Takes the cost of a step in. */
  step(iteration: number, cost: number): void;
  /** Measures the weights as they are, before the step whose cost is to be recorded. */
  look(iteration: number): Promise<void>;
  /** After that step. */
  watch(record: CostRecord): Promise<Diagnosis[]>;
  /** After the last step, of which there were so many; `evaluate` measures what is held out. */
  end(iterations: number, evaluate: Evaluate | undefined): Promise<Diagnosis[]>;
  /** After the step that met NaN or infinity. */
  notFinite(iteration: number): Promise<Diagnosis>;
  /** All findings so far that are sure or likely, causes before effects. */
  findings(): readonly Diagnosis[];
  /** Those that are worth a look. */
  suspicions(): readonly Diagnosis[];
  /** What it knows so far, to go on from in another one. */
  state(): DoctorState;
  restore(state: DoctorState, records: readonly CostRecord[]): void;
}

type Evaluate = () => Promise<{ cost: number; accuracy: number }>;

/** What a doctor knows of a run. */
export interface DoctorState {
  readonly found: readonly Diagnosis[];
  readonly looks: readonly Look[];
  readonly least: number;
  readonly curve: CurveState;
  readonly first: FirstWeights;
}

/** What watches a training; an abort of `signal` ends its measurements. */
export async function createDoctor(
  patient: Patient,
  training: Probed,
  backend: Backend,
  signal?: AbortSignal,
): Promise<Doctor> {
  const { architecture, data } = patient;
  const { session } = training;
  const probe = createProbe(backend, training, signal);
  const pace = createPace(signal);
  const found = new Map<DiagnosisCode, Diagnosis>();
  const told = new Set<DiagnosisCode>();
  const run: Run = {
    ...patient,
    get learningRate() {
      return patient.learningRate;
    },
    ...measuresOf(patient),
    moment: "start",
    failed: false,
    baseline: patient.weighted ? Number.NaN : await paced(baselineOf(architecture, data), pace),
    entropy: !patient.weighted && isEntropyOfClasses(architecture) && data.classes ? baseRateEntropy(data) : Number.NaN,
    records: [],
    least: Number.POSITIVE_INFINITY,
    curve: beginCurve(),
    looks: [],
    first: { gains: [], symmetric: null },
    held: null,
    recalls: () => recallsOf(backend, architecture, session, patient, signal),
    countDeadUnits: () => countDeadUnits(backend, architecture, session, data, signal),
    see: () => probe(true),
    has: (code) => found.has(code),
  };

  // Asks rules, at every moment, and returns what is told for the first time. At the end findings get their last numbers,
  // or are taken back where they were of a phase; effects are told only where no cause was found.
  async function ask(rules = RULES): Promise<Diagnosis[]> {
    const effects: Diagnosis[] = [];
    for (const { code, look, passing = false } of rules) {
      await pace.breathe(); // some measure the data
      if (found.has(code) && run.moment !== "end") continue;
      const looked = await look(run);
      if (looked === null) {
        if (passing && run.moment === "end") found.delete(code);
        continue;
      }
      const { symptom = false, ...finding } = looked;
      found.set(code, { code, ...finding });
      if (symptom && run.moment === "end") effects.push({ code, ...finding });
    }
    if (inOrder(isTold).length > effects.length) for (const { code } of effects) found.delete(code);
    if (run.moment === "end") keepOneCause();
    const fresh = inOrder(isTold).filter(({ code }) => !told.has(code));
    for (const { code } of fresh) told.add(code);
    return fresh;
  }

  // Of what is likely the first explains the others, which are only worth a look then.
  function keepOneCause(): void {
    const likely = inOrder(({ confidence }) => confidence === "likely");
    // a handful of updates is a try, of which nothing can be said to have gone wrong
    const others = run.failed || patient.options.iterations >= BRIEF ? likely.slice(1) : likely;
    for (const diagnosis of others) found.set(diagnosis.code, { ...diagnosis, confidence: "possible" });
  }

  const inOrder = (which: (diagnosis: Diagnosis) => boolean) => {
    const rank = (code: DiagnosisCode) => {
      const place = RULES.findIndex((rule) => rule.code === code);
      return place < 0 ? CAUSES.length - 0.5 : place; // not-finite, an effect of those
    };
    return [...found.values()].filter(which).sort((a, b) => rank(a.code) - rank(b.code));
  };
  return {
    async begin() {
      run.first = await paced(firstWeights(architecture, patient.firstWeights), pace);
      return ask();
    },
    step: (iteration, cost) => addCost(run.curve, iteration, patient.options.iterations, cost),
    async look(iteration) {
      // at ever fewer records, so that measuring stays a small part however many there are
      if (isPowerOfTwo(run.records.length)) run.looks.push({ ...(await probe(run.looks.length === 0)), iteration });
    },
    watch(record) {
      run.moment = "training";
      run.records.push(record);
      run.least = Math.min(run.least, record.cost);
      return ask();
    },
    async end(iterations, evaluate) {
      run.moment = "end";
      if (run.curve.steps === 0) return [];
      run.looks.push({ ...(await probe(true)), iteration: iterations });
      const last = run.records[run.records.length - 1];
      const recent = last !== undefined && last.iteration >= RECENT * iterations;
      run.held = recent && last.validation ? last.validation : ((await evaluate?.()) ?? null);
      return ask();
    },
    async notFinite(iteration) {
      const weights = session.hasBadWeight() ? await paced(readingWeights(session), pace) : [];
      const where = locateNotFinite(training, weights);
      run.failed = true;
      run.moment = "end";
      await ask(CAUSES);
      const [cause] = inOrder(isTold);
      const diagnosis: Diagnosis = { code: "not-finite", ...notFinite(run, iteration, where, cause) };
      found.set(diagnosis.code, diagnosis);
      told.add(diagnosis.code);
      return diagnosis;
    },
    state: () => ({
      ...{ found: [...found.values()], looks: run.looks, least: run.least },
      ...{ curve: run.curve, first: run.first },
    }),
    restore(state, records) {
      run.records.push(...records);
      if (records.length) run.moment = "training";
      for (const finding of state.found) {
        found.set(finding.code, finding);
        if (isTold(finding)) told.add(finding.code);
      }
      run.looks.push(...state.looks);
      run.least = state.least;
      Object.assign(run.curve, state.curve);
      run.first = state.first;
    },
    findings: () => inOrder(isTold),
    suspicions: () => inOrder((diagnosis) => !isTold(diagnosis)),
  };
}

const isTold = ({ confidence }: Diagnosis) => confidence !== "possible";

const BRIEF = 20; // updates

const RECENT = 0.95; // of the iterations: a record after that tells how the run ended
