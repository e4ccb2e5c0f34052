// What is open in the worker: data to train on, and the table or the folder that they come from, where they do.

import { recogniseFile } from "../../src/dataset/formats.js";
import { unpacked } from "../../src/dataset/unpack.js";
import { type Encoding, InputError, type Network, type Task } from "../../src/index.js";
import type { Answers, NamedFile, Opened, Role, Settings } from "../protocol.js";
import { type Data, isTest, readEmbedded, readFiles, summarise } from "./data.js";
import { type OpenFolder, setsOfFolder, summariseFolder } from "./folder.js";
import { holdsTable, readTable } from "./formats.js";
import { answerRows, asksFor, type NamedTable, type OpenTable, planTable, setsOf, summariseTable } from "./table.js";

export interface Open {
  /** Null where there are none, or a table or a folder cannot be trained on as it is planned. */
  readonly data: Data | null;
  readonly table: OpenTable | null;
  readonly folder: OpenFolder | null;
  /** Why there are no data, where that is worth a sentence. */
  readonly problem: string | null;
  /** The files that the data were read from, where those tell what their labels are, and what that is. */
  readonly sources: readonly Source[];
  readonly task: Task;
  /** What drew the rows or pictures to test on. */
  readonly seed: number;
}

interface Source {
  readonly files: readonly NamedFile[];
  readonly role: Role;
}

export const NOTHING: Open = {
  data: null,
  table: null,
  folder: null,
  problem: null,
  sources: [],
  task: "auto",
  seed: 1,
};

/** The pictures that come with the page. Throws E_FILE_READ where they cannot be had. */
export const openEmbedded = async (): Promise<Open> => ({ ...NOTHING, data: await readEmbedded() });

/**
 * What is open with these files; rows of a table without the column that `network` predicts are answered to, where role is
 * "any". Null where there was nothing else.
 */
export async function openFiles(
  old: Open,
  files: readonly NamedFile[],
  role: Role,
  seed: number,
  network: Network | null,
): Promise<{ open: Open | null; answers: Answers[] }> {
  const all = await Promise.all(files.map((file) => unpacked(recogniseFile(file))));
  const areTables = await Promise.all(all.map(holdsTable));
  const others = all.filter((_, i) => !areTables[i]);
  const answers: Answers[] = [];
  const tables: NamedTable[] = [];
  for (const file of all.filter((_, i) => areTables[i])) {
    const read = { name: file.name, table: await readTable(file) };
    const asked = role === "any" && network?.encoding && asksFor(read.table, network.encoding);
    if (asked) answers.push(await answerRows(read, network!));
    else tables.push(read);
  }
  if (tables.length === 0 && others.length === 0 && answers.length > 0) return { open: null, answers };
  if (tables.length === 0) {
    const { data, sources, task } = old.table || old.folder ? NOTHING : old;
    const read = await readFiles(data, others, role, "auto");
    const source = { files: files.filter((_, i) => !areTables[i]).map(unread), role };
    const open =
      read.train === data?.train
        ? { ...NOTHING, data: read, task, sources: [...sources, source] }
        : { ...NOTHING, data: read, sources: [source] };
    return { open, answers };
  }
  if (others.length > 0) {
    const message = `${tables[0]!.name} is a table and ${others[0]!.name} is none; drop one kind of data at a time.`;
    throw new InputError("E_FILE_TYPE", message);
  }
  return { open: openTables(old.table, tables, role, seed, network?.encoding ?? null), answers };
}

// What is held of a file: where its bytes are, not the bytes.
const unread = (file: NamedFile): NamedFile => ({ ...file, bytes: new Uint8Array(0) });

/** The same files with their labels read for another task. Throws what reading them throws, E_FILE_READ where one is gone. */
export async function readAgain({ sources }: Open, task: Task): Promise<Open> {
  let data: Data | null = null;
  for (const { files, role } of sources) {
    const all = files.map(async ({ name, file }) => {
      const bytes = await file.arrayBuffer().catch((cause) => {
        throw new InputError("E_FILE_READ", `${name} cannot be read any more; open it again.`, { cause });
      });
      return unpacked(recogniseFile({ name, bytes: new Uint8Array(bytes) }));
    });
    data = await readFiles(data, await Promise.all(all), role, task);
  }
  return { ...NOTHING, data, sources, task };
}

/** What labels may be read as is a question where they are numbers in either reading. */
function taskAsked({ sources, data, task }: Open): Task | null {
  if (sources.length === 0 || !data) return null;
  const { classes } = data.train.set;
  return classes === null || classes.every((name) => /^-?\d+$/.test(name)) ? task : null;
}

// Tables to train on, then those to test on.
function openTables(
  old: OpenTable | null,
  tables: readonly NamedTable[],
  role: Role,
  seed: number,
  model: Encoding | null,
): Open {
  let table = old;
  for (const one of tables.filter(({ name }) => !isTest(name, role))) table = planTable(one, model);
  for (const test of tables.filter(({ name }) => isTest(name, role))) {
    if (!table) {
      const message = `${test.name} is a table to test on, but there is none to train on; open that first.`;
      throw new InputError("E_EMPTY", message);
    }
    table = { ...table, test };
    if (table.plan.target !== null) setsOf(table, seed, null); // refused before it takes the place of another
  }
  return planned(table!, seed);
}

/** A table with the data that it is planned to be. */
export const planned = (table: OpenTable, seed: number): Open =>
  withData({ ...NOTHING, table, seed }, () => (table.plan.target === null ? null : setsOf(table, seed, null)));

/** Pictures in folders with the data that they are planned to be. */
export const plannedFolder = (folder: OpenFolder, seed: number): Open =>
  withData({ ...NOTHING, folder, seed }, () => setsOfFolder(folder, seed));

function withData(open: Open, read: () => Data | null): Open {
  try {
    return { ...open, data: read() };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...open, problem: error.message };
  }
}

/** The data to train on: of a table as `model` reads it; else their numbers multiplied as the settings say. */
export function dataFor(
  { data, table, folder, seed: drawn }: Open,
  seed: number,
  scale: Settings["scale"],
  model: Encoding | null,
): Data {
  if (!data) throw new InputError("E_EMPTY", "there are no data yet; open a file or use the embedded pictures.");
  if (table) return model === null && seed === drawn ? data : setsOf(table, seed, model);
  const { train, test } = folder && seed !== drawn ? setsOfFolder(folder, seed) : data;
  const rescaled = <N extends Data["train"]>(named: N): N =>
    scale === "data" ? named : { ...named, set: { ...named.set, scale } };
  return { train: rescaled(train), test: test && rescaled(test) };
}

/** The data as a network takes them, if there are any; null for a table without its columns. */
export function dataOf(open: Open, { scale, encoding, seed }: Network): Data | null {
  if (!open.data) return null;
  try {
    return dataFor(open, seed, scale, encoding);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

export async function summariseOpen(open: Open): Promise<Opened> {
  const { data, table, folder, problem, seed } = open;
  return {
    task: taskAsked(open),
    data: data && (await summarise(data, seed)),
    table: table && summariseTable(table),
    folder: folder && summariseFolder(folder),
    problem,
  };
}
