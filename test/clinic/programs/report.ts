// Tables of the public programs: what is said of each beside what published tools say, odd and even numbers apart.

import { adviceIn, number, table } from "../report.js";
import { BY_CAUSE, LEFT_OUT } from "./all.js";
import type { ProgramResult } from "./judge.js";

function verdictOf({ faults, fails, falseAlarm, refused, first, named, namedAlso, codes }: ProgramResult): string {
  if (faults.length === 0) return falseAlarm ? "false alarm" : "clean";
  if (!fails) return "is well";
  const how = first ? "first" : named ? "named" : namedAlso ? "equivalent" : codes.length ? "wrong" : "silent";
  return refused && named ? "refused" : how;
}

export function programLine(result: ProgramResult): string {
  const { id, source, does, odd, faults, score, repairedScore, seconds, codes, labels, advice } = result;
  const title = `${odd ? "odd " : "even"} ${source} ${id}: ${does}`.padEnd(84).slice(0, 84);
  const said = codes.map((code, i) => `${code} (${labels[i]!.join(", ")})`).join("; ");
  const numbers = [number(score), number(repairedScore), `${seconds.toFixed(1)}s`];
  return [verdictOf(result).padEnd(11), title, ...numbers, `[${faults.join(", ")}]`, said, adviceIn(advice)].join(" ");
}

const count = (results: readonly ProgramResult[], is: (result: ProgramResult) => unknown) => results.filter(is).length;

function row(title: string, all: readonly ProgramResult[]): (string | number)[] {
  const failing = all.filter(({ fails }) => fails);
  const controls = all.filter(({ faults }) => faults.length === 0);
  const advised = failing.filter(({ advice }) => advice !== null);
  return [
    title,
    all.length - controls.length,
    failing.length,
    count(failing, ({ refused, named }) => refused && named),
    count(failing, ({ first }) => first),
    count(failing, ({ named }) => named),
    count(failing, ({ namedAlso }) => namedAlso),
    count(failing, ({ codes }) => codes.length === 0),
    `${count(advised, ({ advice }) => advice!.helps)} of ${advised.length}`,
    `${count(controls, ({ falseAlarm }) => falseAlarm)} of ${controls.length}`,
  ];
}

export function tellPrograms(results: readonly ProgramResult[]): void {
  const sources = [...new Set(results.map(({ source }) => source))];
  const parts = [
    ["odd", (result: ProgramResult) => result.odd],
    ["even", (result: ProgramResult) => !result.odd],
  ] as const;
  console.log(
    "\nOf those that fail here: refused for the fault, named by the first finding, by any, or with what repairs",
  );
  console.log("the program as well; nothing said; of the controls, with a finding.\n");
  table([
    [
      "programs",
      "faulty",
      "fail",
      "refused",
      "first",
      "named",
      "or equivalent",
      "silent",
      "advice helps",
      "false alarms",
    ],
    ...sources.flatMap((source) => {
      const of = results.filter((result) => result.source === source);
      return parts.map(([title, is]) => row(`${source}, ${title}`, of.filter(is)));
    }),
    ...parts.map(([title, is]) => row(`all, ${title}`, results.filter(is))),
    row("all", results),
  ]);
  tellBesideTools(results);
  tellByCause(results);
  tellRepaired(results);
  for (const [id, why] of Object.entries(LEFT_OUT)) console.log(`\nLeft out: ${id}, ${why}.`);
}

// Where a verdict is published for each program: over all of them, whether they fail here or not.
function tellBesideTools(results: readonly ProgramResult[]): void {
  const known = results.filter(({ deepfd }) => deepfd !== null);
  if (!known.length) return;
  const right = ({ faults, falseAlarm, named }: ProgramResult) => (faults.length ? named : !falseAlarm);
  const rightFirst = (one: ProgramResult) => (one.faults.length ? one.first : !one.falseAlarm);
  const rows = (title: string, of: readonly ProgramResult[]) => [
    ...[title, of.length, count(of, right), count(of, rightFirst), count(of, (one) => one.deepfd)],
    count(of, (one) => one.default),
  ];
  console.log("\nA right cause named, or a control left alone, beside the published verdicts.\n");
  table(
    [
      ["programs of DeepFD's benchmark", "number", "here", "here first", "DeepFD", "DEFault"],
      rows(
        "odd",
        known.filter(({ odd }) => odd),
      ),
      rows(
        "even",
        known.filter(({ odd }) => !odd),
      ),
      rows("all", known),
    ],
    0,
  );
}

// A network of so few rows, or with a repair that only helps, may well have something else.
function tellRepaired(results: readonly ProgramResult[]): void {
  const repaired = results.filter(({ source, faults }) => faults.length > 0 && source !== "TheDeepChecker");
  const accused = repaired.filter(({ repairedCodes }) => repairedCodes.length > 0);
  console.log(
    `\n${accused.length} of ${repaired.length} repaired versions have a finding${accused.length ? ":" : "."}`,
  );
  for (const { source, id, repairedScore, repairedCodes } of accused)
    console.log(`  ${source} ${id}, ${number(repairedScore).trim()}: ${repairedCodes.join(", ")}`);
}

function tellByCause(results: readonly ProgramResult[]): void {
  if (!results.some(({ source }) => source === "deepmufl")) return;
  console.log("\nBy cause, of deepmufl's benchmark; here a right cause named, there the layer.\n");
  const rows = Object.entries(BY_CAUSE).map(([cause, published]) => {
    const of = results.filter((result) => result.cause === cause);
    return [cause, of.length, count(of, ({ fails }) => fails), count(of, ({ named }) => named), ...published];
  });
  const sums = rows.reduce<number[]>(
    (sum, [, ...numbers]) => sum.map((v, i) => v + (numbers[i] as number)),
    Array(9).fill(0),
  );
  table(
    [
      ["cause", "here", "fail", "named", "there", "DeepDiagnosis", "DeepLocalize", "NeuraLint", "UMLAUT", "deepmufl"],
      ...rows,
      ["all", ...sums],
    ],
    0,
  );
}
