// The page's worker: holds the data and the network, and answers requests with what its helpers in worker/ compute. It
// shows nothing.

import { choose } from "../src/auto.js";
import { recogniseFile } from "../src/dataset/formats.js";
import { unpacked } from "../src/dataset/unpack.js";
import { type Encoding, InputError, Network, pictureToExample } from "../src/index.js";
import { pixelsOf } from "./pixels.js";
import type {
  Answers,
  Events,
  Failure,
  FromWorker,
  NamedFile,
  Opened,
  RequestName,
  Requests,
  Role,
  Settings,
  ToWorker,
} from "./protocol.js";
import { type Control, createControl } from "./worker/control.js";
import { type Data, isTest, namesOf, readEmbedded, readFiles, summarise } from "./worker/data.js";
import { decodePicture, holdsTable, readModel, readTable } from "./worker/formats.js";
import { dropKept, findLeft, hold, readKept, type Standing, writeKept } from "./worker/keep.js";
import { networkOptions, optionsOf, summariseNetwork } from "./worker/network.js";
import { race } from "./worker/race.js";
import {
  answerRows,
  asksFor,
  type NamedTable,
  type OpenTable,
  openTable,
  setsOf,
  summariseTable,
} from "./worker/table.js";
import { train } from "./worker/train.js";

let data: Data | null = null; // of a table as it is planned
let table: OpenTable | null = null; // where the data come from one
let network: Network | null = null;
let control: Control | null = null; // of the training or the race under way

const post = (message: FromWorker) => self.postMessage(message);

const requests: { [N in RequestName]: (...args: Parameters<Requests[N]>) => Promise<ReturnType<Requests[N]>> } = {
  async embedded() {
    data = await readEmbedded();
    table = null;
    return summariseOpen(1);
  },

  async open(files, role, seed) {
    const all = await Promise.all(files.map((file) => unpacked(recogniseFile(file))));
    const answers: Answers[] = [];
    const tables: NamedTable[] = [];
    for (const file of all.filter(holdsTable)) {
      const read = { name: file.name, table: await readTable(file) };
      const asked = role === "any" && network?.encoding && asksFor(read.table, network.encoding);
      if (asked) answers.push(await answerRows(read, network!));
      else tables.push(read);
    }
    const others = all.filter((file) => !holdsTable(file));
    if (tables.length === 0 && others.length === 0 && answers.length > 0) return { opened: null, answers };
    if (tables.length > 0 && others.length > 0) {
      const message = `${tables[0]!.name} is a table and ${others[0]!.name} is none; drop one kind of data at a time.`;
      throw new InputError("E_FILE_TYPE", message);
    }
    if (tables.length > 0) return { opened: await openTables(tables, role, seed), answers };
    data = await readFiles(data, others, role);
    table = null;
    return { opened: await summariseOpen(seed), answers };
  },

  async plan(plan, seed) {
    if (!table) throw new InputError("E_EMPTY", "there is no table; open one first.");
    return showPlanned({ ...table, plan }, seed);
  },

  async find(settings) {
    const { set } = dataFor(settings.seed, settings.scale, null).train;
    const { inputs, ...own } = networkOptions(settings, set);
    const { batchSize, optimizer, learningRate, weightDecay, schedule, seed } = settings;
    const fit = { batchSize, optimizer, learningRate, weightDecay, schedule, seed };
    const onTrial = (trial: number, trials: number) => tell("trial", { trial, trials });
    return controlled(async ({ signal }) => {
      try {
        const { fit: found, reason } = await choose(set, { ...own, ...fit, auto: true, signal, onTrial });
        const steps = batchSize === "full" ? 1 : Math.ceil(set.count / batchSize);
        return { iterations: found.epochs! * steps, logEvery: found.logEvery!, reason };
      } catch (error) {
        if (signal.aborted && error === signal.reason) return null;
        throw error;
      }
    });
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
      const own = dataFor(settings.seed, from ? from.scale : settings.scale, from?.encoding ?? null);
      const facts = { address, ...namesOf(own), plan: table?.plan ?? null, network: options };
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

  async left() {
    const kept = await findLeft();
    if (!kept) return null;
    const { address, sets, embedded, share, plan } = kept;
    return { address, sets, embedded, share, plan: plan ?? null }; // older ones know no tables
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
    if (!network.classes || network.encoding) {
      throw new InputError(
        "E_FEATURES",
        `${file.name} is no picture for this network, which ${network.encoding ? "takes tables" : "tells no classes apart"}; train it on pictures first.`,
      );
    }
    const { inputs: features, shape } = network;
    const x = pictureToExample(await decodePicture(file), shape);
    const outputs = await network.predict(x);
    const probabilities = outputs.length === 1 ? [1 - outputs[0]!, outputs[0]!] : [...outputs];
    return { name: file.name, probabilities, picture: pixelsOf({ x, features, shape }, [0])! };
  },

  async answer(file) {
    if (!network) {
      throw new InputError("E_MODEL", "there is no trained network yet; press Train or load a model first.");
    }
    return answerRows(await namedTable(file), network);
  },

  async save() {
    if (!network) throw new InputError("E_MODEL", "there is no network to save yet; press Train first.");
    return network.save() as Uint8Array<ArrayBuffer>;
  },

  async load(file) {
    network = readModel(file);
    return summariseNetwork(network, dataOf(network));
  },

  async race(settings) {
    const { set } = dataFor(settings.seed, settings.scale, null).train;
    return controlled(({ signal }) => race(settings, set, signal, (standing) => tell("race", standing)));
  },
};

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

async function namedTable(file: NamedFile): Promise<NamedTable> {
  const { name } = file;
  return { name, table: await readTable(await unpacked(recogniseFile(file))) };
}

// Tables to train on, then those to test on.
async function openTables(tables: readonly NamedTable[], role: Role, seed: number): Promise<Opened> {
  let open = table;
  for (const one of tables.filter(({ name }) => !isTest(name, role))) open = openTable(one, network?.encoding);
  for (const test of tables.filter(({ name }) => isTest(name, role))) {
    if (!open) {
      const message = `${test.name} is a table to test on, but there is none to train on; open that first.`;
      throw new InputError("E_EMPTY", message);
    }
    open = { ...open, test };
    if (open.plan.target !== null) setsOf(open, seed, null); // refused before it takes the place of another
  }
  return showPlanned(open!, seed);
}

function showPlanned(planned: OpenTable, seed: number): Promise<Opened> {
  table = planned;
  data = null;
  let problem: string | null = null;
  try {
    if (table.plan.target !== null) data = setsOf(table, seed, null);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = error.message;
  }
  return summariseOpen(seed, problem);
}

async function summariseOpen(seed: number, problem: string | null = null): Promise<Opened> {
  return { data: data && (await summarise(data, seed)), table: table && summariseTable(table), problem };
}

/** The data to train on: of a table as `model` reads it; else their numbers multiplied as the settings say. */
function dataFor(seed: number, scale: Settings["scale"], model: Encoding | null): Data {
  if (!data) throw new InputError("E_EMPTY", "there are no data yet; open a file or use the embedded pictures.");
  if (table) return setsOf(table, seed, model);
  const rescaled = <N extends Data["train"]>(named: N): N =>
    scale === "data" ? named : { ...named, set: { ...named.set, scale } };
  return { train: rescaled(data.train), test: data.test && rescaled(data.test) };
}

/** The data as a network takes them, if there are any; null for a table without its columns. */
function dataOf({ scale, encoding, seed }: Network): Data | null {
  if (!data) return null;
  try {
    return dataFor(seed, scale, encoding);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
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
