// A table as a source: a CSV file that need not fit into memory. A first pass finds where its rows are and what its
// columns hold; later ones read some of the rows from their place.

import { type FileSlices, readSlice } from "../dataset/file-slices.js";
import { recognise } from "../dataset/formats.js";
import { type DataSource, MEMORY, partsOf } from "../dataset/source.js";
import { InputError } from "../errors.js";
import { Random } from "../random.js";
import { createTableDataset, type Encoding, encodingOf, inputNames } from "../table.js";
import { tableOf } from "./columns.js";
import { type CsvForm, commasIn, formOf, mayHaveCommas, rowsOfPiece, type Text, withPoint } from "./csv.js";
import type { OpenTableOptions, TableSource } from "./open.js";
import { createProfile, type Profile } from "./profile.js";
import { decodeText } from "./text.js";
import type { Column } from "./types.js";

const PIECE = 2 ** 18; // bytes that are read at once: some milliseconds of parsing
const MOST_ROW = 2 ** 24; // bytes of a row; judgements, both
const [QUOTE, LINE_FEED, RETURN] = [0x22, 0x0a, 0x0d];
// Different values, and numbers for the median, that are kept of a column, and of all columns together. Judgements.
const KEPT = { least: 1024, most: 2 ** 16, ofAll: 2 ** 21 };

/** Rows of the file that are read together. */
interface Piece {
  readonly from: number;
  readonly to: number;
  /** Lines before it. */
  readonly before: number;
  readonly rows: number;
  readonly held: boolean;
}

/** What the first pass finds. */
interface Found {
  readonly form: CsvForm;
  readonly pieces: readonly Piece[];
  /** Which columns have decimal commas. */
  readonly commas: readonly boolean[];
  readonly encoding: Encoding;
}

/** A source of the rows of a CSV file, as openTable of open.ts describes; `length` bytes are read at once. */
export async function tableSource(
  who: string,
  file: FileSlices,
  options: OpenTableOptions,
  length = PIECE,
): Promise<TableSource> {
  const { memory = MEMORY, test } = options;
  const { form, pieces, commas, encoding } = await lookThrough(who, file, options, length);
  const features = inputNames(encoding).length;
  const { classes, names } = encoding.target;
  const all: DataSource & { readonly encoding: Encoding } = {
    ...{ count: pieces.reduce((sum, { rows }) => sum + rows, 0), features, shape: [features], scale: 1 },
    ...{ classes, outputs: names.length, encoding, memory, anyOrder: true },
    parts: pieces.map(({ rows }) => rows),
    async read(part) {
      const { from, to, before } = pieces[part]!;
      const bytes = await readSlice(who, "E_TABLE", file, from, to);
      const rows = rowsOfPiece(who, decodeText(bytes), form, before, from === 0);
      const columns = form.names.map((name, c) => ({ name, values: cellsOf(rows, c, commas[c]!) }));
      return createTableDataset(tableOf(who, rows.length, columns), { encoding });
    },
  };
  if (test === undefined) return { ...all, test: null };
  const places = (held: boolean) => pieces.flatMap((piece, part) => (piece.held === held ? [part] : []));
  return { ...partsOf(all, places(false)), encoding, test: partsOf(all, places(true)) };
}

const cellsOf = (rows: readonly Text[][], c: number, commas: boolean): Text[] =>
  rows.map((row) => (commas ? withPoint(row[c]!) : row[c]!));

// What is held out is not looked at, but for where its rows are.
async function lookThrough(who: string, file: FileSlices, options: OpenTableOptions, length: number): Promise<Found> {
  const { test = 0, seed = 1, encoding } = options;
  const random = new Random(seed);
  const pieces: Piece[] = [];
  let form: CsvForm | null = null;
  let columns: ColumnSeen[] = [];
  for await (const { bytes, ...place } of piecesOf(who, file, length)) {
    const text = decodeText(bytes);
    let rows: Text[][];
    if (form === null) {
      const found = formOf(who, text, options);
      ({ form } = found);
      rows = found.body;
      tableOf(
        who,
        1,
        form.names.map((name): Column => ({ name, values: [] })),
      ); // refuses a name that comes twice
      const most = Math.max(KEPT.least, Math.min(KEPT.most, Math.floor(KEPT.ofAll / form.names.length)));
      columns = form.names.map((name) => createSeen(name, most, mayHaveCommas(form!)));
    } else rows = rowsOfPiece(who, text, form, place.before, false);
    const held = test > 0 && random.integer(2 ** 32 - 1) < test * 2 ** 32;
    if (rows.length > 0) pieces.push({ ...place, rows: rows.length, held });
    if (!encoding && !held) for (const [c, column] of columns.entries()) column.add(cellsOf(rows, c, false));
  }
  if (form === null || pieces.length === 0)
    throw new InputError("E_TABLE", `${who} has no rows; pass a table with at least one.`);
  if (test > 0 && new Set(pieces.map(({ held }) => held)).size < 2) {
    const of = `a share of ${test} of the ${pieces.length} parts it is read in`;
    throw new InputError(
      "E_OPTION",
      `${who}: test is ${of}, which leaves one side empty; read so small a file with readTable.`,
    );
  }
  const commas = columns.map((column) => column.commas);
  const seen = { columns: columns.map(({ profile }) => profile) };
  return { form, pieces, commas, encoding: encoding ?? encodingOf(seen, onlyEncoding(options)) };
}

function onlyEncoding(options: OpenTableOptions) {
  const { target, task, features, drop, id, categories, dates, log1p, mostCategories } = options;
  return { target, task, features, drop, id, categories, dates, log1p, mostCategories };
}

/** A column while its cells go by, which may turn out to have decimal commas. */
interface ColumnSeen {
  add(cells: readonly Text[]): void;
  readonly commas: boolean;
  readonly profile: Profile;
}

function createSeen(name: string, most: number, mayHave: boolean): ColumnSeen {
  const plain = createProfile(name, most);
  const pointed = mayHave ? createProfile(name, most) : null;
  let [all, some] = [mayHave, false];
  return {
    add(cells) {
      plain.add(cells);
      if (!pointed || !all) return;
      const found = commasIn(cells);
      all &&= found.all;
      some ||= found.some;
      if (all) pointed.add(cells.map(withPoint));
    },
    get commas() {
      return all && some;
    },
    get profile() {
      return all && some ? pointed! : plain;
    },
  };
}

// Pieces of the file that end where a row does.
async function* piecesOf(who: string, file: FileSlices, length: number) {
  let before = 0;
  for (let from = 0; from < file.size; ) {
    const { bytes, lines } = await pieceFrom(who, file, from, before, length);
    if (from === 0) checkBeginning(who, bytes);
    yield { bytes, from, to: from + bytes.length, before };
    from += bytes.length;
    before += lines;
  }
}

async function pieceFrom(who: string, file: FileSlices, from: number, before: number, least: number) {
  for (let length = least; ; length *= 2) {
    const bytes = await readSlice(who, "E_TABLE", file, from, from + length);
    const { end, lines } = endOfRows(bytes, from + length >= file.size);
    if (end > 0) return { bytes: bytes.subarray(0, end), lines };
    if (length < MOST_ROW) continue;
    throw new InputError(
      "E_TABLE",
      `${who}: from line ${before + 1} on a row has more than ${MOST_ROW} bytes, or a quote is opened and never closed; close it.`,
    );
  }
}

/** Where the last whole row ends, and how many lines there are up to it; all where nothing follows. */
function endOfRows(bytes: Uint8Array, isLast: boolean): { end: number; lines: number } {
  let [end, lines, all, quoted] = [0, 0, 0, false];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) quoted = !quoted;
    // a return may be the first half of an ending
    const ends = byte === LINE_FEED || (byte === RETURN && i + 1 < bytes.length && bytes[i + 1] !== LINE_FEED);
    if (!ends) continue;
    all++;
    if (!quoted) [end, lines] = [i + 1, all];
  }
  return isLast ? { end: bytes.length, lines: all } : { end, lines };
}

function checkBeginning(who: string, bytes: Uint8Array): void {
  const { name, called } = recognise(bytes);
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (name === "text" && !wide) return;
  throw new InputError(
    "E_TABLE",
    `${who} is ${wide ? "text in UTF-16" : called}, which cannot be read from the middle; write it as CSV in UTF-8, or read it with readTable.`,
  );
}
