// The commands on tables: what a person with a CSV types, from a look at it to answers for other rows.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partsOfTable } from "../src/cli/folds.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { readCsv } from "../src/table/csv.js";
import { createTableDataset } from "../src/table.js";
import { commandIn } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "wasmlp-tables-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = commandIn(folder);

const write = (name: string, rows: readonly (readonly unknown[])[]) =>
  writeFileSync(join(folder, name), `${rows.map((row) => row.join(",")).join("\n")}\n`);

const HEAD = ["id", "port", "age", "fare", "alone", "survived"];
const rows = (() => {
  const random = new Random(2);
  return Array.from({ length: 120 }, (_, i) => {
    const age = random.normal();
    const port = "SCQ"[i % 3]!;
    const empty = i % 10 === 3;
    const survived = age + (port === "S" ? 1 : -0.5) > 0 ? "yes" : "no";
    return [i + 1, port, empty ? "" : age.toFixed(2), (i % 7) * 1.5, i % 2 === 0, survived] as const;
  });
})();

beforeAll(async () => {
  write("t.csv", [HEAD, ...rows]);
  const made = await run(
    "train",
    "t.csv",
    "--target",
    "survived",
    "--epochs",
    "30",
    "--auto",
    "--save",
    "t.safetensors",
  );
  expect(made.stderr).toBe("saved the model to t.safetensors\n");
}, 30_000);

test("inspect shows the columns, and how to train on them", async () => {
  const { stdout } = await run("inspect", "t.csv");
  const lines = stdout.split("\n");
  expect(lines[0]).toBe("t.csv: a table of 120 rows and 6 columns");
  expect(lines.map((line) => line.split(/\s{2,}/).slice(0, 2))).toEqual(
    expect.arrayContaining([
      ["id", "number"],
      ["port", "category"],
      ["age", "number"],
      ["alone", "boolean"],
      ["survived", "category"],
    ]),
  );
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  const { columns, ...whole } = JSON.parse((await run("inspect", "t.csv", "--json")).stdout);
  expect(whole).toEqual({ kind: "table", rows: 120 });
  expect(columns[2]).toMatchObject({ name: "age", kind: "number", missing: 12 });
});

describe("train", () => {
  test("says what is predicted from what, and the command that does the same again", async () => {
    const { stdout } = await run("train", "t.csv", "--target", "survived", "--test", "0.2", "--epochs", "2", "--auto");
    expect(stdout.replaceAll("\n", " ")).toMatch(
      /Training on t\.csv: 96 rows, survived from 4 columns \(7 inputs\) \(\d+ no, \d+ yes\), .*; testing on 24\. /,
    );
    expect(stdout).toMatch(/^ {2}wasmlp train t\.csv .*--target survived --test 0\.2$/m);
    expect(stdout).toMatch(/^test {3}cost \d\.\d+ {2}accuracy .* of 24\)$/m);
  });

  test("holds rows out to validate on before it looks at columns", async () => {
    // a value of port that only rows have which are held out
    const odd = rows.map(([id, port, ...rest]) => [id, id === 120 ? "Z" : port, ...rest]);
    write("odd.csv", [HEAD, ...odd]);
    const args = ["--target", "survived", "--iterations", "1", "--validation", "0.25", "--json"];
    const seeds = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((seed) => run("train", "odd.csv", ...args, "--seed", String(seed))),
    );
    const inputs = seeds.map(({ stdout }) => JSON.parse(stdout.split("\n")[0]!).layers[0]);
    expect(new Set(inputs)).toEqual(new Set([7, 8])); // whether row 120 was trained on
    for (const { stdout } of seeds) expect(stdout).toMatch(/"validation":\{/);
  });

  test("keeps rows of a group together, and refuses two test sets", async () => {
    const { stdout } = await run(
      "train",
      "t.csv",
      "--target",
      "survived",
      "--test",
      "0.3",
      "--group",
      "port",
      "--iterations",
      "1",
    );
    expect(stdout.replaceAll("\n", " ")).toMatch(/: 80 rows, .* testing on 40\. /);
    const both = await run("train", "t.csv", "t.csv", "--target", "survived", "--test", "0.3");
    expect(both).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/--test is a share/) });
  });

  test("predicts numbers where the target has many", async () => {
    const { stderr } = await run("train", "t.csv", "--target", "fare,age", "--drop", "id", "--iterations", "1");
    expect(stderr).toMatch(/"age" is to be predicted and empty in row 4;/);
    const one = await run("train", "t.csv", "--target", "fare", "--task", "regression", "--iterations", "5", "--quiet");
    expect(one.stdout).toMatch(/^train {2}cost .* R² -?\d/m);
    const how = ["--target", "fare", "--task", "regression", "--iterations", "5", "--save", "fare.safetensors"];
    await run("train", "t.csv", ...how);
    expect((await run("explain", "fare.safetensors", "t.csv", "--repeats", "1")).stdout).toMatch(/^r2 is /);
  }, 20_000);

  test("refuses columns by name, with what to do", async () => {
    write("names.csv", [[...HEAD, "name"], ...rows.map((row) => [...row, `name ${row[0]}`])]);
    const refused = await run("train", "names.csv", "--target", "survived");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toBe(
      'wasmlp: column "name" is text (120 different values); mend or leave out what is no number and no category: drop: ["name"], on the command line --drop name. [E_TABLE]\n',
    );
    expect(
      await run("train", "names.csv", "--target", "survived", "--drop", "name", "--iterations", "1"),
    ).toMatchObject({ code: 0 });
  });

  test("goes on from a model as that reads columns, and draws a new head for another target", async () => {
    write("turned.csv", [[...HEAD].reverse(), ...rows.map((row) => [...row].reverse())]);
    const again = await run("train", "turned.csv", "--from", "t.safetensors", "--iterations", "1", "--json");
    const first = JSON.parse(again.stdout.split("\n").find((line) => line.includes('"cost"'))!);
    const judged = await run("evaluate", "t.safetensors", "t.csv", "--json");
    expect(first.cost).toBeCloseTo(JSON.parse(judged.stdout).cost, 6);
    write("first.csv", [[...HEAD, "first"], ...rows.map((row) => [...row, row[1] === "S"])]);
    const other = await run(
      "train",
      "first.csv",
      "--from",
      "t.safetensors",
      "--new-head",
      "--target",
      "first",
      "--iterations",
      "1",
    );
    expect(other).toMatchObject({ code: 0 });
    expect(other.stdout).toMatch(/first from 4 columns \(7 inputs\)/);
  }, 20_000);
});

describe("predict and evaluate", () => {
  test("take the columns by name; answers are those in memory", async () => {
    const others = rows
      .slice(0, 9)
      .map(([id, port, age, fare, alone]) => [alone, fare, age, id === 4 ? "X" : port, id + 500]);
    write("others.csv", [["alone", "fare", "age", "port", "id"], ...others]);
    const { stdout, stderr } = await run("predict", "t.safetensors", "others.csv", "--csv");
    expect(stderr.replaceAll("\n", " ")).toBe(
      'Column "port" has 1 rows with values that the training did not have ("X"); their inputs are all 0. ',
    );
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toBe("id,class,p(no),p(yes)");
    const network = Network.load(readFileSync(join(folder, "t.safetensors")));
    const wanted = await network.predict(readCsv(readFileSync(join(folder, "others.csv"))));
    expect(lines.map((line) => line.split(","))).toEqual(
      [...wanted].map((p, i) => [String(i + 501), p > 0.5 ? "yes" : "no", String(1 - p), String(p)]),
    );
    await run("predict", "t.safetensors", "others.csv", "--out", "answers.jsonl");
    const written = readFileSync(join(folder, "answers.jsonl"), "utf8").trimEnd().split("\n");
    expect(JSON.parse(written[0]!)).toEqual({
      ...{ input: "501", class: lines[0]!.split(",")[1], probability: expect.any(Number) },
      probabilities: { no: 1 - wanted[0]!, yes: wanted[0] },
    });
    const again = await run("predict", "t.safetensors", "others.csv", "--out", "answers.jsonl");
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/E_FILE_EXISTS/) });
    expect(await run("predict", "t.safetensors", "others.csv", "--out", "answers.txt")).toMatchObject({ code: 2 });
  }, 20_000);

  test("evaluate wants the target, and refuses a table without a column", async () => {
    const table = readCsv(readFileSync(join(folder, "t.csv")));
    const network = Network.load(readFileSync(join(folder, "t.safetensors")));
    const { accuracy } = await network.evaluate(createTableDataset(table, { encoding: network.encoding! }));
    expect(JSON.parse((await run("evaluate", "t.safetensors", "t.csv", "--json")).stdout).accuracy).toBe(accuracy);
    expect((await run("evaluate", "t.safetensors", "others.csv")).stderr).toMatch(/no column "survived"/);
    write("less.csv", [
      ["id", "age"],
      [1, 2],
    ]);
    expect((await run("predict", "t.safetensors", "less.csv")).stderr).toMatch(
      /the table has no column "port", "fare", "alone", which the model was trained with; it has "id", "age"/,
    );
  });

  test("explain names the columns", async () => {
    const { stdout } = await run("explain", "t.safetensors", "t.csv", "--repeats", "1");
    expect(stdout).toMatch(/^feature {2}column +importance {2}deviation$/m);
    for (const name of ["age", "age missing", "port = C", "alone"]) expect(stdout).toContain(`  ${name}  `);
  });

  test("inspect tells the model's columns", async () => {
    const { stdout } = await run("inspect", "t.safetensors");
    expect(stdout).toMatch(/^columns {2}port, age, fare, alone$/m);
    expect(stdout).toMatch(/^target {3}survived$/m);
  });
});

describe("tables in binary files", () => {
  const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url).pathname;
  const fast = [
    "--epochs",
    "2",
    "--layers",
    "2",
    "--learning-rate",
    "0.01",
    "--quiet",
    "--force",
    "--save",
    "b.safetensors",
  ];

  test.each([
    ["tables/pytables.h5", "kind", "weight,legs", 7],
    ["packed-snappy.parquet", "category", "int32", 37],
  ])("%s is inspected, trained on, evaluated and predicted on", async (name, target, features, count) => {
    const file = fixture(name);
    expect((await run("inspect", file)).stdout).toContain(`: a table of ${count} rows`);
    const made = await run("train", file, "--target", target, "--features", features, "--standardize", ...fast);
    expect(made).toMatchObject({ code: 0, stderr: "saved the model to b.safetensors\n" });
    expect((await run("evaluate", "b.safetensors", file)).stdout).toMatch(/^cost .* accuracy /);
    expect((await run("predict", "b.safetensors", file)).stdout.trim().split("\n")).toHaveLength(count);
  });

  test("an HDF5 file is a table where a target says so, or where it has nothing else", async () => {
    const columns = fixture("tables/columns.h5");
    expect(await run("train", columns, "--target", "alive", "--drop", "name", ...fast)).toMatchObject({ code: 0 });
    expect((await run("train", columns)).stderr).toMatch(/\[E_HDF5_MISSING\]\n$/); // examples are missed
    const said = await run("train", fixture("tables/pytables.h5"));
    expect(said.stderr).toMatch(
      /^wasmlp: which column is to be predicted is not said; .*: name, legs, wild, weight, kind/,
    );
    expect((await run("inspect", fixture("tables/two.h5"), "--x", "second")).stdout).toMatch(
      /^two\.h5: a table of 2 rows/,
    );
    expect((await run("inspect", fixture("tables/two.h5"))).stderr).toMatch(
      /has 2 tables: .* on the command line --x\./,
    );
  });
});

test("--separator and --header say what cannot be told, also in the command that does the same again", async () => {
  writeFileSync(join(folder, "colons.csv"), "a:kind\n1:x\n2:y\n3:x\n4:y\n");
  writeFileSync(join(folder, "bare.tsv"), "1\t0\n2\t1\n3\t0\n4\t1\n");
  const options = ["--separator", ":", "--target", "kind", "--auto", "--epochs", "2", "--save", "colons.safetensors"];
  const { stdout, code } = await run("train", "colons.csv", ...options);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}wasmlp train colons\.csv .*--separator :.* --target kind$/m);
  expect((await run("predict", "colons.safetensors", "colons.csv", "--separator", ":")).stdout).toMatch(/^1 {2}[xy] /);
  expect((await run("evaluate", "colons.safetensors", "colons.csv", "--separator", ":")).stdout).toMatch(/of 4\)/);
  expect((await run("inspect", "bare.tsv", "--separator", "tab")).stdout).toMatch(/a table of 4 rows/);
  expect((await run("inspect", "bare.tsv", "--header")).stdout).toMatch(/a table of 3 rows/);
  const bare = await run("train", "bare.tsv", "--no-header", "--target", "2", "--auto", "--epochs", "2");
  expect(bare.stdout).toMatch(/^ {2}wasmlp train bare\.tsv .* --no-header --target 2$/m);
  expect(await run("inspect", "bare.tsv", "--separator", "ab")).toMatchObject({
    code: 2,
    stderr: 'wasmlp: --separator is "ab"; pass one character, such as ; or tab. [E_OPTION]\n',
  });
});

describe("--folds", () => {
  test("tests on each row once, and tells the mean", async () => {
    const args = ["train", "t.csv", "--target", "survived", "--epochs", "20", "--layers", "8", "--batch-size", "16"];
    const { stdout, code } = await run(...args, "--folds", "4", "--optimizer", "adam", "--metrics", "rocAuc", "--json");
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual([...Array(4).fill("fold"), "end"]);
    expect(lines.slice(0, 4).map(({ count }) => count)).toEqual([30, 30, 30, 30]);
    const accuracies = lines.slice(0, 4).map(({ accuracy }) => accuracy);
    expect(lines[4].accuracy.mean).toBeCloseTo(accuracies.reduce((sum, one) => sum + one, 0) / 4, 12);
    expect(Object.keys(lines[4])).toEqual(["event", "folds", "cost", "accuracy", "rocAuc"]);
    const told = await run(...args, "--folds", "3");
    expect(told.stdout).toMatch(
      /^fold 1 {2}cost .*\n[\s\S]*Mean over 3 folds of t\.csv, ± the deviation:\ncost .* ± .*\naccuracy .* ± /,
    );
  });

  test("of numbers, of the policy's choice, and of the embedded pictures", async () => {
    const { stdout } = await run(
      "train",
      "t.csv",
      "--target",
      "fare",
      "--task",
      "regression",
      "--folds",
      "2",
      "--epochs",
      "2",
    );
    expect(stdout).toMatch(/r2 .* ± .*\nrmse .* ± /);
    expect((await run("train", "t.csv", "--target", "survived", "--folds", "2")).stdout).toMatch(/accuracy .* ± /);
    expect((await run("train", "--folds", "2", "--iterations", "1")).stdout).toMatch(
      /2 folds of the embedded pictures/,
    );
  });

  test("is refused beside what is saved or held out", async () => {
    for (const other of [
      ["--save", "x.safetensors"],
      ["--test", "0.2"],
      ["--group", "port"],
    ])
      expect(await run("train", "t.csv", "--target", "survived", "--folds", "2", ...other)).toMatchObject({ code: 2 });
    expect(await run("train", "t.csv", "t.csv", "--folds", "2")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is a test set/),
    });
  });

  test("finds what columns become from the rows of each training alone", () => {
    const age = [1, null, 3, 5, 8, 13, 21, 34, 55, 89];
    const table = {
      count: 10,
      columns: [
        { name: "age", values: age },
        { name: "y", values: ["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"] },
      ],
    };
    const parts = partsOfTable(table, { target: ["y"], folds: 5, layers: [] } as never);
    expect(parts).toHaveLength(5);
    const fills = parts.map(({ train }) => (train.encoding!.features[0] as { fill: number }).fill);
    expect(new Set(fills).size).toBeGreaterThan(1);
    for (const { train, validation } of parts) {
      expect([train.count, validation.count]).toEqual([8, 2]);
      expect(validation.encoding).toEqual(train.encoding);
      const own = Array.from({ length: 8 }, (_, i) => train.x[i * train.features]!);
      const left = Array.from({ length: 2 }, (_, i) => validation.x[i * validation.features]!);
      const known = age.filter((value) => value !== null && !left.includes(value)).sort((a, b) => a! - b!) as number[];
      const middle = (known[Math.floor((known.length - 1) / 2)]! + known[Math.ceil((known.length - 1) / 2)]!) / 2;
      expect((train.encoding!.features[0] as { fill: number }).fill).toBe(middle);
      expect(own.filter((value) => left.includes(value) && value !== middle)).toEqual([]);
    }
  });
});
