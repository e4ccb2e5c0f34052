// Pictures in folders, as anybody calls for them: src/dataset/picture-folders.ts is loaded when it is first wanted.

import type { PictureBlob, PictureDataset, PictureFile, PictureOptions } from "../dataset/picture-types.js";
import { readApart } from "./embedded.js";

export type { PictureBlob, PictureDataset, PictureFile, PictureOptions } from "../dataset/picture-types.js";

/**
 * A data set from pictures in folders, one for each class: bytes (count, height · width · 3), multiplied by 1/255. Files
 * are JPEG or PNG, as paths with bytes or as File objects of a folder that was chosen; all are brought to one size by area
 * average, whatever their sides. Classes are the folders' names, sorted with 2 before 10, pictures within them by their
 * paths. Folders train, test and validation around them are parts, of which one is read. They are decoded in threads of
 * their own; where none can be started, on the caller's.
 *
 * Rejects with E_EMPTY without pictures; E_IMAGE, naming the first and how many, where some cannot be decoded or one lies
 * in no folder of a class; with E_SINGLE_CLASS, E_CLASSES for a folder that is not in `classes`, E_TOO_LARGE, E_OPTION,
 * and the signal's reason.
 *
 * @example const data = await readPictures(input.files, { size: "32x32" });
 */
export async function readPictures(
  files: Iterable<PictureFile | PictureBlob>,
  options: PictureOptions = {},
): Promise<PictureDataset> {
  const { readPicturesWith } = await import("../dataset/picture-folders.js");
  return readPicturesWith(readApart, [...files], options);
}
