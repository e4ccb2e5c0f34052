// The clinic: planted illnesses and healthy runs, and public programs with a known fault; and what is said of each, by
// history.diagnoses or by the doctor that tries things out. A case is a sound training with one thing done wrong; its
// control is that training. Harmful is what loses at least 0.02 of the control's test score, or has three times its test
// cost, or ends without an answer. Choose thresholds by the part "tune", and by programs with odd numbers; report the
// others as well.
//
//   npm run build && npx tsx scripts/clinic.ts [--part tune|held|all] [--programs] [--seed N] [--seeds N] [--only TEXT]
//                                              [--doctor] [--seconds N] [--out FILE.json] [--quiet] [--workers N]
//
// --programs: the public programs instead; --seeds: by how many seeds, from --seed on, each is judged. --only: what has
// the text in its title, "kind, set: name" or "source id: what it does". --doctor: judge by diagnose(); --seconds: what
// it may take for each.

import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { titleOf } from "../test/clinic/cases.js";
import { hasTables } from "../test/clinic/data.js";
import { HEALTHY } from "../test/clinic/healthy.js";
import { ILLNESSES } from "../test/clinic/illnesses.js";
import { PROGRAMS } from "../test/clinic/programs/all.js";
import { judgeSeeds, type ProgramResult } from "../test/clinic/programs/judge.js";
import { programLine, tellPrograms } from "../test/clinic/programs/report.js";
import { line, tellHealthy, tellIllnesses } from "../test/clinic/report.js";
import { experimenting, type Judging, judge, type Result } from "../test/clinic/run.js";
import { RECIPES } from "../test/clinic/sets.js";

const { values: options } = parseArgs({
  options: {
    part: { type: "string", default: "tune" },
    programs: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    doctor: { type: "boolean", default: false },
    seconds: { type: "string" },
    out: { type: "string" },
    quiet: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
  },
});

interface Work {
  readonly title: string;
  /** What one worker does after one another: cases of one data set, which keep their control. */
  readonly group: string;
  readonly wanted: boolean;
  run(judging: Judging): Promise<Result | ProgramResult>;
}

const CASES: Work[] = [...ILLNESSES, ...HEALTHY].map((one) => ({
  title: titleOf(one),
  group: one.set,
  wanted: (options.part === "all" || one.part === options.part) && (hasTables || !RECIPES[one.set].beside),
  run: (judging) => judge(one, judging),
}));
const QUESTIONS: Work[] = PROGRAMS.map((program) => ({
  title: `${program.source} ${program.id}: ${program.does}`,
  group: program.id,
  wanted: true,
  run: (judging) => judgeSeeds(program, judging, Number(options.seeds)),
}));
const WORKS = options.programs ? QUESTIONS : CASES;

/** In a child: does the works whose places come, and sends back what each came to. */
function serve(): void {
  const maxSeconds = options.seconds === undefined ? undefined : Number(options.seconds);
  const judging = { seed: Number(options.seed), doctor: options.doctor ? experimenting : null, maxSeconds };
  process.on("message", async (places: number[]) => {
    for (const place of places) process.send!({ place, result: await WORKS[place]!.run(judging) });
    process.send!({ done: true });
  });
  process.send!({ done: true });
}

function groupsOf(places: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const { group } = WORKS[place]!;
    groups.set(group, [...(groups.get(group) ?? []), place]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** Results in the order of the places, whichever child was done first. */
async function runAll(places: readonly number[]): Promise<(Result | ProgramResult)[]> {
  const results = new Map<number, Result | ProgramResult>();
  const groups = groupsOf(places);
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
        env: { ...process.env, CLINIC_CHILD: "1" },
      });
      child.on("message", ({ place, result, done }: { place?: number; result?: Result; done?: boolean }) => {
        if (result) results.set(place!, result);
        if (!done) return;
        const group = groups.shift();
        if (group) child.send(group);
        else child.disconnect();
      });
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))));
    });
  await Promise.all(Array.from({ length: Math.min(Number(options.workers), groups.length) }, work));
  return places.map((place) => results.get(place)!);
}

function tellCases(results: readonly Result[]): void {
  if (!options.quiet) for (const result of results) console.log(line(result));
  const ill = results.filter(({ kind }) => kind !== "healthy");
  if (ill.length) tellIllnesses(ill);
  if (ill.length < results.length) tellHealthy(results.filter(({ kind }) => kind === "healthy"));
}

if (process.env.CLINIC_CHILD) serve();
else {
  if (!hasTables && !options.programs)
    console.log("The tables beside the project are not here: their cases are left out.");
  const wanted = WORKS.map((_, place) => place).filter((place) => {
    const { title, wanted } = WORKS[place]!;
    return wanted && title.includes(options.only);
  });
  const results = await runAll(wanted);
  if (options.programs) {
    if (!options.quiet) for (const result of results) console.log(programLine(result as ProgramResult));
    tellPrograms(results as ProgramResult[]);
  } else tellCases(results as Result[]);
  if (options.out) writeFileSync(options.out, `${JSON.stringify(results, null, 1)}\n`);
}
