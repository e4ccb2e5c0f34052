// The clinic's tables: what was said of illnesses by kind, and of healthy runs.

import { KINDS } from "./kinds.js";
import type { Result } from "./run.js";

export const number = (value: number | null) =>
  value !== null && Number.isFinite(value) ? value.toFixed(3).padStart(6) : "     -";

/** Rows of a table in Markdown, the first its head; columns after the first are numbers but for `words` of the last. */
export function table(rows: readonly (readonly (string | number)[])[], words = 1): void {
  const [head, ...others] = rows;
  const marks = head!.map((_, j) => (j === 0 || j >= head!.length - words ? "---" : "---:"));
  for (const row of [head!, marks, ...others]) console.log(`| ${row.join(" | ")} |`);
}

export const adviceIn = (advice: { change: object; score: number; helps: boolean | null } | null) =>
  advice
    ? `${JSON.stringify(advice.change)} -> ${number(advice.score).trim()}${advice.helps === null ? "" : advice.helps ? " helps" : " no help"}`
    : "";

export function line({
  kind,
  set,
  name,
  verdict,
  harmful,
  codes,
  score,
  controlScore,
  advice,
  seconds,
}: Result): string {
  const words = [verdict.padEnd(11), harmful ? "harm" : "    ", `${kind}, ${set}: ${name}`.padEnd(72).slice(0, 72)];
  const numbers = [number(score), number(controlScore), `${seconds.toFixed(1)}s`];
  return [...words, ...numbers, codes.join(","), adviceIn(advice)].join(" ");
}

/** A kind's row: cases, harmful, and of these named first, at all, silent, wrong, advice that helped, of how many. */
function countsOf(results: readonly Result[]): number[] {
  const harmful = results.filter((result) => result.harmful);
  const count = (...verdicts: string[]) => harmful.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const helps = harmful.map(({ advice }) => advice?.helps ?? null).filter((help) => help !== null);
  const named = [count("first"), count("first", "named"), count("silent"), count("wrong")];
  return [results.length, harmful.length, ...named, helps.filter(Boolean).length, helps.length];
}

/** What was said first of harmful cases, instead of what names them. */
function saidInstead(results: readonly Result[]): string {
  const others = results.filter(({ harmful, verdict }) => harmful && (verdict === "wrong" || verdict === "named"));
  return [...new Set(others.map(({ codes }) => codes[0]))].join(", ");
}

export function tellIllnesses(ill: readonly Result[]): void {
  const row = (title: string, results: readonly Result[], instead: string) => {
    const counts = countsOf(results);
    return [title, ...counts.slice(0, 6), `${counts[6]} of ${counts[7]}`, instead];
  };
  const kinds = Object.keys(KINDS).map((kind) => [kind, ill.filter((result) => result.kind === kind)] as const);
  console.log("\nOf harmful cases: named by the first finding, by any, nothing said, other things said alone.\n");
  table([
    ["illness", "cases", "harmful", "first", "named", "silent", "wrong", "advice helps", "first said instead"],
    ...kinds.filter(([, cases]) => cases.length > 0).map(([kind, cases]) => row(kind, cases, saidInstead(cases))),
    row("all", ill, ""),
  ]);
  const [, harmful, first] = countsOf(ill) as [number, number, number];
  const share = harmful ? ` (${((100 * first) / harmful).toFixed(1)} %)` : "";
  console.log(`\n${first} of ${harmful} harmful illnesses are named first${share}.`);
}

export function tellHealthy(well: readonly Result[]): void {
  const accused = well.filter(({ verdict }) => verdict === "false alarm");
  console.log(
    `\n${accused.length} of ${well.length} healthy runs have a finding that is more than possible${accused.length ? ":" : "."}`,
  );
  for (const { set, name, codes } of accused) console.log(`  ${set}: ${name}: ${codes.join(", ")}`);
}
