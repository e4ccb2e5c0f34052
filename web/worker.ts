// The page's worker: holds the data and the network, and answers requests with what its helpers in worker/ compute. It
// shows nothing.

import { InputError, type LabelledDataset, Network, pictureToExample } from "../src/index.js";
import { pixelsOf } from "./pixels.js";
import type {
  DataSummary,
  Events,
  Failure,
  FromWorker,
  RequestName,
  Requests,
  Settings,
  ToWorker,
} from "./protocol.js";
import { type Control, createControl } from "./worker/control.js";
import { type Data, namesOf, readEmbedded, readFiles, summarise } from "./worker/data.js";
import { decodePicture, readModel } from "./worker/formats.js";
import { dropKept, findLeft, hold, readKept, type Standing, writeKept } from "./worker/keep.js";
import { optionsOf, type Sets, summariseNetwork } from "./worker/network.js";
import { race } from "./worker/race.js";
import { train } from "./worker/train.js";

let data: Data | null = null;
let network: Network | null = null;
let control: Control | null = null; // of the training or the race under way

const post = (message: FromWorker) => self.postMessage(message);

const requests: { [N in RequestName]: (...args: Parameters<Requests[N]>) => Promise<ReturnType<Requests[N]>> } = {
  async embedded() {
    data = await readEmbedded();
    return summariseData(data);
  },

  async open(files, role) {
    data = await readFiles(data, files, role);
    return summariseData(data);
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
      const sets = setsOf(from ? from.scale : settings.scale);
      const facts = { address, ...namesOf(data!), network: options };
      const keep = release && ((standing: Standing) => writeKept({ ...facts, ...standing }));
      const trained = await controlled((control) => train({ settings, from, sets, left, keep }, control, tell));
      if (!trained) return null;
      if (release) await dropKept();
      network = trained.network; // from here on it is the one that predicts and is saved
      tell("judging", null);
      return { ...trained, network: await summariseNetwork(network, sets) };
    } finally {
      release?.();
    }
  },

  async left() {
    const kept = await findLeft();
    return kept && { address: kept.address, sets: kept.sets, embedded: kept.embedded, share: kept.share };
  },

  async discard() {
    const release = await hold();
    if (release) await dropKept();
    release?.();
  },

  async predict(file) {
    if (!network?.classes) {
      throw new InputError("E_MODEL", "there is no trained network yet; press Train or load a model first.");
    }
    const { inputs: features, shape } = network;
    const x = pictureToExample(await decodePicture(file), shape);
    const outputs = await network.predict(x);
    const probabilities = outputs.length === 1 ? [1 - outputs[0]!, outputs[0]!] : [...outputs];
    return { name: file.name, probabilities, picture: pixelsOf({ x, features, shape }, [0])! };
  },

  async save() {
    if (!network) throw new InputError("E_MODEL", "there is no network to save yet; press Train first.");
    return network.save() as Uint8Array<ArrayBuffer>;
  },

  async load(file) {
    network = readModel(file);
    return summariseNetwork(network, data && setsOf(network.scale));
  },

  async race(settings) {
    const { train } = setsOf(settings.scale);
    return controlled(({ signal }) => race(settings, train, signal, (standing) => tell("race", standing)));
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

/** The data, their numbers multiplied as the settings say. */
function setsOf(scale: Settings["scale"]): Sets {
  if (!data) throw new InputError("E_EMPTY", "there are no data yet; open a file or use the embedded pictures.");
  const rescaled = (set: LabelledDataset) => (scale === "data" ? set : { ...set, scale });
  return { train: rescaled(data.train.set), test: data.test && rescaled(data.test.set) };
}

const summariseData = ({ train, test }: Data): DataSummary => ({
  train: summarise(train),
  test: test && summarise(test),
});

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
