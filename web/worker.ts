// The page's worker: holds the data and the network, and answers requests with what its helpers in worker/ compute. It
// shows nothing.

import { classifies } from "../src/catalogue.js";
import { InputError, Network, pictureToExample } from "../src/index.js";
import { pixelsOf } from "./pixels.js";
import type { Events, Failure, FromWorker, Opened, RequestName, Requests, ToWorker } from "./protocol.js";
import { type Control, createControl, unlessStopped } from "./worker/control.js";
import { namesOf } from "./worker/data.js";
import { diagnose } from "./worker/diagnose.js";
import { type OpenFolder, openFolder, type Reading, replan } from "./worker/folder.js";
import { decodePicture, readModel, readTableFile } from "./worker/formats.js";
import { dropKept, findLeft, hold, readKept, type Standing, writeKept } from "./worker/keep.js";
import { optionsOf, summariseNetwork } from "./worker/network.js";
import {
  dataFor,
  dataOf,
  NOTHING,
  openEmbedded,
  openFiles,
  planned,
  plannedFolder,
  readAgain,
  summariseOpen,
} from "./worker/open.js";
import { race } from "./worker/race.js";
import { answerRows } from "./worker/table.js";
import { trace } from "./worker/trace.js";
import { findLength, train } from "./worker/train.js";

let open = NOTHING;
let network: Network | null = null;
let control: Control | null = null; // of the work under way that can be stopped

const post = (message: FromWorker) => self.postMessage(message);

const requests: { [N in RequestName]: (...args: Parameters<Requests[N]>) => Promise<ReturnType<Requests[N]>> } = {
  async embedded() {
    open = await openEmbedded();
    return summariseOpen(open);
  },

  async open(files, role, seed) {
    const { open: now, answers } = await openFiles(open, files, role, seed, network);
    open = now ?? open;
    return { opened: now && (await summariseOpen(now)), answers };
  },

  async read(task) {
    open = await readAgain(open, task);
    return summariseOpen(open);
  },

  async plan(plan, seed) {
    if (!open.table) throw new InputError("E_EMPTY", "there is no table; open one first.");
    open = planned({ ...open.table, plan }, seed);
    return summariseOpen(open);
  },

  async folder(folder, role, seed) {
    return pictures(seed, (reading) => openFolder(open.folder, folder, role, network, reading));
  },

  async pictures(plan, seed) {
    const { folder } = open;
    if (!folder) throw new InputError("E_EMPTY", "there are no pictures in folders; open some first.");
    return pictures(seed, (reading) => replan(folder, plan, reading));
  },

  async find(settings) {
    const { set } = dataFor(open, settings.seed, settings.scale, null).train;
    return controlled((control) => findLength(settings, set, control, tell));
  },

  async train(settings, begin, address) {
    const release = await hold();
    try {
      const left = begin === "resumed" ? await readKept() : null;
      if (begin === "resumed" && !(release && left)) {
        throw new InputError("E_CHECKPOINT", "The training that was left is gone: another window has it, or had it.");
      }
      const options = begin === "on" && network ? optionsOf(network) : (left?.network ?? null);
      const from = begin === "on" ? network : options && new Network(options);
      const own = dataFor(open, settings.seed, from ? from.scale : settings.scale, from?.encoding ?? null);
      const plans = { plan: open.table?.plan ?? null, pictures: open.folder?.plan ?? null, task: open.task };
      const facts = { address, ...namesOf(own), ...plans, network: options };
      const keep = release && ((standing: Standing) => writeKept({ ...facts, ...standing }));
      const trained = await controlled((control) => train({ settings, from, data: own, left, keep }, control, tell));
      if (!trained) return null;
      if (release) await dropKept();
      network = trained.network; // from here on it is the one that predicts and is saved
      tell("judging", null);
      return { ...trained, network: await summariseNetwork(network, own) };
    } finally {
      release?.();
    }
  },

  async diagnose(settings, maxSeconds) {
    const own = dataFor(open, settings.seed, settings.scale, null);
    return controlled((control) => diagnose(settings, own, maxSeconds, control, tell));
  },

  async trace(settings, iteration) {
    const { set } = dataFor(open, settings.seed, settings.scale, null).train;
    return controlled((control) => trace(settings, set, iteration, control, tell));
  },

  async left() {
    const kept = await findLeft();
    if (!kept) return null;
    const { address, sets, embedded, share, plan, pictures, task } = kept;
    // older ones know no tables, no folders, no numbers
    return { address, sets, embedded, share, plan: plan ?? null, pictures: pictures ?? null, task: task ?? "auto" };
  },

  async discard() {
    const release = await hold();
    if (release) await dropKept();
    release?.();
  },

  async predict(file) {
    if (!network) {
      throw new InputError("E_MODEL", "there is no trained network yet; press Train or load a model first.");
    }
    const numbers = !classifies(network);
    if (network.encoding || !(numbers || network.classes)) {
      throw new InputError(
        "E_FEATURES",
        `${file.name} is no picture for this network, which ${network.encoding ? "takes tables" : "has no names for its classes"}; train it on pictures first.`,
      );
    }
    const { inputs: features, shape } = network;
    const x = pictureToExample(await decodePicture(file), shape);
    const outputs = await network.predict(x);
    const probabilities = outputs.length === 1 ? [1 - outputs[0]!, outputs[0]!] : [...outputs];
    const own = numbers ? { probabilities: null, numbers: [...outputs] } : { probabilities, numbers: [] };
    return { name: file.name, ...own, picture: pixelsOf({ x, features, shape }, [0])! };
  },

  async answer(file) {
    if (!network) {
      throw new InputError("E_MODEL", "there is no trained network yet; press Train or load a model first.");
    }
    return answerRows(await readTableFile(file), network);
  },

  async save() {
    if (!network) throw new InputError("E_MODEL", "there is no network to save yet; press Train first.");
    return network.save() as Uint8Array<ArrayBuffer>;
  },

  async load(file) {
    network = readModel(file);
    return summariseNetwork(network, dataOf(open, network));
  },

  async race(settings) {
    const { set } = dataFor(open, settings.seed, settings.scale, null).train;
    return controlled(({ signal }) => race(settings, set, signal, (standing) => tell("race", standing)));
  },
};

/** What is open once pictures have been read; null when that was stopped. */
async function pictures(seed: number, read: (reading: Reading) => Promise<OpenFolder>): Promise<Opened | null> {
  return controlled(({ signal }) =>
    unlessStopped(signal, async () => {
      open = plannedFolder(await read({ signal, onRead: (share) => tell("done", share) }), seed);
      return summariseOpen(open);
    }),
  );
}

/** Does work that commands reach until it is done. */
async function controlled<T>(work: (control: Control) => Promise<T>): Promise<T> {
  control = createControl();
  try {
    return await work(control);
  } finally {
    control = null;
  }
}

function tell<E extends keyof Events>(event: E, value: Events[E]): void {
  post({ event, value });
}

self.onmessage = async ({ data: message }: MessageEvent<ToWorker>) => {
  if ("command" in message) {
    control?.[message.command]();
    return;
  }
  const { id, request, args } = message;
  try {
    const result = await (requests[request] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    post({ id, result });
  } catch (error) {
    post({ id, failure: failureOf(error) });
  }
};

function failureOf(error: unknown): Failure {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  return { code: "E_BUG", message: error instanceof Error ? error.message : String(error) };
}
