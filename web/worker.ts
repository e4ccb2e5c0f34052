// The page's worker: holds the data and the network, trains, judges, predicts, races. The page only shows.

import {
  type Diagnosis,
  InputError,
  type LabelledDataset,
  type LayerWeights,
  Network,
  NotFiniteError,
  pictureToExample,
} from "../src/index.js";
import { inTurns, sameBits, standings } from "../src/race.js";
import { countStepFlops } from "../src/train/strategy.js";
import { type Data, readEmbedded, readFiles, summarise } from "./data.js";
import { pixelsOf, weightsToPixels } from "./pixels.js";
import type {
  DataSummary,
  Failure,
  FromWorker,
  Judged,
  Judgement,
  NetworkSummary,
  News,
  Order,
  Questions,
  RaceResult,
  Settings,
  ToWorker,
} from "./protocol.js";

const SHOWN = 24; // judged examples of a set
const UNITS = 32; // units of the first layer
const RACE = 6; // seconds

let data: Data | null = null;
let network: Network | null = null;
let stop = new AbortController();
let paused: { readonly promise: Promise<void>; readonly resume: () => void } | null = null;

const tell = (news: News) => self.postMessage({ news } satisfies FromWorker);

const answers: { [N in keyof Questions]: (...args: Parameters<Questions[N]>) => Promise<ReturnType<Questions[N]>> } = {
  async embedded({ scale }) {
    data = await readEmbedded();
    return summary(scale);
  },

  async open(files, role, { scale }) {
    data = await readFiles(data, files, role);
    return summary(scale);
  },

  async train(settings) {
    const { train, test } = scaled(settings.scale);
    const started = networkFor(settings, train);
    stop = new AbortController();
    const diagnoses: Diagnosis[] = [];
    let begun = false;
    let iterations = 0;
    let seconds = 0;
    // from here on it is the network that is asked and saved
    const end = async (stopped: "user" | "not-finite" | null, found: readonly Diagnosis[]) => {
      network?.dispose();
      network = started;
      return { network: await summaryOf(started), diagnoses: found, iterations, seconds, stopped };
    };
    try {
      const history = await started.fit(train, {
        iterations: settings.iterations,
        batchSize: settings.batch,
        optimizer: settings.optimizer,
        learningRate: settings.learningRate,
        threads: settings.threads,
        logEvery: settings.every,
        accuracy: true,
        ...(test && { validation: test }),
        signal: stop.signal,
        onStart: (strategy) => {
          begun = true;
          const batch = settings.batch === "full" ? train.count : Math.min(settings.batch, train.count);
          const flops = countStepFlops(started.layers, batch, train.count, strategy.firstLayer);
          tell({ start: { ...strategy, backend: settings.backend, flops } });
        },
        onCost: (cost) => tell({ cost }),
        onProgress: (progress) => {
          ({ iteration: iterations, seconds } = progress);
          tell({ progress });
          return paused?.promise;
        },
        onDiagnosis: (diagnosis) => {
          diagnoses.push(diagnosis);
          tell({ diagnosis });
        },
      });
      return await end(null, history.diagnoses);
    } catch (error) {
      const stopped = stop.signal.aborted && error === stop.signal.reason;
      if (stopped && begun) return end("user", diagnoses);
      if (error instanceof NotFiniteError) return end("not-finite", [error.diagnosis, ...diagnoses]);
      started.dispose();
      if (stopped) return null;
      throw error;
    } finally {
      resume();
    }
  },

  async predict({ name, bytes }) {
    if (!network?.classes) {
      throw new InputError("E_MODEL", "there is no trained network yet; press Train or load a model first.");
    }
    const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => {
      throw new InputError("E_IMAGE", `${name} is no picture that this browser can decode; drop a JPEG, PNG or WebP.`);
    });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const example = pictureToExample(context.getImageData(0, 0, bitmap.width, bitmap.height), network.shape);
    const outputs = await network.predict(example);
    const probabilities = outputs.length === 1 ? [1 - outputs[0]!, outputs[0]!] : [...outputs];
    const picture = pixelsOf({ x: example, features: network.inputs, shape: network.shape }, [0])!;
    return { name, probabilities, picture };
  },

  async save() {
    if (!network) throw new InputError("E_MODEL", "there is no network to save yet; press Train first.");
    return network.save() as Uint8Array<ArrayBuffer>;
  },

  async load({ name, bytes }) {
    const loaded = Network.load(bytes, name);
    network?.dispose();
    network = loaded;
    return summaryOf(network);
  },

  async race(settings) {
    const { train } = scaled(settings.scale);
    stop = new AbortController();
    return race(settings, train);
  },
};

function networkFor(
  { layers, activation, init, seed, dtype, backend }: Settings,
  { features, classes }: LabelledDataset,
) {
  const outputs = classes.length === 2 ? 1 : classes.length;
  return new Network({ inputs: features, layers: [...layers, outputs], activation, init, seed, dtype, backend });
}

// The data with the scale of the settings.
function scaled(scale: Settings["scale"]): { train: LabelledDataset; test: LabelledDataset | null } {
  if (!data) throw new InputError("E_EMPTY", "there are no data yet; open a file or use the embedded pictures.");
  const with_ = (set: LabelledDataset) => (scale === "data" ? set : { ...set, scale });
  return { train: with_(data.train.set), test: data.test && with_(data.test.set) };
}

function summary(scale: Settings["scale"]): DataSummary {
  const { train, test } = scaled(scale);
  return { train: summarise(data!.train.name, train), test: test && summarise(data!.test!.name, test) };
}

async function summaryOf(of: Network): Promise<NetworkSummary> {
  const judge = async (set: LabelledDataset | null) => {
    const fits = set && of.inputs === set.features && of.classes?.join() === set.classes.join();
    return fits ? judgement(of, set) : null;
  };
  const sets = data ? scaled(of.scale) : { train: null, test: null };
  const { layers, parameters, shape, inputs } = of;
  const finite = of.weights.every(({ weight }) => weight.every(Number.isFinite));
  return {
    ...{ layers, parameters, shape, classes: of.classes ?? [] },
    fingerprint: "subtle" in crypto ? await of.fingerprint() : null,
    train: finite ? await judge(sets.train) : null,
    test: finite ? await judge(sets.test) : null,
    units: finite ? weightsToPixels(of.weights[0]!.weight, inputs, shape, Math.min(UNITS, layers[1]!)) : null,
  };
}

async function judgement(of: Network, set: LabelledDataset): Promise<Judgement> {
  const evaluation = await of.evaluate(set);
  const { cost, accuracy, correct, count, confusion, predictions } = evaluation;
  const probabilities = await of.classify({ ...set, count: Math.min(SHOWN, count) });
  const examples = probabilities.map(
    ({ probability }, index): Judged => ({ index, label: set.y[index]!, predicted: predictions[index]!, probability }),
  );
  const wrong = evaluation.wrong.slice(0, SHOWN);
  const pictures = (some: readonly Judged[]) =>
    pixelsOf(
      set,
      some.map(({ index }) => index),
    );
  return {
    ...{ cost, accuracy, correct, count, confusion, examples, wrong },
    ...{ pictures: pictures(examples), wrongPictures: pictures(wrong) },
  };
}

// Both backends train the same network in turns, each time from the first weights on and for as many iterations; the
// weights must be the same bits after each turn.
async function race(settings: Settings, train: LabelledDataset): Promise<RaceResult | null> {
  const { batch: batchSize, optimizer, learningRate } = settings;
  let iterations = 1;
  const weights: { [B in "wasm" | "js"]?: readonly LayerWeights[] } = {};
  const lap = async (backend: "wasm" | "js") => {
    const racer = networkFor({ ...settings, backend }, train);
    try {
      const { millisecondsPerIteration } = await racer.fit(train, {
        ...{ iterations, batchSize, optimizer, learningRate, threads: 1, firstLayer: "direct" },
        ...{ logEvery: iterations, signal: stop.signal },
      });
      weights[backend] = racer.weights;
      return millisecondsPerIteration;
    } finally {
      racer.dispose();
    }
  };
  let result: RaceResult | null = null;
  let same = true; // in all turns
  const until = performance.now() + 1000 * RACE;
  try {
    for await (const times of inTurns(["wasm", "js"] as const, lap)) {
      const [wasm, js] = standings(times);
      same &&= sameBits(weights.wasm!, weights.js!);
      result = { wasm: 1000 / wasm!.time, js: 1000 / js!.time, ratio: wasm!.ratio, sameBits: same };
      tell({ race: result });
      if (performance.now() >= until || stop.signal.aborted) break;
      // the next turn takes the slower one about half a second
      iterations = Math.max(1, Math.round(500 / times[1]!.at(-1)!));
    }
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
  }
  return result;
}

function obey(order: Order): void {
  if (order === "pause" && !paused && !stop.signal.aborted) {
    let settle!: () => void;
    const promise = new Promise<void>((done) => {
      settle = done;
    });
    paused = { promise, resume: settle };
  } else if (order === "resume") resume();
  else if (order === "stop") {
    stop.abort();
    resume();
  }
}

function resume(): void {
  paused?.resume();
  paused = null;
}

self.onmessage = async ({ data: message }: MessageEvent<ToWorker>) => {
  if ("order" in message) {
    obey(message.order);
    return;
  }
  const { id, ask, args } = message;
  try {
    const answer = await (answers[ask] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    self.postMessage({ id, answer } satisfies FromWorker);
  } catch (error) {
    self.postMessage({ id, failure: failureOf(error) } satisfies FromWorker);
  }
};

function failureOf(error: unknown): Failure {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  return { code: "E_BUG", message: error instanceof Error ? `${error.message}` : String(error) };
}
