// Data that need not fit into memory: a source of rows, read part by part as they are wanted. What a training does with
// the parts is train/feed.ts's.

import { type DataInput, datasetFromArrays } from "../dataset.js";
import { InputError } from "../errors.js";
import { check, checkOptions, show } from "../options/check.js";
import { callback, flag, names, number, object, type Type, whole } from "../options/type.js";
import { Random } from "../random.js";
import type { Dataset, Examples } from "./types.js";

/**
 * Examples that are read when they are wanted: in parts, of which as many are held at a time as `memory` has room for.
 * createSource makes one of anything that gives rows; openNpy and openTable make one of a file.
 */
export interface DataSource extends Omit<Examples, "x"> {
  /** Names of the classes; null where there are numbers to predict. */
  readonly classes: readonly string[] | null;
  /** Numbers to predict of an example; 1 where it has a class. */
  readonly outputs: number;
  /** MiB that the examples which are held at a time may take. */
  readonly memory: number;
  /** Rows of each part, in order. */
  readonly parts: readonly number[];
  /** Whether the parts may be read in any order; else from the first on, one after the other. */
  readonly anyOrder: boolean;
  /** Reads a part. */
  read(part: number): Promise<Dataset>;
}

/** Rows of a source, as createDataset takes them. */
export type SourceRows = Pick<DataInput, "x" | "y">;

/** What createSource takes: `rows` or `batches`, and what its rows are. */
export interface SourceInput extends Pick<DataInput, "classes" | "regression" | "shape" | "scale"> {
  /** Number of examples. */
  count: number;
  /** Gives `count` rows from row `first` on. */
  rows?: ((first: number, count: number) => SourceRows | Promise<SourceRows>) | undefined;
  /** Gives all rows in order, in pieces of any length; called anew for each pass. Parts then keep their order. */
  batches?: (() => AsyncIterable<SourceRows> | Iterable<SourceRows>) | undefined;
  /** Rows of a part: what is read at once. @default as many as take 1 MiB */
  partRows?: number | undefined;
  /** MiB that the examples which are held at a time may take. @default 64 */
  memory?: number | undefined;
}

const WHO = "createSource";
export const MEMORY = 64; // MiB; a judgement
const PART = 2 ** 20; // bytes
const INPUTS: Readonly<Record<keyof SourceInput, Type>> = {
  count: number(whole(1)),
  rows: callback,
  batches: callback,
  classes: names,
  regression: flag,
  shape: object("the shape of one example, such as [64, 64, 3]", Array.isArray),
  scale: number({ but: 0 }),
  partRows: number(whole(1)),
  memory: number({ above: 0 }),
};

/** Whether `value` is meant for a source. */
export const isSource = (value: unknown): value is DataSource =>
  typeof value === "object" && value !== null && "parts" in value && "read" in value;

/**
 * A source of rows, for data that do not fit into memory: `fit` and `evaluate` take it like a data set. Its first rows
 * are read at once, and tell shape, type and scale where they are not said; all others must be like them. Labels are
 * indices or names of `classes`, which must be said; with `regression` y has numbers to predict.
 *
 * Rejects with E_OPTION, E_COUNT where fewer or more rows come than were asked for, and what createDataset throws.
 *
 * @example await createSource({ count: 1e9, classes: ["no", "yes"], rows: async (first, count) => readSomewhere(first, count) })
 */
export async function createSource(input: SourceInput): Promise<DataSource> {
  checkOptions(WHO, INPUTS, input);
  const { count, rows, batches, classes, regression = false, memory = MEMORY } = input;
  check(WHO, "count", INPUTS.count, count);
  if ((rows === undefined) === (batches === undefined)) {
    throw new InputError(
      "E_OPTION",
      `${WHO}: got ${rows ? "both rows and batches" : "neither rows nor batches"}; pass one of them.`,
    );
  }
  if (!regression && classes === undefined) {
    throw new InputError(
      "E_OPTION",
      `${WHO}: classes is not said, and nobody has seen all labels; pass the names of the classes, or regression: true.`,
    );
  }
  const own = { ...(classes && { classes }), regression };
  const make = ({ x, y }: SourceRows, { shape, scale }: Pick<DataInput, "shape" | "scale"> = input): Dataset =>
    datasetFromArrays(WHO, { ...own, x, y, ...(shape && { shape }), ...(scale !== undefined && { scale }) });
  const few = Math.min(count, 64);
  const first = make(rows ? checked(await rows(0, few)) : await firstBatch(batches!));
  const like = { shape: first.shape, scale: first.scale };
  const partRows = Math.min(count, input.partRows ?? Math.max(1, Math.floor(PART / bytesOfRow(first))));
  const parts = Array.from({ length: Math.ceil(count / partRows) }, (_, part) =>
    Math.min(partRows, count - part * partRows),
  );
  const readRows = rows ? null : inParts(batches!, (piece) => make(piece, like), parts);
  return {
    ...{ count, features: first.features, ...like, memory, parts, anyOrder: rows !== undefined },
    classes: first.classes,
    outputs: first.classes === null ? first.outputs : 1,
    async read(part) {
      const wanted = parts[part]!;
      const data = readRows ? await readRows(part) : make(checked(await rows!(part * partRows, wanted)), like);
      return checkPart(WHO, first, data, wanted);
    },
  };
}

function checked(rows: SourceRows): SourceRows {
  if (typeof rows === "object" && rows !== null && "x" in rows && "y" in rows) return rows;
  throw new InputError("E_ROWS", `${WHO}: its rows are ${show(rows)}; give { x, y }, as createDataset takes them.`);
}

type Batches = NonNullable<SourceInput["batches"]>;

function iteratorOf(batches: Batches): AsyncIterator<SourceRows> | Iterator<SourceRows> {
  const all: Partial<AsyncIterable<SourceRows> & Iterable<SourceRows>> = batches() ?? {};
  const iterator = all[Symbol.asyncIterator]?.() ?? all[Symbol.iterator]?.();
  if (iterator) return iterator;
  throw new InputError(
    "E_ROWS",
    `${WHO}: batches gives ${show(all)}; give something to go through with for await, of { x, y }.`,
  );
}

async function firstBatch(batches: Batches): Promise<SourceRows> {
  const pieces = iteratorOf(batches);
  const { done, value } = await pieces.next();
  await pieces.return?.();
  if (!done) return checked(value);
  throw new InputError("E_EMPTY", `${WHO}: batches gives nothing; pass at least one row.`);
}

// What a part must be like: as many rows as were asked for, of one width and type.
function checkPart(who: string, like: Dataset, data: Dataset, count: number): Dataset {
  if (data.count !== count) {
    throw new InputError("E_COUNT", `${who}: ${count} rows were asked for and ${data.count} came; give all of them.`);
  }
  if (data.features !== like.features || outputsIn(data) !== outputsIn(like)) {
    const [got, wanted] = [data, like].map((one) => `${one.features} inputs and ${outputsIn(one)} to predict`);
    throw new InputError("E_FEATURES", `${who}: rows have ${got}, the first ones ${wanted}; make them equal.`);
  }
  if (data.x.constructor === like.x.constructor) return data;
  const [got, wanted] = [data, like].map(({ x }) => x.constructor.name);
  throw new InputError("E_ROWS", `${who}: x is a ${got} and was a ${wanted} before; give one type throughout.`);
}

/** Reads the parts of what comes in pieces of any length, from the first on. */
function inParts(
  batches: Batches,
  make: (piece: SourceRows) => Dataset,
  parts: readonly number[],
): (part: number) => Promise<Dataset> {
  let pieces: AsyncIterator<SourceRows> | Iterator<SourceRows> | null = null;
  let left: { data: Dataset; from: number } | null = null; // of the last piece
  let next = 0;
  const piece = async () => {
    if (left && left.from < left.data.count) return left;
    const { done, value } = await pieces!.next();
    left = done ? null : { data: make(checked(value)), from: 0 };
    return left;
  };
  const refuse = (what: string): never => {
    throw new InputError("E_COUNT", `${WHO}: batches gives ${what} rows than count says; make them equal.`);
  };
  return async (part) => {
    if (part === 0 || part !== next || pieces === null) {
      await pieces?.return?.();
      pieces = iteratorOf(batches);
      left = null;
      next = 0;
      while (next < part) await take(parts[next]!);
    }
    const data = await take(parts[part]!);
    if (next === parts.length && (await piece()) !== null) refuse("more");
    return data;
  };

  async function take(count: number): Promise<Dataset> {
    next++;
    let room: Dataset | null = null;
    for (let filled = 0; filled < count; ) {
      const own = (await piece()) ?? refuse("fewer");
      room ??= roomFor(own.data, count);
      const some = Math.min(count - filled, own.data.count - own.from);
      copyExamples(own.data, own.from, some, room, filled);
      own.from += some;
      filled += some;
    }
    return room!;
  }
}

const outputsIn = (data: Dataset): number => (data.classes === null ? data.outputs : 1);

/** Bytes that an example takes. */
export const bytesOfRow = (data: Dataset): number =>
  data.features * data.x.BYTES_PER_ELEMENT + outputsIn(data) * data.y.BYTES_PER_ELEMENT;

/** Room for so many examples like these. */
export function roomFor<D extends Dataset>(like: D, count: number): D {
  const empty = <A extends Dataset["x"] | Dataset["y"]>(values: A, width: number): A =>
    new (values.constructor as new (length: number) => A)(count * width);
  return { ...like, x: empty(like.x, like.features), y: empty(like.y, outputsIn(like)), count };
}

/** Copies `count` examples, from `first` on, to place `at` of others. */
export function copyExamples(from: Dataset, first: number, count: number, into: Dataset, at: number): void {
  const copy = (name: "x" | "y", width: number) =>
    into[name].set(from[name].subarray(first * width, (first + count) * width) as never, at * width);
  copy("x", from.features);
  copy("y", outputsIn(from));
}

/** The first `count` examples, in the same arrays. */
export function firstOf<D extends Dataset>(data: D, count: number): D {
  if (count === data.count) return data;
  const { features } = data;
  return { ...data, x: data.x.subarray(0, count * features), y: data.y.subarray(0, count * outputsIn(data)), count };
}

/** The source with each of its parts made into another, of the same count. */
export function mapSource(
  source: DataSource,
  change: (data: Dataset) => Dataset,
  own: Partial<Pick<DataSource, "scale" | "classes">> = {},
): DataSource {
  return { ...source, ...own, read: async (part) => change(await source.read(part)) };
}

/** Some parts of a source, as one. */
export function partsOf(source: DataSource, places: readonly number[]): DataSource {
  const parts = places.map((place) => source.parts[place]!);
  const count = parts.reduce((sum, rows) => sum + rows, 0);
  return { ...source, parts, count, read: (part) => source.read(places[part]!) };
}

/** Some of a source's parts, a share of them that is drawn, and the others. Throws E_OPTION where there are too few. */
export function splitSource(
  who: string,
  source: DataSource,
  share: number,
  seed: number,
): { train: DataSource; test: DataSource } {
  const { parts, anyOrder } = source;
  if (!anyOrder || parts.length < 2) {
    const why = anyOrder ? "is of one part" : "comes in one order";
    const instead = anyOrder ? "another source or a data set, or say smaller partRows" : "another source or a data set";
    throw new InputError("E_OPTION", `${who} is a share of a source that ${why}; pass ${instead}.`);
  }
  const held = Math.min(parts.length - 1, Math.max(1, Math.round(share * parts.length)));
  const drawn = new Random(seed).permutation(parts.length);
  const some = (from: number, to: number) =>
    partsOf(
      source,
      Array.from(drawn.subarray(from, to)).sort((a, b) => a - b),
    );
  return { train: some(held, parts.length), test: some(0, held) };
}

/** All examples of a source, in memory. */
export async function wholeOf(source: DataSource): Promise<Dataset> {
  return openStages(source, source.count).read(null, 0);
}

const SAMPLE = { parts: 16, rows: 256, bytes: 2 ** 20 }; // of each part so many rows and bytes at most; judgements

/**
 * Some of the source's examples, at most 4096, as a data set: the first of parts that are spread evenly over it. It
 * stands for the whole where that is only to be looked at.
 */
export async function sampleOf(source: DataSource): Promise<Dataset> {
  const { parts, anyOrder } = source;
  const some = Math.min(SAMPLE.parts, parts.length);
  const places = Array.from({ length: some }, (_, i) => (anyOrder ? Math.floor((i * parts.length) / some) : i));
  const pieces: Dataset[] = [];
  for (const place of places) {
    const data = await source.read(place);
    const rows = Math.min(SAMPLE.rows, Math.max(1, Math.floor(SAMPLE.bytes / bytesOfRow(data))), data.count);
    const piece = roomFor(data, rows);
    copyExamples(data, 0, rows, piece, 0);
    pieces.push(piece);
  }
  const all = roomFor(
    pieces[0]!,
    pieces.reduce((sum, { count }) => sum + count, 0),
  );
  let at = 0;
  for (const piece of pieces) {
    copyExamples(piece, 0, piece.count, all, at);
    at += piece.count;
  }
  return all;
}

/** Reads a source in stages of so many rows, the last one of fewer. */
export interface Stages {
  /**
   * The stage that begins at row `first` of the parts in this order, null for their own. It is the same memory each time.
   */
  read(order: ArrayLike<number> | null, first: number): Promise<Dataset>;
}

export function openStages(source: DataSource, rows: number): Stages {
  const { parts, count } = source;
  let room: Dataset | null = null;
  let held: { readonly part: number; readonly data: Dataset } | null = null;
  return {
    async read(order, first) {
      const wanted = Math.min(rows, count - first);
      const partAt = (place: number) => (order ? order[place]! : place);
      let [place, from] = [0, first];
      for (; from >= parts[partAt(place)]!; place++) from -= parts[partAt(place)]!;
      for (let filled = 0; filled < wanted; ) {
        const part = partAt(place);
        if (held?.part !== part) held = { part, data: await source.read(part) };
        const { data }: { data: Dataset } = held;
        room ??= roomFor(data, Math.min(rows, count));
        const some = Math.min(data.count - from, wanted - filled);
        copyExamples(data, from, some, room, filled);
        filled += some;
        from += some;
        if (from === data.count) [place, from] = [place + 1, 0];
      }
      return firstOf(room!, wanted);
    },
  };
}

/**
 * All examples of a source in order, as many at a time as it has room for, in whole batches; those of a data set at once.
 */
export async function* piecesOf(
  data: Dataset | DataSource,
  batch: number,
): AsyncGenerator<{ first: number; piece: Dataset }> {
  if (!isSource(data)) {
    yield { first: 0, piece: data };
    return;
  }
  const most = rowsAtOnce(data, bytesOfRow(await data.read(0)));
  const rows = Math.max(batch, most - (most % batch));
  const stages = openStages(data, rows);
  for (let first = 0; first < data.count; first += rows) yield { first, piece: await stages.read(null, first) };
}

/** Rows that a source's memory has room for, where two lots of them are held. */
export const rowsAtOnce = (source: DataSource, bytes: number): number =>
  Math.max(1, Math.min(source.count, Math.floor((source.memory * 2 ** 20) / (2 * bytes))));
