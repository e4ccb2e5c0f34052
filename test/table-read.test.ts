// Tables from text: CSV and its kin, JSON. Expected cells were written down beside the text by hand.

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/errors.js";
import { type CsvOptions, parseRows, readCsv } from "../src/table/csv.js";
import { readJson } from "../src/table/json.js";
import type { Table } from "../src/table/types.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const csv = (text: string, options: CsvOptions = {}) => readCsv(bytesOf(text), { name: "a.csv", ...options });
const json = (text: string) => readJson(bytesOf(text), { name: "a.json" });

/** Columns by name. */
const columnsOf = ({ columns }: Table) => Object.fromEntries(columns.map(({ name, values }) => [name, [...values]]));

function utf16(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
}

function expectRefused(read: () => unknown, message: RegExp): void {
  expect(read).toThrow(InputError);
  expect(read).toThrow(expect.objectContaining({ code: "E_TABLE", message: expect.stringMatching(message) }));
  expect(read).toThrow(/^a\.[^\n]*\.$/);
}

const IRIS = { length: ["5.1", "4.9"], kind: ["setosa", "virginica"] };

describe("readCsv reads", () => {
  test.each([
    ["commas", "length,kind\n5.1,setosa\n4.9,virginica\n"],
    ["tabs", "length\tkind\n5.1\tsetosa\n4.9\tvirginica\n"],
    ["pipes", "length|kind\n5.1|setosa\n4.9|virginica"],
    ["semicolons", "length;kind\n5.1;setosa\n4.9;virginica"],
    ["decimal commas", "length;kind\n5,1;setosa\n4,9;virginica"],
    ["CRLF and no last line end", "length,kind\r\n5.1,setosa\r\n4.9,virginica"],
    ["CR alone", "length,kind\r5.1,setosa\r4.9,virginica\r"],
    ["a byte order mark", "\ufefflength,kind\n5.1,setosa\n4.9,virginica\n"],
    ["spaces around cells", " length , kind\n5.1 ,  setosa\n\t4.9,virginica \n"],
    ["quotes, also within spaces", '"length", "kind"\n"5.1" , "setosa"\n4.9,"virginica"\n'],
    [
      "remarks and empty lines before the rows",
      "# made by hand, 2024\n\n  # by me\nlength,kind\n5.1,setosa\n4.9,virginica\n",
    ],
    ["empty lines between and after rows", "length,kind\n\n5.1,setosa\n\n4.9,virginica\n\n\n"],
    ["what Excel says of the separator", "sep=,\nlength,kind\n5.1,setosa\n4.9,virginica\n"],
  ])("%s", (_, text) => {
    const table = csv(text);
    expect(columnsOf(table)).toEqual(IRIS);
    expect(table.count).toBe(2);
  });

  test("quotes around separators, line ends, quotes and spaces, which are kept", () => {
    expect(columnsOf(csv('a,b\n1,"x, y"\n2,"two\nlines"\n3,"say ""a"""\n4," b "\n'))).toEqual({
      a: ["1", "2", "3", "4"],
      b: ["x, y", "two\nlines", 'say "a"', " b "],
    });
  });

  test("an empty cell as null, in quotes or not", () => {
    expect(columnsOf(csv('a,b,c\n1,,"" \n , x,3\n'))).toEqual({ a: ["1", null], b: [null, "x"], c: [null, "3"] });
  });

  test.each<[string, Uint8Array]>([
    ["UTF-8", bytesOf("größe,wert\n1,é\n")],
    ["Latin-1", latin1("gr\u00f6\u00dfe,wert\n1,\u00e9\n")],
    ["UTF-16, little end first", utf16("\ufeffgröße,wert\n1,é\n", true)],
    ["UTF-16, big end first", utf16("\ufeffgröße,wert\n1,é\n", false)],
  ])("%s", (_, bytes) => {
    expect(columnsOf(readCsv(bytes))).toEqual({ größe: ["1"], wert: ["é"] });
  });

  test("no header where the first row is like the others, and columns by number then", () => {
    expect(columnsOf(csv("5.1,3.5,setosa\n4.9,3.0,setosa\n"))).toEqual({
      ...{ 1: ["5.1", "4.9"], 2: ["3.5", "3.0"] },
      3: ["setosa", "setosa"],
    });
    expect(csv("p,x,p,n\ne,x,y,y\n").count).toBe(2); // letters that come twice are no names
    expect(csv("?,3.5\n4.9,3\n").count).toBe(2); // a missing number is none either
    expect(csv("1\n2\n").count).toBe(2);
  });

  test("a header above numbers, even with numbers in it, and one of different words above words", () => {
    expect(columnsOf(csv("city,2019,n\nRome,1,2\n"))).toEqual({ city: ["Rome"], 2019: ["1"], n: ["2"] } as never);
    expect(columnsOf(csv("colour,eats\nred,yes\nred,no\n"))).toEqual({ colour: ["red", "red"], eats: ["yes", "no"] });
    expect(columnsOf(csv(",a\n0,1\n"))).toEqual({ 1: ["0"], a: ["1"] }); // an index of pandas' has no name
  });

  test("what options say of header and separator", () => {
    expect(csv("a,b\nc,d\n", { header: false }).count).toBe(2);
    expect(columnsOf(csv("1,2\n3,4\n", { header: true }))).toEqual({ 1: ["3"], 2: ["4"] });
    expect(columnsOf(csv("a;b,c\n1;2,3\n", { separator: "," }))).toEqual({ "a;b": ["1;2"], c: ["3"] });
    expect(columnsOf(csv("a:b\n1:2\n", { separator: ":" }))).toEqual({ a: ["1"], b: ["2"] });
  });

  test("the separator that all rows have alike, whatever stands between quotes", () => {
    expect(csv('a;b\n"x,y,z";1\n"u";2\n').columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(csv('"a;b","c"\n"1;2","3"\n').columns.map(({ name }) => name)).toEqual(["a;b", "c"]);
    expect(csv("text;n\na, b;1\nc;2\n").columns.map(({ name }) => name)).toEqual(["text", "n"]);
    expect(csv("1,5;2,5\n3,5;4,25\n").columns.map(({ values }) => values)).toEqual([
      ["1.5", "3.5"],
      ["2.5", "4.25"],
    ]);
  });

  test("decimal commas where a whole column is of such numbers only", () => {
    expect(columnsOf(csv("a;b;c\n1,5;1,5;1\n2;x;2\n;2,5;3\n-,5;1;4\n"))).toEqual({
      a: ["1.5", "2", null, "-.5"],
      b: ["1,5", "x", "2,5", "1"],
      c: ["1", "2", "3", "4"],
    });
  });
});

describe("readCsv refuses", () => {
  test.each<[string, string, RegExp]>([
    [
      "rows of several lengths",
      "# r\na,b\n1,2\n3\n4,5\n",
      /the row that ends in line 4 has 1 cells, the first row has 2;/,
    ],
    ["a longer row", "a,b\n1,2,3\n", /line 2 has 3 cells, the first row has 2;/],
    ["a longer row after lines in quotes", 'a,b\n"1\n1",2\n3,4,5\n', /line 4 has 3 cells/],
    ["two columns of a name", "a,b,a\n1,2,3\n", /two columns of the name "a"; give each its own/],
    ["a header alone", "a,b\n", /has no rows below the names of its columns;/],
    ["remarks alone", "# a\n# b", /has no rows; pass/],
    ["a quote that is not closed", 'a,b\n1,"2\n3,4\n', /a quote is opened and never closed, up to the last line, \d;/],
    ["a quote within a cell", 'a,b\n1,5" pipe\n', /line 2 has a quote within a cell; /],
    ["something after a quote", 'a,b\n1,"5"x\n', /line 2 has a quote within a cell; /],
    ["nothing", "", /a\.csv is an empty file; pass a CSV file/],
    ["an HTML page", "<!doctype html><p>a,b", /is an HTML page; pass a CSV file/],
    ["an archive", "PK\x03\x04", /is a zip archive; pass a CSV file/],
  ])("%s", (_, text, message) => {
    expectRefused(() => csv(text), message);
  });
});

describe("readJson reads", () => {
  const expected = { a: [1, 2.5], b: ["x", null], c: [true, false] };
  test.each([
    ["objects", '[{"a": 1, "b": "x", "c": true}, {"a": 2.5, "b": null, "c": false}]'],
    ["objects without what they have not", '\ufeff [{"a": 1, "b": "x", "c": true},\n {"c": false, "a": 2.5}]'],
    ["columns", '{"a": [1, 2.5], "b": ["x", ""], "c": [true, false]}'],
    ["columns of pandas", '{"a": {"0": 1, "1": 2.5}, "b": {"0": "x", "1": null}, "c": {"0": true, "1": false}}'],
    ["lines", '{"a": 1, "b": "x", "c": true}\n\n{"a": 2.5, "c": false}\n'],
    ["lines that end as in Windows", '{"a": 1, "b": "x", "c": true}\r\n{"a": 2.5, "c": false}\r\n'],
  ])("%s", (_, text) => {
    const table = json(text);
    expect(columnsOf(table)).toEqual(expected);
    expect(table.count).toBe(2);
  });

  test("a single line, which is a row", () => {
    expect(columnsOf(json('{"a": 1, "__proto__": 2}\n'))).toEqual(JSON.parse('{"a": [1], "__proto__": [2]}'));
  });
});

describe("readJson refuses", () => {
  test.each<[string, string, RegExp]>([
    ["what is no JSON", '[{"a": 1},', /^a\.json is no JSON \(.+\); pass JSON such as /],
    ["a bad line", '{"a": 1}\n{"a": \n', /^a\.json: line 2 is no JSON/],
    ["a list in a cell", '[{"a": 1}, {"a": [1]}]', /row 2 has a list in "a"; give each of its values a column/],
    ["an object in a cell", '{"a": {"b": {}}}\n{"a": 1}', /row 1 has an object in "a"/],
    ["rows without names", "[[1, 2]]", /row 1 is \[\[…\]\]? rather than an object|row 1 is \[1, 2\] rather than/],
    ["columns of several lengths", '{"a": [1, 2], "b": [1]}', /column "b" has 1 values, column "a" has 2;/],
    ["a column that is none", '{"a": [1, 2], "b": 1}', /column "b" is 1 rather than a list;/],
    ["no rows", "[]", /has no columns; pass a table/],
    ["rows without columns", "[{}]", /has no columns; pass/],
    ["columns without rows", '{"a": []}', /has no rows below/],
    ["text", "hello", /a\.json is no JSON/],
    ["a number", "7", /is the JSON value 7; pass/],
  ])("%s", (_, text, message) => {
    expectRefused(() => json(text), message);
  });
});

const SEPARATORS = [",", ";", "\t", "|"];
const LETTERS = [
  ...SEPARATORS,
  "\n",
  "\r",
  "\r\n",
  " ",
  "\u00a0",
  "\v",
  "\f",
  "\u2003",
  "a",
  "7",
  ".",
  "#",
  "é",
  "\u{1f600}",
];

test("rows without quotes are those that csv-parse finds", () => {
  const options = { record_delimiter: ["\r\n", "\n", "\r"], trim: true, skip_empty_lines: true };
  fc.assert(
    fc.property(
      fc.constantFrom(...SEPARATORS),
      fc.array(fc.constantFrom(...LETTERS), { maxLength: 40 }),
      (delimiter, letters) => {
        const text = letters.join("");
        let wanted: (string | null)[][] | string;
        try {
          wanted = (parse(text, { ...options, delimiter }) as string[][]).map((row) => row.map((cell) => cell || null));
        } catch (error) {
          const { lines, message } = error as { lines: number; message: string };
          const [expected, got] = /expect (\d+), got (\d+)/.exec(message)!.slice(1);
          wanted = `line ${lines + 3} has ${got} cells, the first row has ${expected}`;
        }
        let own: (string | null)[][] | string;
        try {
          own = parseRows("it", text, delimiter, 3);
        } catch (error) {
          own = /line .* has \d+ cells, the first row has \d+/.exec((error as Error).message)![0];
        }
        expect(own).toEqual(wanted);
      },
    ),
    { numRuns: 20_000, seed: 1 },
  );
});
