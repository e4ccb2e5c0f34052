// Why a training fails: watches a run and returns at most a handful of findings in words. What it measures is
// diagnose/probe.ts's, what it knows is the table of diagnose/rules.ts. Changes nothing of the run.

import type { Backend } from "./backend.js";
import { baseRateEntropy } from "./dataset.js";
import { countDeadUnits, createProbe, locateNotFinite, measureInputs, type Probed } from "./diagnose/probe.js";
import { baselineOf, isEntropyOfClasses, notFinite, type Patient, RULES, type Run } from "./diagnose/rules.js";
import { InputError } from "./errors.js";
import type { CostRecord, Diagnosis, DiagnosisCode, History } from "./history.js";
import { getWeights } from "./session/layout.js";

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
  /** Measures the weights as they are, before the step whose cost is to be recorded. */
  look(): Promise<void>;
  /** After that step. */
  watch(record: CostRecord): Promise<Diagnosis[]>;
  /** After the last step. */
  end(): Promise<Diagnosis[]>;
  /** After the step that met NaN or infinity. */
  notFinite(iteration: number): Diagnosis;
  /** All findings so far, causes before effects. */
  findings(): readonly Diagnosis[];
  /** What it knows so far, to go on from in another one. */
  state(): DoctorState;
  restore(state: DoctorState, records: readonly CostRecord[]): void;
}

/** What a doctor knows of a run. */
export interface DoctorState {
  readonly found: readonly Diagnosis[];
  readonly looks: Run["looks"];
  readonly least: number;
}

/** What watches a training; an abort of `signal` ends its measurements. */
export function createDoctor(patient: Patient, training: Probed, backend: Backend, signal?: AbortSignal): Doctor {
  const { architecture, data } = patient;
  const { session } = training;
  const probe = createProbe(backend, training, signal);
  const found = new Map<DiagnosisCode, Diagnosis>();
  const run: Run = {
    ...patient,
    get learningRate() {
      return patient.learningRate;
    },
    moment: "start",
    inputs: measureInputs(data),
    baseline: patient.weighted ? Number.NaN : baselineOf(architecture, data),
    entropy: !patient.weighted && isEntropyOfClasses(architecture) && data.classes ? baseRateEntropy(data) : Number.NaN,
    records: [],
    least: Number.POSITIVE_INFINITY,
    looks: [],
    weights: () => getWeights(session),
    countDeadUnits: () => countDeadUnits(backend, architecture, getWeights(session), data, signal),
    has: (code) => found.has(code),
  };

  // Asks every rule at every moment. A finding is told once; at the end those told before get their last numbers.
  async function ask(): Promise<Diagnosis[]> {
    const fresh: Diagnosis[] = [];
    for (const { code, look } of RULES) {
      if (found.has(code) && run.moment !== "end") continue;
      const finding = await look(run);
      if (finding === null) continue;
      if (!found.has(code)) fresh.push({ code, ...finding });
      found.set(code, { code, ...finding });
    }
    return fresh;
  }

  return {
    begin: ask,
    async look() {
      run.looks.push(await probe());
    },
    watch(record) {
      run.moment = "training";
      run.records.push(record);
      run.least = Math.min(run.least, record.cost);
      return ask();
    },
    end() {
      run.moment = "end";
      return ask();
    },
    notFinite(iteration) {
      const where = locateNotFinite(training, session.hasBadWeight() ? getWeights(session) : []);
      const diagnosis: Diagnosis = { code: "not-finite", ...notFinite(run, iteration, where) };
      found.set(diagnosis.code, diagnosis);
      return diagnosis;
    },
    state: () => ({ found: [...found.values()], looks: run.looks, least: run.least }),
    restore(state, records) {
      run.records.push(...records);
      if (records.length) run.moment = "training";
      for (const finding of state.found) found.set(finding.code, finding);
      run.looks.push(...state.looks);
      run.least = state.least;
    },
    findings() {
      const rank = (code: DiagnosisCode) => RULES.findIndex((rule) => rule.code === code); // not-finite comes first
      return [...found.values()].sort((a, b) => rank(a.code) - rank(b.code));
    },
  };
}
