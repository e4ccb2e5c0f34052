// Runs a program and its repaired version, and judges what is said of it by the labels of what was repaired.

import { median } from "../../../src/statistics.js";
import type { Training } from "../cases.js";
import type { Finding } from "../kinds.js";
import { follow, type Judging, LOST, train } from "../run.js";
import { isOdd } from "./all.js";
import { labelsOf } from "./labels.js";
import type { Label, Program } from "./program.js";

export interface ProgramResult {
  readonly id: string;
  readonly source: Program["source"];
  readonly does: string;
  readonly odd: boolean;
  readonly cause: string | null;
  readonly faults: readonly Label[];
  readonly codes: readonly string[];
  readonly labels: readonly (readonly Label[])[];
  readonly message: string;
  /** Refused by the network or the training, before a step. */
  readonly refused: boolean;
  readonly score: number;
  readonly repairedScore: number;
  /** Whether it is worse than its repaired version; of a control, whether it is judged as one that is well. */
  readonly fails: boolean;
  /** Whether the first finding, or any, accuses what was repaired; and with what repairs it too. */
  readonly first: boolean;
  readonly named: boolean;
  readonly namedAlso: boolean;
  readonly falseAlarm: boolean;
  /** Codes of what is found, more than possible, in the repaired version, which may have other faults. */
  readonly repairedCodes: readonly string[];
  /** Score with what is advised first, and whether it is the repaired version's. */
  readonly advice: { readonly change: object; readonly score: number; readonly helps: boolean } | null;
  readonly deepfd: boolean | null;
  readonly default: boolean | null;
  readonly seconds: number;
}

export function programTraining({ data, layers, outputs, net, fit }: Program): Training {
  return { source: data, layers, outputs, net, fit, faults: [] };
}

export function repairedTraining(program: Program): Training {
  const { data, net, fit, layers, outputs } = program.repair;
  const faulty = programTraining(program);
  return {
    ...faulty,
    source: data ?? faulty.source,
    layers: layers ?? faulty.layers,
    outputs: outputs ?? faulty.outputs,
    net: { ...faulty.net, ...net },
    fit: fit ?? faulty.fit,
  } as Training;
}

const isAlarm = ({ confidence }: Finding) => confidence !== "possible";

export async function judgeProgram(program: Program, judging: Judging): Promise<ProgramResult> {
  const { id, source, does, faults, also = [], cause = null, deepfd = null, default: defaultNames = null } = program;
  const what = programTraining(program);
  const start = performance.now();
  const { findings, error, score } = await train(what, judging);
  const seconds = (performance.now() - start) / 1000;
  const alone = { ...judging, doctor: null };
  const repaired = faults.length ? await train(repairedTraining(program), judging) : null;
  const repairedScore = repaired?.score ?? score;
  const labels = findings.map(labelsOf);
  const accuses = (of: readonly Label[], found = labels) =>
    found.some((some) => some.some((label) => of.includes(label)));
  const change = findings[0]?.change ?? {};
  const after = Object.keys(change).length ? (await train(follow(what, change), alone)).score : null;
  // as good as repaired: but for a tenth of what a constant answer lacks
  const near = Math.max(LOST, 0.1 * (repairedScore - Math.max(0, score || 0)));
  return {
    ...{ id, source, does, odd: isOdd(program), cause, faults, labels, score, repairedScore, seconds, deepfd },
    ...{ codes: findings.map(({ code }) => code), message: findings[0]?.message ?? "", default: defaultNames },
    refused: error !== null && error !== "E_NOT_FINITE",
    fails: faults.length > 0 && !(repairedScore - score < LOST),
    first: accuses(faults, labels.slice(0, 1)),
    named: accuses(faults),
    namedAlso: accuses([...faults, ...also]),
    repairedCodes: (repaired?.findings ?? []).filter(isAlarm).map(({ code }) => code),
    falseAlarm: faults.length === 0 && findings.some(isAlarm),
    advice: after === null ? null : { change, score: after, helps: repairedScore - after < near },
  };
}

/** The same over so many seeds: what holds in at least half, of those in which it fails if these are half; middle scores. */
export async function judgeSeeds(program: Program, judging: Judging, seeds: number): Promise<ProgramResult> {
  const all: ProgramResult[] = [];
  for (let i = 0; i < seeds; i++) all.push(await judgeProgram(program, { ...judging, seed: judging.seed + i }));
  const mostly = (of: readonly ProgramResult[], is: (result: ProgramResult) => boolean) =>
    2 * of.filter(is).length >= of.length;
  const fails = program.faults.length > 0 && mostly(all, (result) => result.fails);
  const told = fails ? all.filter((result) => result.fails) : all;
  return {
    ...told[0]!,
    fails,
    first: mostly(told, ({ first }) => first),
    named: mostly(told, ({ named }) => named),
    namedAlso: mostly(told, ({ namedAlso }) => namedAlso),
    falseAlarm: mostly(told, ({ falseAlarm }) => falseAlarm),
    score: median(told.map(({ score }) => score)),
    repairedScore: median(told.map(({ repairedScore }) => repairedScore)),
  };
}
