// HDF5 in Node: each file is read in a worker thread of its own that is thrown away, since the library's state outlives
// a bad file. The reading itself is src/dataset/hdf5.ts.

import { Worker } from "node:worker_threads";
import type { Hdf5Entry, Hdf5Options } from "../dataset/hdf5.js";
import { type ReadReply, type ReadRequest, type ReadResult, type ReadTask, resultOf } from "../dataset/hdf5-task.js";
import type { Examples, LabelledDataset } from "../dataset.js";
import { InputError } from "../errors.js";

/**
 * Reads a data set from an HDF5 file, as readHdf5 of src/dataset/hdf5.ts does, in a worker thread on a copy of the
 * bytes.
 *
 * Rejects with what that rejects with, and with E_HDF5_DAMAGED for a file that ends the thread.
 */
export function readHdf5(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<LabelledDataset> {
  return inWorker("readHdf5", bytes, options);
}

/**
 * Reads examples without labels, as readHdf5Examples of src/dataset/hdf5.ts does, in a worker thread as readHdf5 does.
 */
export function readHdf5Examples(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Examples> {
  return inWorker("readHdf5Examples", bytes, options);
}

/** Lists the datasets of a file, as inspectHdf5 of src/dataset/hdf5.ts does, in a worker thread as readHdf5 does. */
export function inspectHdf5(bytes: Uint8Array | ArrayBuffer, options: Hdf5Options = {}): Promise<Hdf5Entry[]> {
  return inWorker("inspectHdf5", bytes, options);
}

async function inWorker<T extends ReadTask>(
  task: T,
  input: Uint8Array | ArrayBuffer,
  options: Hdf5Options,
): Promise<ReadResult<T>> {
  // a copy to give away: a view would drag the whole buffer behind it along
  const bytes = new Uint8Array(input instanceof Uint8Array ? input : new Uint8Array(input));
  const workerData: ReadRequest = { task, bytes, options };
  const worker = new Worker(new URL("./hdf5-worker.js", import.meta.url), {
    workerData,
    transferList: [bytes.buffer],
    execArgv: [], // the caller's flags, such as --input-type, are not for this file
    stderr: true, // the library writes its own diagnosis there, which is not for the user
    stdout: true,
  });
  worker.stderr.resume();
  worker.stdout.resume();
  const reply = await new Promise<ReadReply>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("messageerror", reject);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the reader ended with code ${code}`)));
  })
    .catch((cause: NodeJS.ErrnoException) => {
      if (/MODULE_NOT_FOUND$/.test(cause.code ?? "")) throw cause; // the package's fault, not the file's
      throw new InputError(
        "E_HDF5_DAMAGED",
        `readHdf5: ${options.name ?? "the file"} brought the HDF5 library down (${cause.message.split("\n")[0]}); get the file again.`,
        { cause },
      );
    })
    .finally(() => worker.terminate());
  return resultOf<T>(reply);
}
