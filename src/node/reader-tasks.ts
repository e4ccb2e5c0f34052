// What src/node/reader.ts can read.

import { inspectHdf5, readHdf5, readHdf5Examples } from "../dataset/hdf5.js";
import { decodePicture } from "./picture.js";

export const TASKS = { readHdf5, readHdf5Examples, inspectHdf5, decodePicture };

export type TaskName = keyof typeof TASKS;
export type TaskResult<T extends TaskName> = Awaited<ReturnType<(typeof TASKS)[T]>>;
