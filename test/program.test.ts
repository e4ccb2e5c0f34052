// The writer of programs: what cannot be written. Records with a word missing, misspelt or too many are errors of types,
// so a program that writes them is compiled here and its errors are read.

import { resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import * as P from "../assembly/program.js";
import { createProgram, DOUBLES } from "../src/plan/program.js";

/** Errors of types in a file that stands beside this one and writes `record`. */
function errorsOf(record: string): string[] {
  const path = resolve(import.meta.dirname, "planted.ts");
  const text = `import { createProgram } from "../src/plan/program.js";\ncreateProgram().emit(${record});\n`;
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    resolve(name) === path ? ts.createSourceFile(name, text, rest[0]) : read(name, ...rest);
  const program = ts.createProgram([path], { ...options, noEmit: true }, host);
  const errors = program.getSemanticDiagnostics(program.getSourceFile(path));
  return errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("a record", () => {
  const words = "rows: 0, dz: 0, dzStride: 0, np: 4";

  test("with all its words is written", () => {
    expect(errorsOf(`"storeRows", { ${words}, mp: 8 }`)).toEqual([]);
  });

  test.each([
    ["without a word", `"storeRows", { ${words} }`, "Property 'mp' is missing"],
    ["with a word too many", `"storeRows", { ${words}, mp: 8, kp: 8 }`, "'kp' does not exist"],
    ["with a word misspelt", `"storeRows", { ${words}, pm: 8 }`, "'pm' does not exist"],
    ["of a kind there is not", `"storeColumns", { ${words}, mp: 8 }`, "storeColumns"],
    ["with words where its kind has none", `"cost", { blocks: 1 }`, "not assignable to type 'never'"],
  ])("%s is a type error", (_, record, message) => {
    const errors = errorsOf(record);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });

  test("of more words than a record has is refused", () => {
    const longer = P.Clip as unknown as Record<string, number>;
    longer.more = P.RECORD;
    try {
      const { phase, emit } = createProgram();
      phase("clip", "once");
      expect(() => emit("clip", { blocks: 1, more: 2 } as never)).toThrow(`a record has ${P.RECORD}`);
    } finally {
      delete longer.more;
    }
  });
});

test("phases lie behind the records, as many as there are", () => {
  const { phase, emit, image } = createProgram();
  for (let i = 0; i < 70; i++) phase("updates", "blocks", i);
  emit("clip", { blocks: 3 });
  const words = new Int32Array(image({}).buffer);
  const table = words[P.Header.phaseTable]! / 4;
  expect(table).toBe(P.RECORDS / 4 + P.RECORD);
  expect(words).toHaveLength(table + 70 * P.PHASE_WORDS);
  expect(words[table + 69 * P.PHASE_WORDS + P.Phase.blocks]).toBe(69);
});

test("the words of each record and of the header have places of their own", () => {
  const placesOf = (words: object) =>
    Object.values(words).filter((place): place is number => typeof place === "number");
  for (const kind of Object.keys(P.Kind).filter((name) => Number.isNaN(Number(name)))) {
    const words = (P as unknown as Record<string, object>)[kind[0]!.toUpperCase() + kind.slice(1)];
    if (!words) continue; // it has none
    let free = 1;
    for (const [word, place] of Object.entries(words).filter(([, place]) => typeof place === "number")) {
      const double = DOUBLES.has(word);
      expect(place, `${kind}.${word}`).toBe(double ? free + (free % 2) : free);
      free = place + (double ? 2 : 1);
    }
    expect(free).toBeLessThanOrEqual(P.RECORD);
  }
  const header = placesOf(P.Header);
  expect(header).toEqual([...new Set(header)].sort((a, b) => a - b));
  expect(4 * Math.max(...header)).toBeLessThan(P.HYPER);
  expect(P.HYPER + 8 * (Math.max(...placesOf(P.Hyper)) + 1)).toBeLessThanOrEqual(P.RECORDS);
});
