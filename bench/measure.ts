// How everything here is measured: samples in turns, so that a noisy neighbour meets all alike; medians, and medians of
// the ratios of neighbouring samples.

import { cpus } from "node:os";
import { inTurns } from "../src/race.js";
import { median, quantile } from "../src/statistics.js";
import { digits, table } from "../src/text.js";

const PAUSE = 60; // milliseconds between two samples

/** A way to do a work: `run` does it once and returns the seconds it took. */
export interface Contestant {
  readonly name: string;
  run(): Promise<number> | number;
}

/** Seconds of each sample, contestant by contestant; samples of the same index were taken one after the other. */
export type Samples = ReadonlyMap<string, readonly number[]>;

async function take({ run }: Contestant): Promise<number> {
  // threads of the one before may still be spinning, waiting for work
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  const taken = await run();
  if (!(taken > 0)) throw new Error(`a sample took ${taken} seconds`);
  return taken;
}

/** Takes samples in turns, at least `least` of each and for at least `seconds`, after one that does not count. */
export async function takeTurns(contestants: readonly Contestant[], seconds: number, least = 7): Promise<Samples> {
  for (const contestant of contestants) await take(contestant);
  const start = performance.now();
  let samples: readonly (readonly number[])[] = [];
  for await (samples of inTurns(contestants, take)) {
    if (samples[0]!.length >= least && performance.now() - start >= 1000 * seconds) break;
  }
  return new Map(contestants.map(({ name }, c) => [name, samples[c]!]));
}

/** What `takePairs` saw: seconds of each sample, ratios to `ours` sample by sample, and why someone dropped out. */
export interface Pairs {
  readonly samples: Samples;
  readonly ratios: Samples;
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Takes samples of `ours` and of `together` others, one right after the other, the order changing from turn to turn; at
 * least `least` of each and for at least `seconds`, after one that does not count. Who throws is left out from there on.
 */
export async function takePairs(
  ours: Contestant,
  others: readonly Contestant[],
  seconds: number,
  least: number,
  together = 1,
): Promise<Pairs> {
  const all = [ours, ...others];
  const samples = new Map(all.map(({ name }) => [name, [] as number[]]));
  const ratios = new Map(all.map(({ name }) => [name, [] as number[]]));
  const failed = new Map<string, string>();
  // seconds of each, name by name
  const group = async (some: readonly Contestant[], reversed: boolean) => {
    const taken = new Map<string, number>();
    for (const one of reversed ? [...some.toReversed(), ours] : [ours, ...some]) {
      try {
        taken.set(one.name, await take(one));
      } catch (error) {
        if (one === ours) throw error;
        failed.set(one.name, (error as Error).message ?? String(error));
      }
    }
    return taken;
  };
  const turn = async (reversed: boolean) => {
    const left = others.filter(({ name }) => !failed.has(name));
    const groups: ReadonlyMap<string, number>[] = [];
    for (let i = 0; i < left.length; i += together) groups.push(await group(left.slice(i, i + together), reversed));
    return groups;
  };
  await turn(false);
  const start = performance.now();
  for (let turns = 0; turns < least || performance.now() - start < 1000 * seconds; turns++) {
    for (const taken of await turn(turns % 2 === 1)) {
      const mine = taken.get(ours.name)!;
      for (const [name, theirs] of taken) {
        samples.get(name)!.push(theirs);
        if (name !== ours.name) ratios.get(name)!.push(theirs / mine);
      }
    }
    ratios.get(ours.name)!.push(1);
  }
  return { samples, ratios, failed };
}

/** How many times as long as `ours` the `other` takes: median of the ratios, and where 80 % of them lie. */
export function ratioOf(samples: Samples, other: string, ours: string) {
  const theirs = samples.get(other)!;
  return spreadOf(samples.get(ours)!.map((seconds, i) => theirs[i]! / seconds));
}

/** Median, and where 80 % of the values lie. */
export function spreadOf(values: readonly number[]) {
  return { median: median(values), low: quantile(values, 0.1), high: quantile(values, 0.9) };
}

/** Seconds that `work` takes. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** A table that fits 80 columns: the first column left, the others right; numbers in three digits. */
export function print(rows: readonly (readonly (string | number)[])[]): void {
  const right = rows[0]!.map((_, c) => c).slice(1);
  for (const line of table(
    rows.map((row) => row.map(cell)),
    right,
  ))
    console.log(line);
}

/** A whole number as it is, another one in three digits. */
export function cell(value: string | number): string {
  return typeof value === "string" || Number.isInteger(value) ? String(value) : digits(value);
}

/** Milliseconds, in three digits. */
export const ms = (seconds: number) => digits(1000 * seconds);

/** What the figures were taken on. */
export function machine(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? "unknown processor"}, ${cores.length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Whether a part was asked for: all are when none is named. */
export function chosen(only: string | undefined): (name: string) => boolean {
  const names = only?.split(",");
  return (name) => names === undefined || names.includes(name);
}
