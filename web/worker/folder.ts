// Pictures in folders in the worker: read from a folder's files, brought to one size, shared out as they are planned.

import { partsOf, sizesInWords, USUAL_SIZE } from "../../src/dataset/picture-folders.js";
import type { Part, PictureBlob, PictureDataset } from "../../src/dataset/picture-types.js";
import { split } from "../../src/dataset.js";
import { InputError, type Network } from "../../src/index.js";
import type { FolderSummary, NamedFolder, PicturePlan, Role } from "../protocol.js";
import { type Data, isTest, type NamedSet } from "./data.js";
import { readFolder } from "./formats.js";
import { saidOnPage } from "./words.js";

const SHOWN = 100; // broken pictures
const TEST = 0.2; // share of the pictures, where nobody says

/** Pictures as they were read, without those that are broken. */
interface ReadSet {
  readonly name: string;
  readonly set: PictureDataset;
}

/** A folder that is open, and what is made of it. */
export interface OpenFolder {
  readonly folder: NamedFolder;
  /** Another one to test on. */
  readonly test: NamedFolder | null;
  readonly plan: PicturePlan;
  /** The sets that lie in the two; there is one to train on at least. */
  readonly read: { readonly train: ReadSet; readonly test: ReadSet | null };
}

/** How reading is followed, and ended. */
export interface Reading {
  readonly signal: AbortSignal;
  /** Is told the share that has been read. */
  onRead(share: number): void;
}

/**
 * A folder to train on, or to test on beside the one that is open: by role, or where pictures are open by its name.
 * Pictures are brought to the size that the open ones have, else the network's. Rejects with what readPictures rejects with.
 */
export async function openFolder(
  old: OpenFolder | null,
  folder: NamedFolder,
  role: Role,
  network: Network | null,
  reading: Reading,
): Promise<OpenFolder> {
  if (role === "test" || (old && isTest(folder.name, role))) {
    if (!old) {
      const message = `${folder.name} is a folder to test on, but there are no pictures to train on; open those first.`;
      throw new InputError("E_EMPTY", message);
    }
    return readAll({ ...old, test: folder }, reading);
  }
  const plan = old?.plan ?? { size: sizeOf(network), test: TEST, skipBroken: false };
  return readAll({ folder, test: null, plan: { ...plan, skipBroken: false } }, reading);
}

/** The same pictures as they are planned now; they are read anew for another size. */
export async function replan(old: OpenFolder, plan: PicturePlan, reading: Reading): Promise<OpenFolder> {
  return plan.size === old.plan.size ? { ...old, plan } : readAll({ ...old, plan }, reading);
}

function sizeOf(network: Network | null): string {
  const [height, width, channels] = network?.shape ?? [];
  return channels === 3 ? `${width}x${height}` : USUAL_SIZE;
}

async function readAll(open: Omit<OpenFolder, "read">, reading: Reading): Promise<OpenFolder> {
  const { folder, test: beside, plan } = open;
  const parts = partsOf(folder.files.map(({ path }) => path));
  const held = beside ?? (parts.includes("test") || parts.includes("validation") ? folder : null);
  const heldPart = parts.includes("test") || beside ? "test" : "validation";
  const follow = countReads(beside ? [folder, beside] : [folder], reading);
  const read = async (from: NamedFolder, part: Part, classes?: readonly string[]): Promise<ReadSet> => {
    const { name } = from;
    const { signal } = reading;
    const options = { size: plan.size, part, classes, name, signal, skipBroken: true };
    const inParts = partsOf(from.files.map(({ path }) => path)).length > 0;
    return { name: inParts ? `${name}/${part}` : name, set: await readFolder(follow(from), options) };
  };
  const train = await read(folder, "train");
  const test = held && (await read(held, heldPart, train.set.classes));
  return { ...open, read: { train, test } };
}

/** Gives the files of folders so that reading them is told, each percent. */
function countReads(folders: readonly NamedFolder[], { onRead }: Reading) {
  const count = folders.reduce((sum, { files }) => sum + files.length, 0);
  let read = 0;
  return ({ files }: NamedFolder): PictureBlob[] =>
    files.map(({ path, file }) => ({
      name: path,
      async arrayBuffer() {
        read++;
        if (Math.floor((100 * read) / count) > Math.floor((100 * (read - 1)) / count)) onRead(read / count);
        return file.arrayBuffer().catch((cause) => {
          throw new InputError("E_FILE_READ", `${path} cannot be read any more; open the folder again.`, { cause });
        });
      },
    }));
}

/** The data sets of pictures in folders, by their plan. Throws E_IMAGE while broken ones are not to be left out. */
export function setsOfFolder({ folder, plan, read: { train, test } }: OpenFolder, seed: number): Data {
  const broken = brokenOf({ train, test }).length;
  if (broken > 0 && !plan.skipBroken) {
    throw new InputError(
      "E_IMAGE",
      `${folder.name}: ${broken} of ${train.set.count + (test?.set.count ?? 0) + broken} pictures cannot be read; leave them out below, or mend them and open the folder again.`,
    );
  }
  if (test || plan.test === 0) return { train: setOf(train), test: test && setOf(test) };
  const parts = saidOnPage(() => split(train.set, { test: plan.test, seed, stratify: true }));
  return {
    train: { name: train.name, set: parts.train },
    test: { name: `${train.name}, held out`, set: parts.test },
  };
}

const setOf = ({ name, set }: ReadSet): NamedSet => ({ name, set });

const setsIn = ({ train, test }: OpenFolder["read"]) => (test ? [train, test] : [train]);
const brokenOf = (read: OpenFolder["read"]) => setsIn(read).flatMap(({ set }) => set.skipped);

export function summariseFolder({ folder, plan, read }: OpenFolder): FolderSummary {
  const sets = setsIn(read).map(({ set }) => set);
  const broken = brokenOf(read);
  return {
    ...{ name: folder.name, plan, tested: read.test !== null },
    count: sets.reduce((sum, { count }) => sum + count, 0),
    sizes: sizesInWords(sets.flatMap(({ sizes }) => sizes)),
    broken: { count: broken.length, reasons: broken.slice(0, SHOWN).map(({ reason }) => reason) },
  };
}
