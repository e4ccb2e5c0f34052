// The clinic: planted illnesses and healthy runs, and what is said of each, by history.diagnoses or by the doctor that
// tries things out. A case is a sound training with one thing done wrong; its control is that training. Harmful is what
// loses at least 0.02 of the control's test score, or has three times its test cost, or ends without an answer.
//
//   npm run build && npx tsx scripts/clinic.ts [--part tune|held|all] [--seed N] [--only TEXT] [--doctor] [--seconds N]
//                                              [--out FILE.json] [--quiet] [--workers N]
//
// --only: cases whose "kind, set: name" has the text. --doctor: judge by diagnose(); --seconds: what it may take for a
// case. Choose thresholds by the part "tune", report "held" as well.

import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as wasmlp from "wasmlp";
import { type Case, titleOf } from "../test/clinic/cases.js";
import { hasTables } from "../test/clinic/data.js";
import { HEALTHY } from "../test/clinic/healthy.js";
import { ILLNESSES } from "../test/clinic/illnesses.js";
import { KINDS } from "../test/clinic/kinds.js";
import { type Doctor, judge, type Result } from "../test/clinic/run.js";
import { RECIPES } from "../test/clinic/sets.js";

const { values: options } = parseArgs({
  options: {
    part: { type: "string", default: "tune" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    doctor: { type: "boolean", default: false },
    seconds: { type: "string" },
    out: { type: "string" },
    quiet: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
  },
});
const ALL = [...ILLNESSES, ...HEALTHY];

/** In a child: judges the cases whose places come, and sends back what each came to. */
async function serve(): Promise<void> {
  const { diagnose } = wasmlp as unknown as { diagnose?: Doctor };
  if (options.doctor && !diagnose) throw new Error("The package exports no diagnose; build one that does.");
  const maxSeconds = options.seconds === undefined ? undefined : Number(options.seconds);
  const judging = { seed: Number(options.seed), doctor: options.doctor ? diagnose! : null, maxSeconds };
  process.on("message", async (places: number[]) => {
    for (const place of places) process.send!({ place, result: await judge(ALL[place]!, judging) });
    process.send!({ done: true });
  });
  process.send!({ done: true });
}

/** Cases of one data set go to one child, which keeps their control. */
function groupsOf(cases: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const place of cases) {
    const { set } = ALL[place]!;
    groups.set(set, [...(groups.get(set) ?? []), place]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

async function runAll(cases: readonly number[], report: (result: Result) => void): Promise<Result[]> {
  const results = new Map<number, Result>();
  const groups = groupsOf(cases);
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const child: ChildProcess = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
        env: { ...process.env, CLINIC_CHILD: "1" },
      });
      child.on("message", ({ place, result, done }: { place?: number; result?: Result; done?: boolean }) => {
        if (result) {
          results.set(place!, result);
          report(result);
        }
        if (!done) return;
        const group = groups.shift();
        if (group) child.send(group);
        else child.disconnect();
      });
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))));
    });
  await Promise.all(Array.from({ length: Number(options.workers) }, work));
  return cases.map((place) => results.get(place)!);
}

const number = (value: number | null) =>
  value !== null && Number.isFinite(value) ? value.toFixed(3).padStart(6) : "     -";

function line({ kind, set, name, verdict, harmful, codes, score, controlScore, advice, seconds }: Result): string {
  const words = [verdict.padEnd(11), harmful ? "harm" : "    ", `${kind}, ${set}: ${name}`.padEnd(72).slice(0, 72)];
  const after = advice
    ? `${JSON.stringify(advice.change)} -> ${number(advice.score).trim()}${helped(advice.helps)}`
    : "";
  return [...words, number(score), number(controlScore), `${seconds.toFixed(1)}s`, codes.join(","), after].join(" ");
}
const helped = (helps: boolean | null) => (helps === null ? "" : helps ? " helps" : " no help");

const print = (rows: readonly (readonly (string | number)[])[]) => {
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
};

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

function tellIllnesses(ill: readonly Result[]): void {
  const row = (title: string, results: readonly Result[], instead: string) => {
    const counts = countsOf(results);
    return [title, ...counts.slice(0, 6), `${counts[6]} of ${counts[7]}`, instead];
  };
  const kinds = Object.keys(KINDS).map((kind) => [kind, ill.filter((result) => result.kind === kind)] as const);
  console.log("\nOf harmful cases: named by the first finding, by any, nothing said, other things said alone.\n");
  print([
    ["illness", "cases", "harmful", "first", "named", "silent", "wrong", "advice helps", "first said instead"],
    ["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---"],
    ...kinds.filter(([, cases]) => cases.length > 0).map(([kind, cases]) => row(kind, cases, saidInstead(cases))),
    row("all", ill, ""),
  ]);
  const [, harmful, first] = countsOf(ill) as [number, number, number];
  const share = harmful ? ` (${((100 * first) / harmful).toFixed(1)} %)` : "";
  console.log(`\n${first} of ${harmful} harmful illnesses are named first${share}.`);
}

function tellHealthy(well: readonly Result[]): void {
  const accused = well.filter(({ verdict }) => verdict === "false alarm");
  console.log(`\n${accused.length} of ${well.length} healthy runs have a finding${accused.length ? ":" : "."}`);
  for (const { set, name, codes } of accused) console.log(`  ${set}: ${name}: ${codes.join(", ")}`);
}

if (process.env.CLINIC_CHILD) await serve();
else {
  const wanted = ALL.map((_, place) => place).filter((place) => {
    const one: Case = ALL[place]!;
    if (options.part !== "all" && one.part !== options.part) return false;
    return titleOf(one).includes(options.only) && (hasTables || !RECIPES[one.set].beside);
  });
  if (!hasTables) console.log("The tables beside the project are not here: their cases are left out.");
  const results = await runAll(wanted, () => process.stderr.isTTY && process.stderr.write("."));
  if (!options.quiet) for (const result of results) console.log(line(result));
  const ill = results.filter(({ kind }) => kind !== "healthy");
  if (ill.length) tellIllnesses(ill);
  if (ill.length < results.length) tellHealthy(results.filter(({ kind }) => kind === "healthy"));
  if (options.out) writeFileSync(options.out, `${JSON.stringify(results, null, 1)}\n`);
}
