// Pictures in folders as a data set: a folder for each class. Which file is of which class and part is told by its path
// alone; pictures are decoded apart (src/reader.ts), many in one thread, and brought to one size.

import { concatBytes } from "../bytes.js";
import { InputError, problemIn } from "../errors.js";
import { checkOptions, show } from "../options/check.js";
import { flag, names, object, signal, type Type, text } from "../options/type.js";
import type { ReadApart } from "../reader.js";
import { product } from "../shape.js";
import { asBytes } from "./arrays.js";
import { MOST_CLASSES } from "./labels.js";
import {
  PARTS,
  type Part,
  type PictureBlob,
  type PictureDataset,
  type PictureFile,
  type PictureOptions,
  type Size,
} from "./picture-types.js";

const OPTIONS: Readonly<Record<keyof PictureOptions, Type>> = {
  ...{ size: text, classes: names, skipBroken: flag, name: text, signal },
  part: object("train, test or validation", (value) => (PARTS as readonly unknown[]).includes(value)),
};
export const USUAL_SIZE = "64x64";
const MOST_SIDE = 4096;
const MOST_BYTES = 2 ** 31; // of all pictures, as they are trained on
const AT_ONCE = { pictures: 256, bytes: 2 ** 26 }; // decoded in one thread, one after the other

/** Names of files that are pictures, or were meant to be. */
const PICTURE = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|heic)$/i;
const HIDDEN = /(^|\/)(\.|__MACOSX\/)/;
const isPicture = (path: string) => PICTURE.test(path) && !HIDDEN.test(path);

interface Found {
  /** From the chosen folder on, for messages. */
  readonly path: string;
  readonly part: Part | null;
  readonly class: string;
  read(): Promise<Uint8Array>;
}

/** Height and width of "WIDTHxHEIGHT". Throws E_OPTION. */
export function sidesOf(who: string, size: string): [height: number, width: number] {
  const [, width, height] = (/^(\d{1,4})x(\d{1,4})$/i.exec(size.trim()) ?? []).map(Number);
  const fits = (side: number | undefined) => side !== undefined && side >= 1 && side <= MOST_SIDE;
  if (fits(width) && fits(height)) return [height!, width!];
  throw new InputError(
    "E_OPTION",
    `${who}: size is ${show(size)}; pass width and height from 1 to ${MOST_SIDE}, such as ${USUAL_SIZE}.`,
  );
}

/** Which parts the pictures among these files are of; none where folders of classes stand alone. */
export function partsOf(paths: readonly string[]): Part[] {
  const found = new Set(placesOf(paths.filter(isPicture)).map(({ part }) => part));
  return PARTS.filter((part) => found.has(part));
}

/**
 * A data set from pictures in folders: bytes (count, height · width · 3), multiplied by 1/255, in the order of their
 * classes and names, 2 before 10. Each is brought to one size as `pictureToExample` does it, whatever its sides. A folder
 * that all share is passed over, and files that are hidden or no pictures by their names.
 *
 * Rejects with E_EMPTY without pictures; E_IMAGE where one lies in no folder of a class or cannot be decoded; with
 * E_SINGLE_CLASS, E_CLASSES for one that is not in `classes`, E_TOO_LARGE, E_OPTION.
 */
export async function readPicturesWith(
  readApart: ReadApart,
  files: readonly (PictureFile | PictureBlob)[],
  options: PictureOptions,
): Promise<PictureDataset> {
  checkOptions("readPictures", OPTIONS, options);
  const { size = USUAL_SIZE, skipBroken = false, name } = options;
  const who = name ?? "readPictures: the folder";
  const [height, width] = sidesOf("readPictures", size);
  const found = chosen(who, files, options.part);
  const classes = classesOf(who, found, options.classes);
  const shape = [height, width, 3];
  const features = height * width * 3;
  if (found.length * features > MOST_BYTES) {
    throw new InputError(
      "E_TOO_LARGE",
      `${who}: ${found.length} pictures of ${size} take ${found.length * features} bytes, the limit is ${MOST_BYTES}; pass a smaller size or fewer.`,
    );
  }
  const { x, sizes, broken } = await decodeAll(readApart, found, shape, options.signal);
  const [first] = broken;
  if (first && !skipBroken) {
    throw new InputError(
      "E_IMAGE",
      `${who}: ${broken.length} of ${found.length} pictures cannot be read, first ${first.reason}; mend them, leave them out, or skip them with skipBroken, on the command line --skip-broken.`,
    );
  }
  const out = new Set(broken.map(({ index }) => index));
  const kept = found.filter((_, i) => !out.has(i));
  if (kept.length === 0)
    throw new InputError(
      "E_IMAGE",
      `${who}: none of ${found.length} pictures can be read, first ${first!.reason}; pass others.`,
    );
  const places = new Map(classes.map((one, c) => [one, c]));
  return {
    ...{ x, count: kept.length, features, shape, scale: 1 / 255, classes },
    y: Int32Array.from(kept, (one) => places.get(one.class)!),
    paths: kept.map(({ path }) => path),
    sizes,
    skipped: broken.map(({ index, reason }) => ({ path: found[index]!.path, reason })),
  };
}

/** The pictures of the part that is wanted, in their order. */
function chosen(who: string, files: readonly (PictureFile | PictureBlob)[], part: Part | undefined): Found[] {
  const all = Array.from(files, (file): Omit<Found, "part" | "class"> => {
    // a Blob of today has bytes, too
    if ("arrayBuffer" in file) {
      return { path: file.webkitRelativePath || file.name, read: async () => new Uint8Array(await file.arrayBuffer()) };
    }
    if (typeof file?.path !== "string") {
      throw new InputError("E_IMAGE", `${who}: a file is ${show(file)}; pass { path, bytes }, or File objects.`);
    }
    return { path: file.path, read: async () => asBytes("readPictures", "E_IMAGE", file.bytes) };
  });
  const pictures = all
    .map((one) => ({ ...one, path: one.path.replaceAll("\\", "/") }))
    .filter(({ path }) => isPicture(path));
  const places = placesOf(pictures.map(({ path }) => path));
  const parts = partsOf(pictures.map(({ path }) => path));
  const wanted = parts.length === 0 ? null : (part ?? "train");
  const found = pictures.map((one, i): Found => ({ ...one, ...places[i]! })).filter((one) => one.part === wanted);
  if (found.length === 0) {
    const what = parts.length > 0 ? ` of the part ${wanted} (there are ${parts.join(", ")})` : "";
    throw new InputError(
      "E_EMPTY",
      `${who} has no pictures${what}, and ${all.length} files; pass a folder for each class, with JPEG or PNG files.`,
    );
  }
  found.sort((a, b) => naturally(a.class, b.class) || naturally(a.path, b.path));
  const astray = found.find((one) => one.class === "");
  if (astray) {
    throw new InputError(
      "E_IMAGE",
      `${who}: ${show(astray.path)} lies in no folder of a class; put each picture into a folder that is called as its class.`,
    );
  }
  return found;
}

const NAMED: Readonly<Record<string, Part>> = {
  ...{ train: "train", training: "train", test: "test", testing: "test" },
  ...{ val: "validation", valid: "validation", validation: "validation" },
};

/** Part and class of each path: the first folders below the one that all share. */
function placesOf(paths: readonly string[]): { part: Part | null; class: string }[] {
  let folders = paths.map((path) => path.split("/").slice(0, -1));
  const shared = () => {
    const first = folders[0]?.[0];
    return (
      first !== undefined && !NAMED[first.toLowerCase()] && folders.every((own) => own.length > 1 && own[0] === first)
    );
  };
  while (shared()) folders = folders.map((own) => own.slice(1));
  const isPart = folders.some((own) => NAMED[own[0]?.toLowerCase() ?? ""] === "train");
  const inParts = isPart && folders.every((own) => own[0] !== undefined && NAMED[own[0].toLowerCase()] !== undefined);
  return folders.map((own) => {
    const part = inParts ? NAMED[own[0]!.toLowerCase()]! : null;
    return { part, class: own[inParts ? 1 : 0] ?? "" };
  });
}

function classesOf(who: string, found: readonly Found[], given: readonly string[] | undefined): readonly string[] {
  const own = [...new Set(found.map((one) => one.class))];
  const stranger = given && own.find((name) => !given.includes(name));
  if (stranger !== undefined) {
    throw new InputError(
      "E_CLASSES",
      `${who} has a folder ${show(stranger)}, the classes are ${given!.join(", ")}; pass folders of these names.`,
    );
  }
  if (given) return given;
  if (own.length < 2) {
    throw new InputError(
      "E_SINGLE_CLASS",
      `${who}: all ${found.length} pictures are in the folder ${show(own[0])}; there is nothing to tell apart, pass a folder for each of two classes or more.`,
    );
  }
  if (own.length > MOST_CLASSES)
    throw new InputError("E_LABELS", `${who} has ${own.length} folders; pass at most ${MOST_CLASSES} classes.`);
  return own;
}

/** The sides of pictures: "of 3x5 to 640x480". */
export function sizesInWords(sizes: readonly Size[]): string {
  const sorted = [...sizes].sort(([width, height], [other, more]) => width * height - other * more);
  const [least, most] = [sorted[0]!, sorted.at(-1)!].map((size) => size.join("x"));
  return least === most ? `all of ${least}` : `of ${least} to ${most}`;
}

/** The pictures among these paths, in the order of their names. */
export const picturesIn = (paths: readonly string[]) => paths.filter(isPicture).sort(naturally);

/** Order of names in which 2 comes before 10; the same on every machine. */
export function naturally(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/)) as [string[], string[]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i]!, right[i]!];
    if (i % 2 === 1) {
      const [digits, others] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
      if (digits.length !== others.length) return digits.length - others.length;
      if (digits !== others) return digits < others ? -1 : 1;
    } else if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : Number(a > b));
}

interface Broken {
  readonly index: number;
  /** "cats/1.jpg cannot be decoded (it is cut)". */
  readonly reason: string;
}

/** All pictures as examples of that shape, one after the other, without those that are broken. */
async function decodeAll(
  readApart: ReadApart,
  found: readonly Found[],
  shape: readonly number[],
  signal: AbortSignal | undefined,
): Promise<{ x: Uint8Array; sizes: Size[]; broken: Broken[] }> {
  const x = new Uint8Array(found.length * product(shape));
  let filled = 0;
  const sizes: Size[] = [];
  const broken: Broken[] = [];
  const decode = async (first: number, files: readonly Uint8Array[]): Promise<void> => {
    const names = files.map((_, i) => found[first + i]!.path);
    const lengths = files.map(({ length }) => length);
    try {
      const reading = { who: names[0]!, damaged: "E_IMAGE", signal } as const;
      const read = await readApart("decodePictures", concatBytes(files), [lengths, names, shape], reading);
      x.set(read.x, filled);
      filled += read.x.length;
      sizes.push(...read.sizes);
      for (const { index, reason } of read.broken) broken.push({ index: first + index, reason });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // one that takes the thread down, or too long: which, is told by each alone
      if (files.length > 1) for (const [i, file] of files.entries()) await decode(first + i, [file]);
      else broken.push({ index: first, reason: problemIn(error) });
    }
  };
  for (let first = 0; first < found.length; ) {
    const files: Uint8Array[] = [];
    for (let bytes = 0; first + files.length < found.length; ) {
      const file = await found[first + files.length]!.read();
      files.push(file);
      bytes += file.length;
      if (files.length >= AT_ONCE.pictures || bytes >= AT_ONCE.bytes) break;
    }
    signal?.throwIfAborted();
    await decode(first, files);
    first += files.length;
  }
  return { x: x.subarray(0, filled), sizes, broken };
}
