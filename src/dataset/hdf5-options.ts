// What is said of an HDF5 file besides its bytes.

import { checkOptions } from "../options/check.js";
import { choice, number, signal, type Type, text, whole } from "../options/type.js";
import { TASKS } from "./labels.js";
import type { TaskOption } from "./types.js";

export interface Hdf5Options {
  /**
   * Path of the examples. @default the only "*_set_x", "x", "X", "data", "images", "features" or the like; of the
   * training set where there are several parts
   */
  x?: string | undefined;
  /** Path of the labels. @default "*_set_y" beside "*_set_x", "y", "labels", "target" or the like beside the examples */
  y?: string | undefined;
  /** Path of the class names. @default "list_classes" where there is one */
  classes?: string | undefined;
  /** Name of the file, for messages. */
  name?: string | undefined;
  /** Most bytes a dataset may declare. @default 2147483648 */
  maxBytes?: number | undefined;
  /**
   * Seconds after which reading is given up, where it has a thread of its own. @default 6, and 2 for each
   * megabyte of the file
   */
  maxSeconds?: number | undefined;
  /** Aborting ends the reading and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * What every number is multiplied by before the network sees it. @default 1/255 for pictures: integers with two sides
   * or more that reach beyond 1, flat bytes that reach 128; 1/65535 where they reach beyond 255; else 1
   */
  scale?: number | undefined;
}

/** Throws E_OPTION for an option that is none, or is of another type. */
export function checkHdf5Options(who: string, options: Hdf5Options & TaskOption): void {
  const path = text;
  const types: Readonly<Record<keyof (Hdf5Options & TaskOption), Type>> = {
    ...{ x: path, y: path, classes: path, name: text, signal, task: choice(TASKS) },
    ...{ maxBytes: number(whole(1)), maxSeconds: number({ above: 0 }), scale: number({ but: 0 }) },
  };
  checkOptions(who, types, options);
}
