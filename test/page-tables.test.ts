// Tables on the page: what a person with a CSV sees, chooses, trains and takes away, beside what the command says and does.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { readCsv } from "../src/table/csv.js";
import {
  accessible,
  dist,
  drop,
  ended,
  HASTE,
  inView,
  isolated,
  open,
  openWith,
  text,
  train,
  withBrowser,
} from "./page.js";
import { handmade } from "./parquet.js";

withBrowser();

const cli = new URL("cli.js", dist).pathname;
const folder = mkdtempSync(join(tmpdir(), "wasmlp-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

const wasmlp = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder })).stdout;

const linesOf = (rows: readonly (readonly unknown[])[], separator = ",") =>
  `${rows.map((row) => row.join(separator)).join("\n")}\n`;

// numbers with holes, categories, yes or no, dates, text, ids; survived hangs on age and port
const HEAD = ["id", "name", "port", "age", "pclass", "alone", "boarded", "survived"];
const rows = (() => {
  const random = new Random(3);
  return Array.from({ length: 150 }, (_, i) => {
    const age = random.normal();
    const port = "SCQS"[i % 4]!;
    const survived = age + (port === "S" ? 1 : -0.5) > 0 ? "yes" : "no";
    const day = String(1 + (i % 28)).padStart(2, "0");
    return [
      ...[i + 1, `"Doe, ${i}"`, port, i % 10 === 3 ? "" : age.toFixed(2), 1 + (i % 3), i % 2 === 0],
      ...[`1912-04-${day}`, survived],
    ];
  });
})();
const csv = linesOf([HEAD, ...rows]);
const asked = linesOf([
  HEAD.slice(0, -1),
  ...rows.slice(0, 20).map((row, i) => row.slice(0, -1).map((cell, c) => (c === 2 && i === 4 ? "Z" : cell))),
]);
// semicolons and decimal commas, as Excel writes them in half of Europe
const houses = (() => {
  const random = new Random(4);
  const comma = (value: number) => value.toFixed(2).replace(".", ",");
  const some = Array.from({ length: 120 }, (_, i) => {
    const area = 90 + 25 * random.normal();
    const type = ["Altbau", "Neubau"][i % 2]!;
    return [type, comma(area), comma(area * (type === "Neubau" ? 5 : 3) + random.normal())];
  });
  return `\ufeff${linesOf([["Typ", "Fläche", "Preis"], ...some], ";")}`;
})();
beforeAll(() => {
  writeFileSync(join(folder, "t.csv"), csv);
  writeFileSync(join(folder, "asked.csv"), asked);
});

const file = (name: string, content: string | Uint8Array) => ({ name, bytes: Buffer.from(content as string) });

/** Drops a table and chooses what is predicted. */
async function openTable(page: Page, name: string, content: string | Uint8Array, target?: string): Promise<void> {
  await drop(page, [file(name, content)]);
  await page.getByText(`${name}: `).first().waitFor();
  if (target !== undefined) await page.getByLabel("Column to predict").selectOption(target);
  if (target !== undefined) await page.locator("#train:enabled").waitFor();
}
const column = (page: Page, name: string) =>
  page.locator(".columns li").filter({ has: page.locator("strong", { hasText: new RegExp(`^${name}$`) }) });

/** Presses a button that downloads; gives the name and the text of the file. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

describe("a table that is dropped", () => {
  test("is shown as inspect shows it, with a histogram of each column, and the target is asked for", async () => {
    const page = await open();
    await openTable(page, "t.csv", csv);
    expect(await text(page, "#status")).toBe("Choose the column to predict.");
    expect(await page.locator("#train").isEnabled()).toBe(false);
    expect(await text(page, "#plan > legend")).toBe("t.csv: 150 rows, 8 columns");
    const { columns } = JSON.parse(await wasmlp("inspect", "t.csv", "--json"));
    for (const { name, missing, distinct } of columns) {
      const said = await column(page, name).textContent();
      expect(said).toContain(`${distinct} different`);
      expect(said!.includes("missing"), name).toBe(missing > 0);
      if (missing > 0) expect(said).toContain(`${missing} missing`);
    }
    const kinds = await Promise.all(HEAD.map((name) => column(page, name).locator(".kind").innerText()));
    expect(kinds).toEqual([
      ...["names the rows, not used", "text, not used", "categories"],
      ...["numbers", "numbers"].map((kind) => expect.stringContaining(kind)),
      ...["yes or no", "dates, not used", "categories"],
    ]);
    expect(await column(page, "age").textContent()).toMatch(/15 missing; \d+ different; -\d.* to \d/);
    expect(await column(page, "boarded").textContent()).toContain("1912-04-01 to 1912-04-28");
    // the bars hold all values that there are
    const barsOf = (name: string) => column(page, name).locator("rect title").allTextContents();
    const sum = (bars: string[]) => bars.reduce((all, bar) => all + Number(bar.split(": ").pop()), 0);
    expect(sum(await barsOf("age"))).toBe(135);
    expect(await barsOf("age")).toHaveLength(12);
    expect(await barsOf("port")).toEqual(["S: 75", "C: 38", "Q: 37"]);
    expect(await barsOf("pclass")).toEqual(["1: 50", "2: 50", "3: 50"]);
    expect(sum(await barsOf("boarded"))).toBe(150);
    expect(await barsOf("name")).toEqual([]);
    // the first rows
    const first = page.getByRole("region", { name: "The first 6 rows of t.csv" });
    expect(await first.locator("tbody tr").count()).toBe(6);
    expect(await first.locator("tbody tr").first().textContent()).toContain("Doe, 0");

    await page.getByLabel("Column to predict").selectOption("survived");
    await expect.poll(() => text(page, "#status")).toBe("Ready: press Train.");
    expect(await text(page, "#plan")).toContain("survived is a class to tell: one of 2 (no, yes).");
    expect(await text(page, "#sets")).toMatch(/t\.csv: 120 rows, 7 inputs.*t\.csv, held out: 30 rows/);
    expect(await text(page, "#shape")).toBe(
      "Train makes 7-64-32-1: 2,625 parameters; it first finds the number of iterations",
    );
  });

  test("is planned as usual where a column is called so, and what is ticked is what it is predicted from", async () => {
    const page = await open();
    await openTable(page, "t.csv", csv.replace("survived", "label"));
    await page.locator("#train:enabled").waitFor();
    expect(await page.locator("#target option:checked").textContent()).toBe("label");
    expect(await column(page, "label").locator(".kind").textContent()).toBe("categories, to predict");
    const inputs = async () => (await text(page, "#sets")).match(/(\d+) inputs/)![1];
    expect(await inputs()).toBe("7"); // 3 of port, 2 of age, pclass, alone
    await page.getByRole("checkbox", { name: "alone" }).uncheck();
    await expect.poll(inputs).toBe("6");
    await page.getByLabel("How pclass is read").selectOption("category");
    await expect.poll(inputs).toBe("8");
    await page.getByRole("checkbox", { name: "boarded" }).check(); // dates are days
    await expect.poll(inputs).toBe("9");
    expect(await column(page, "boarded").locator(".kind").textContent()).toBe("dates, as days since 1970");
    await page.getByLabel("Rows held out").selectOption("0.5");
    await expect.poll(() => text(page, "#sets")).toContain("t.csv: 75 rows, 9 inputs");
    await page.getByLabel("Rows held out").selectOption("0");
    await expect.poll(() => text(page, "#sets")).toContain("No test set.");
    for (const name of ["port", "age", "pclass", "boarded"]) await page.getByRole("checkbox", { name }).uncheck();
    await expect.poll(() => text(page, "#alert")).toMatch(/^no column is left to predict from;/);
    await expect.poll(() => text(page, "#status")).toBe("This table cannot be trained on as it is planned.");
    await page.getByRole("checkbox", { name: "age" }).check();
    await expect.poll(inputs).toBe("2");
    expect(await page.locator("#alert").isVisible()).toBe(false);
  });

  test("may be packed, or be JSON", async () => {
    const page = await open();
    const objects = rows.map((row) => JSON.stringify(Object.fromEntries(HEAD.map((name, c) => [name, row[c]]))));
    const files = [
      ["t.csv.gz", gzipSync(csv)],
      ["t.zip", zipSync({ "t.csv": strToU8(csv) })],
      ["t.tsv", csv.replaceAll(", ", " ").replaceAll(",", "\t")],
      ["t.json", `[${objects.join()}]`],
      ["t.jsonl", objects.join("\n")],
    ] as const;
    for (const [name, content] of files) {
      await openTable(page, name, content);
      await expect.poll(() => text(page, "#plan > legend")).toBe(`${name}: 150 rows, 8 columns`);
    }
    expect(await text(page, "#alert")).toBe("");
  });

  test.each([
    [
      "a ragged row",
      "a,y\n1,0\n2,1,5\n",
      /^bad\.csv: the row that ends in line 3 has 3 cells, the first row has 2; .*\.$/,
    ],
    ["an open quote", 'a,y\n1,"0\n2,1\n', /^bad\.csv: a quote is opened and never closed/],
    ["no rows", "just some words\n", /^bad\.csv has no rows below the names of its columns/],
    ["an object in a cell", '[{"a": {}, "y": 1}]', /^bad\.csv/],
    ["two columns of a name", "a,a,y\n1,2,0\n", /two columns of the name/],
  ])("with %s is refused in one sentence, and what was open stays", async (_, content, sentence) => {
    const page = await open();
    await openTable(page, "t.csv", csv, "survived");
    await drop(page, [file("bad.csv", content)]);
    await expect.poll(() => text(page, "#alert")).toMatch(sentence);
    await page.locator("#train:enabled").waitFor();
    expect(await text(page, "#plan > legend")).toContain("t.csv");
    await page.getByLabel("Rows held out").selectOption("0.5");
    await expect.poll(() => text(page, "#sets")).toContain("t.csv, held out: 75 rows");
    expect(await page.locator("#alert").isVisible()).toBe(false);
  });

  test("with a column that cannot be read shows why, and trains where it is dropped", async () => {
    const page = await open();
    const doubles = (of: (i: number) => number) => [
      ...new Uint8Array(Float64Array.from({ length: 40 }, (_, i) => of(i)).buffer),
    ];
    const columns = [
      { name: "a", type: 5, data: doubles((i) => (i * 7) % 11) },
      { name: "secret", type: 1, encrypted: true, data: Array(4 * 40).fill(1) },
      { name: "y", type: 5, data: doubles((i) => Number((i * 7) % 11 > 5)) },
    ];
    await openTable(page, "some.parquet", handmade(40, columns));
    expect(await text(page, "#plan > legend")).toBe("some.parquet: 40 rows, 3 columns");
    const secret = column(page, "secret");
    expect(await secret.locator(".kind").textContent()).toContain("cannot be read");
    expect(await secret.textContent()).toContain("it is encrypted");
    await page.getByLabel("Column to predict").selectOption("y");
    await page.locator("#train:enabled").waitFor();
    expect(await secret.getByRole("checkbox").isChecked()).toBe(false);
    expect(await secret.getByRole("checkbox").isEnabled()).toBe(false);
    expect(await text(page, "#sets")).toContain("1 inputs");
    expect((await train(page)).status).toMatch(/^Done/);
    await page.getByLabel("Column to predict").selectOption("secret");
    await expect.poll(() => text(page, "#alert")).toMatch(/column "secret" is encrypted/);
    expect(await page.locator("#train").isEnabled()).toBe(false);
  });

  test("without a value of the target in some row cannot be trained on, but otherwise", async () => {
    const page = await open();
    await openTable(page, "t.csv", csv);
    await page.getByLabel("Column to predict").selectOption("age");
    await expect
      .poll(() => text(page, "#alert"))
      .toBe('column "age" is to be predicted and empty in row 4; leave out rows without it.');
    expect(await page.locator("#train").isEnabled()).toBe(false);
    await page.getByLabel("Column to predict").selectOption("survived");
    await page.locator("#train:enabled").waitFor();
    expect(await page.locator("#alert").isVisible()).toBe(false);
    // a column that is not predicted after all is one to predict from
    expect(await column(page, "age").getByRole("checkbox").isChecked()).toBe(true);
    expect(await column(page, "survived").getByRole("checkbox").isChecked()).toBe(false);
    await page.getByLabel("Column to predict").selectOption("name");
    await expect.poll(() => text(page, "#alert")).toMatch(/column "name" is to be predicted and different in all/);
  });

  test("brings the policy's settings, and takes them away, but no setting of one's own", async () => {
    const page = await open();
    const layers = page.locator("#field-layers");
    await openTable(page, "t.csv", csv, "survived");
    expect(await layers.inputValue()).toBe("64,32");
    expect(await page.locator("#field-iterations").inputValue()).toBe("auto");
    expect(await page.locator("#chosen").getAttribute("aria-pressed")).toBe("true");
    await page.getByRole("button", { name: "Embedded pictures" }).click();
    await expect.poll(() => layers.inputValue()).toBe("20,7,5");
    expect(new URL(page.url()).hash).toBe("");
    expect(await page.locator("#table").isVisible()).toBe(false);

    await layers.fill("9");
    await openTable(page, "t.csv", csv, "survived");
    expect(await layers.inputValue()).toBe("9");
    await page.locator("#chosen").click();
    expect(await layers.inputValue()).toBe("64,32");
    await page.locator("#field-batchSize").fill("16");
    await page.getByRole("checkbox", { name: "alone" }).uncheck();
    await expect.poll(() => text(page, "#sets")).toContain("6 inputs");
    expect(await page.locator("#field-batchSize").inputValue()).toBe("16");
    // a length of one's own stays, one that was found is found anew
    await page.locator("#chosen").click();
    await page.locator("#field-iterations").fill("20");
    await page.getByRole("checkbox", { name: "alone" }).check();
    await expect.poll(() => text(page, "#sets")).toContain("7 inputs");
    expect(await page.locator("#field-iterations").inputValue()).toBe("20");
    await page.locator("#field-iterations").fill("auto");
    await train(page);
    expect(await page.locator("#field-iterations").inputValue()).toMatch(/^\d+$/);
    await page.getByRole("checkbox", { name: "alone" }).uncheck();
    await expect.poll(() => page.locator("#field-iterations").inputValue()).toBe("auto");
  });
});

test("README's lines from a CSV to a prediction run as they stand, and the page says the same", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const lines = /From a table .* to a prediction.*?```js\n(.*?)```/s.exec(readme)![1]!;
  const named = (row: readonly unknown[]) => ["name", "ticket", "cabin"].map((name) => `${name} ${row[0]}`);
  const head = ["name", "ticket", "cabin", "port", "age", "alone"];
  const some = (from: number, to: number) => rows.slice(from, to).map((row) => [...named(row), row[2], row[3], row[5]]);
  const files = {
    "titanic.csv": linesOf([[...head, "survived"], ...some(0, 150).map((row, i) => [...row, rows[i]!.at(-1)])]),
    "passengers.csv": linesOf([head, ...some(100, 112)]),
  };
  const home = join(folder, "readme");
  mkdirSync(join(home, "node_modules"), { recursive: true });
  symlinkSync(new URL("..", import.meta.url).pathname, join(home, "node_modules", "wasmlp"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content);
  writeFileSync(join(home, "run.mjs"), lines);
  const { stdout } = await promisify(execFile)(process.execPath, ["run.mjs"], { cwd: home });
  const [accuracy] = stdout.split("\n");
  const answers = [...stdout.matchAll(/name: '(\w+)', probability: ([\d.]+)/g)];
  expect(answers).toHaveLength(12);
  const page = await open();
  await openTable(page, "titanic.csv", files["titanic.csv"], "survived");
  const { status } = await train(page);
  expect(status).toContain(`test accuracy ${(100 * Number(accuracy)).toFixed(1)} %`);
  await drop(page, [file("passengers.csv", files["passengers.csv"])]);
  await expect.poll(() => text(page, "#answered")).toContain("12 answers");
  const shown = await page.locator("#answered tbody tr").allTextContents();
  expect(shown).toEqual(answers.map(([, name, probability], i) => `${i + 1}${name}${Number(probability).toFixed(4)}`));
}, 60_000);

describe("a training on a table", () => {
  test("scales its columns as the field says, which stays in the address and in the model", async () => {
    const page = await open();
    await openTable(page, "t.csv", csv, "survived");
    const scaling = page.getByLabel("scaling of columns");
    expect(await scaling.inputValue()).toBe("standard"); // the policy's
    await scaling.selectOption("minmaxAll");
    await page.locator("#field-iterations").fill("5");
    await train(page);
    expect(new URL(page.url()).hash).toContain("scaling=minmaxAll");
    const model = Network.load((await saved(page, "Download the model")).bytes);
    expect(model.scaling).toBe("minmaxAll");
    const { mean, deviation } = model.standardization!.inputs;
    expect([new Set(mean).size, new Set(deviation).size]).toEqual([2, 2]); // one for all numbers, 0 and 1 for the rest
  });

  const HOW = ["--target", "survived", "--drop", "name,boarded"];

  test("is the command's, to the bit; its model predicts the same there and here", async () => {
    await wasmlp("train", "t.csv", ...HOW, "--test", "0.2", "--save", "command.safetensors");
    const command = Network.load(readFileSync(join(folder, "command.safetensors")));
    const page = await open();
    await openTable(page, "t.csv", csv, "survived");
    const { status, hash } = await train(page);
    expect(hash).toBe(await command.fingerprint());
    expect(status).toMatch(/^Done after \d+ iterations .* test accuracy \d+\.\d % \(\d+ of 30\)\.$/);
    expect(await text(page, "#why")).toMatch(/^Trained for \d+ epochs of at most 300: where the cost on 5 folds/);
    expect(await page.locator("#field-iterations").inputValue()).toMatch(/^\d+$/);
    expect((await train(page)).hash).toBe(hash); // without a search
    expect(await text(page, "#looks")).toMatch(/Predictions for the first 24 test examples.*id \d+: (yes|no) \d/);

    // rows without the target are answered to, wherever they are dropped
    await drop(page, [file("asked.csv", asked)]);
    await expect.poll(() => text(page, "#answered")).toContain("asked.csv: the first 12 of 20 answers");
    expect(await text(page, "#answered")).toContain(
      'Column "port" has 1 rows with values that the training did not have ("Z"); their inputs are all 0.',
    );
    expect(await page.locator("#answered thead").textContent()).toBe("idclassprobability");
    const mine = await saved(page, "Download CSV");
    expect(mine.name).toBe("asked-answers.csv");
    expect(mine.bytes.toString()).toMatch(/^id,class,p\(no\),p\(yes\)\n1,/);
    await wasmlp("predict", "command.safetensors", "asked.csv", "--out", "answers.csv");
    expect(mine.bytes.toString()).toBe(readFileSync(join(folder, "answers.csv"), "utf8"));
    const model = await saved(page, "Download the model");
    writeFileSync(join(folder, "page.safetensors"), model.bytes);
    expect(await wasmlp("predict", "page.safetensors", "asked.csv", "--csv")).toBe(mine.bytes.toString());

    // another seed holds out other rows, there and here
    await wasmlp("train", "t.csv", ...HOW, "--test", "0.2", "--seed", "7", "--save", "seventh.safetensors");
    const seventh = Network.load(readFileSync(join(folder, "seventh.safetensors")));
    await page.locator("#field-seed").fill("7");
    await page.locator("#field-iterations").fill("auto");
    await page.locator("#train").click();
    await expect.poll(() => text(page, "#fingerprint")).toContain(await seventh.fingerprint());

    // and the other way round, in a page that knows no table
    const other = await open();
    const loaded = {
      name: "command.safetensors",
      mimeType: "",
      buffer: readFileSync(join(folder, "command.safetensors")),
    };
    await other.locator("#load").setInputFiles(loaded);
    await expect.poll(() => text(other, "#fingerprint")).toContain(hash);
    expect(await text(other, "#status")).toContain("It predicts survived from 4 columns, and cannot be judged");
    await other.locator("#rows").setInputFiles({ name: "asked.csv", mimeType: "", buffer: Buffer.from(asked) });
    await expect.poll(() => text(other, "#answered")).toContain("20 answers");
    expect((await saved(other, "Download CSV")).bytes).toEqual(mine.bytes);
    // of a table that is opened then it is judged
    await openTable(other, "t.csv", csv);
    await expect.poll(() => text(other, "#target option:checked")).toBe("survived");
    await other.locator("#load").setInputFiles(loaded);
    await expect.poll(() => text(other, "#n-test")).toMatch(/^\d+\.\d %$/);
  }, 60_000);

  test("on numbers tells R² and the error in their unit", async () => {
    const page = await open();
    await openTable(page, "haus.csv", houses, "Preis");
    expect(await text(page, "#plan")).toContain("Preis is a number to predict.");
    expect(await text(page, "#sets")).toMatch(/haus\.csv: 96 rows, 3 inputs.*Preis: \d.* mean \d/);
    const { status } = await train(page);
    const { bytes } = await saved(page, "Download the model");
    const whole = readCsv(Buffer.from(houses), { name: "haus.csv" });
    const names = (await page.locator("#looks tbody tr td:first-child").allTextContents()).map((row) =>
      Number(row.slice(4)),
    );
    expect(names).toHaveLength(24);
    const held = {
      count: 24,
      columns: whole.columns.map(({ name, values }) => ({
        name,
        values: names.map((n) => (values as string[])[n - 1]!),
      })),
    };
    const network = Network.load(bytes);
    const predicted = await network.predict(held);
    const cells = await page.locator("#looks tbody tr td:last-child").allTextContents();
    expect(cells.map(Number)).toEqual([...predicted].map((value) => Number(value.toPrecision(6))));
    const [, rmse] = status.match(/training R² 0\.99\d\d \(RMSE (\d\.\d+)\), test R² 0\.9\d+ \(RMSE \d\.\d+\)\.$/)!;
    expect(Number(rmse)).toBeLessThan(8); // of prices from 150 to 700
    expect(await text(page, "#numbers")).toMatch(/train R²0\.99\d\d/);
    expect(await text(page, "#score-chart .u-legend")).toContain("training");
    const plot = page.getByRole("img", { name: "Predicted over true numbers of the test examples" });
    expect(await plot.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(394);
    const [head, ...lines] = (await saved(page, "Costs as CSV")).bytes.toString().trim().split("\n");
    expect(head).toBe("iteration,epoch,cost,r2,test_cost,test_r2");
    expect(Number(lines.at(-1)!.split(",")[3])).toBeGreaterThan(0.98);
    // numbers are read as classes where that is asked for
    await page.getByLabel("Its values are").selectOption("classification");
    await expect.poll(() => text(page, "#plan")).toMatch(/Preis is a class to tell: one of 1\d\d \(/);
    await page.getByRole("button", { name: "Embedded pictures" }).click();
    await page.locator("#train:enabled").waitFor();
    expect(await text(page, "#numbers")).toContain("train accuracy");
  }, 60_000);

  test("takes rows to test on from another file, and none that lack a column", async () => {
    const page = await open();
    await openTable(page, "train.csv", linesOf([HEAD, ...rows.slice(0, 100)]), "survived");
    await drop(page, [file("test.csv", linesOf([HEAD.slice(1), ...rows.slice(100).map((row) => row.slice(1))]))]);
    await expect.poll(() => text(page, "#sets")).toMatch(/train\.csv: 100 rows, 7 inputs.*test\.csv: 50 rows/);
    expect(await page.getByLabel("Rows held out").count()).toBe(0);
    await drop(page, [file("other-test.csv", "port,survived\nS,yes\n")]);
    await expect.poll(() => text(page, "#alert")).toMatch(/the table has no column "age".*it has "port", "survived"/);
    expect((await train(page)).status).toMatch(/\(\d+ of 50\)\.$/);
    // goes on from there, and races
    await page.locator("#field-iterations").fill("auto");
    await page.locator("#train-on").click();
    await expect
      .poll(() => text(page, "#alert"))
      .toBe("Train on wants a number of iterations; write one in the place of auto.");
    await page.locator("#field-iterations").fill("40");
    await page.locator("#train-on").click();
    await expect.poll(() => text(page, "#status")).toMatch(/^Done after 40 iterations/);
    await page.locator("#start-race").click();
    await expect.poll(() => text(page, "#ratio")).toMatch(/the weights are the same bits\.$/);
    await page.locator("#start-race").click();
    await page.locator("#train:enabled").waitFor();
    await page.locator("#rows").setInputFiles({ name: "few.csv", mimeType: "", buffer: Buffer.from("port\nS\n") });
    await expect.poll(() => text(page, "#alert")).toMatch(/^few\.csv: the table has no column "age"/);
    await drop(page, [{ name: "photo.png", type: "image/png", bytes: Buffer.from("no picture") }]);
    await expect
      .poll(() => text(page, "#alert"))
      .toBe("photo.png is no picture for this network, which takes tables; train it on pictures first.");
    // one kind of data at a time
    const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
    await drop(page, [file("train.csv", csv), file("both.h5", fixture("both.h5"))]);
    await expect
      .poll(() => text(page, "#alert"))
      .toBe("train.csv is a table and both.h5 is none; drop one kind of data at a time.");
    const npz = { name: "other.npz", mimeType: "", buffer: fixture("parts.npz") };
    await page.locator("#open-test").setInputFiles(npz);
    await expect.poll(() => text(page, "#alert")).toMatch(/is a test set, but there is no training set/);
    expect(await text(page, "#sets")).toContain("train.csv");
  }, 60_000);

  test("can be stopped while its length is found", async () => {
    const page = await open();
    const many = Array.from({ length: 20 }, () => rows).flat();
    await openTable(page, "many.csv", linesOf([HEAD, ...many.map((row, i) => [i + 1, ...row.slice(1)])]), "survived");
    await page.locator("#field-layers").fill("1024,512"); // takes some seconds
    await page.locator("#train").click();
    await expect.poll(() => text(page, "#status")).toMatch(/^Finding how long to train: training 1 of 1/);
    expect(await page.locator("#pause").isEnabled()).toBe(false);
    expect(await page.locator("#target").isEnabled()).toBe(false);
    await page.locator("#stop").click();
    await expect.poll(() => text(page, "#status")).toBe("Stopped before the first iteration.");
    expect(await page.locator("#field-iterations").inputValue()).toBe("auto");
    expect(await page.locator("#train").isEnabled()).toBe(true);
    expect(await page.locator("#target").isEnabled()).toBe(true);
  });

  test("that is left goes on where the same file is opened, as it was planned", async () => {
    const page = await openWith(HASTE);
    await openTable(page, "t.csv", csv, "survived");
    await page.getByRole("checkbox", { name: "alone" }).uncheck();
    await expect.poll(() => text(page, "#sets")).toContain("6 inputs");
    await page.locator("#field-iterations").fill("30000000");
    await page.locator("#train").click();
    await page.waitForTimeout(1000); // by a clock in HASTE a checkpoint is due
    await page.reload();
    await expect
      .poll(() => text(page, "#left"))
      .toMatch(/^A training on t\.csv was left at \d+ %\. Open the same files to go on\.$/);
    await openTable(page, "t.csv", csv, "survived");
    await page.locator("#go-on:enabled").click();
    await expect.poll(() => text(page, "#status")).toMatch(/^Training/);
    expect(await page.getByRole("checkbox", { name: "alone" }).isChecked()).toBe(false);
    await page.locator("#stop").click();
    expect((await ended(page)).status).toMatch(/^Stopped after/);
    expect(await text(page, "#alert")).toBe("");
  }, 60_000);
});

test("for everyone: no finding by axe, and nothing sticks out", async () => {
  const page = await open(isolated, { colorScheme: "light" });
  await openTable(page, "t.csv", csv);
  await accessible(page, 320);
  // a column's kind, histogram and facts stand beside its name where there is room, else below
  const parts = [".name", ".kind", ".histogram", ".hint"];
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const boxes = await Promise.all(parts.map((part) => column(page, "age").locator(part).boundingBox()));
    const lefts = boxes.map((box) => box!.x);
    expect(lefts.every((left, p) => p === 0 || left > lefts[p - 1]!)).toBe(width === 1280);
  }
  await page.getByLabel("Column to predict").selectOption("survived");
  await page.locator("#train:enabled").waitFor();
  await train(page);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => scrollTo(0, 0));
    await drop(page, [file("asked.csv", asked)]);
    await expect.poll(() => text(page, "#answered")).toContain("20 answers");
    await expect.poll(() => inView(page, "#answered caption")).toBe(true);
  }
  await accessible(page, 320);
  await openTable(page, "haus.csv", houses, "Preis");
  await train(page);
  await accessible(page, 320);
}, 120_000);

test("the keyboard chooses the target, a column and how it is read", async () => {
  const page = await open();
  await openTable(page, "t.csv", csv);
  const focused = () =>
    page.evaluate(() => {
      const { id, ariaLabel, parentElement } = document.activeElement as HTMLElement;
      return id || ariaLabel || parentElement!.textContent!.trim();
    });
  await page.getByRole("button", { name: "Embedded pictures" }).focus();
  const reached: string[] = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    reached.push(await focused());
  }
  expect(reached).toEqual([
    ...["target", "share", "Columns", "id", "name", "port", "age", "How age is read", "pclass", "How pclass is read"],
    ...["alone", "boarded"],
  ]);
  await page.locator("#target").focus();
  await page.keyboard.type("surv");
  await expect.poll(() => text(page, "#status")).toBe("Ready: press Train.");
  expect(await focused()).toBe("target");
  await page.getByRole("checkbox", { name: "alone" }).focus();
  await page.keyboard.press("Space");
  await expect.poll(() => text(page, "#sets")).toContain("6 inputs");
  expect(await focused()).toBe("alone");
});
