// What src/reader.ts can read, each with its decoder, which is loaded when first needed.

import type { inspectHdf5, readHdf5, readHdf5Examples, readHdf5Model, readHdf5Sets } from "../dataset/hdf5.js";
import type { decodePictures, readPicture } from "../dataset/picture.js";
import type { readHdf5Table } from "../table/hdf5.js";
import type { readParquet } from "../table/parquet.js";

const hdf5 = () => import("../dataset/hdf5.js");

export const TASKS = {
  readHdf5: async (...args: Parameters<typeof readHdf5>) => (await hdf5()).readHdf5(...args),
  readHdf5Examples: async (...args: Parameters<typeof readHdf5Examples>) => (await hdf5()).readHdf5Examples(...args),
  readHdf5Sets: async (...args: Parameters<typeof readHdf5Sets>) => (await hdf5()).readHdf5Sets(...args),
  readHdf5Model: async (...args: Parameters<typeof readHdf5Model>) => (await hdf5()).readHdf5Model(...args),
  inspectHdf5: async (...args: Parameters<typeof inspectHdf5>) => (await hdf5()).inspectHdf5(...args),
  decodePicture: async (...args: Parameters<typeof readPicture>) =>
    (await import("../dataset/picture.js")).readPicture(...args),
  decodePictures: async (...args: Parameters<typeof decodePictures>) =>
    (await import("../dataset/picture.js")).decodePictures(...args),
  readHdf5Table: async (...args: Parameters<typeof readHdf5Table>) =>
    (await import("../table/hdf5.js")).readHdf5Table(...args),
  readParquet: async (...args: Parameters<typeof readParquet>) =>
    (await import("../table/parquet.js")).readParquet(...args),
};

export type TaskName = keyof typeof TASKS;
export type TaskResult<T extends TaskName> = Awaited<ReturnType<(typeof TASKS)[T]>>;
