// The memory of a plan: what lies where. It follows from the request alone; what a purpose does not need is empty.
//
//   kernels' constants | program | costs | rates | norms | order | x | y | weights | parameters | gradient | moments v, s, u | average |
//   noisy inputs | for each layer: activations, outputs, kept z, values to normalise, rows of dz and of the vectors'
//   gradients, these gradients, statistics of the batch, gradient passed by | products | losses |
//   scratch of each thread: its head, inputs, targets, dz, da, packed weights, packed inputs, a block's gradient
//
// np8 = np rounded up to 8, a vector with its padding; the other letters are those of assembly/program.ts. A layer that
// is not trained has no gradient, no moments and no blocks.

import * as P from "../../assembly/program.js";
import { isLearnt, type LayerShape, type VectorName, vectorsOf } from "../architecture.js";
import { activations, optimizers } from "../catalogue.js";
import { InputError } from "../errors.js";
import type { PlanRequest } from "./request.js";

/** `length` numbers from byte `offset` of the memory on. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a layer's numbers are. Weights are (np, kp) in strips of COLUMNS inputs, or (np8, k) in strips of UNITS units where
 * they only predict; the vectors (np8 each) follow them, the bias first.
 */
export interface PlannedLayer extends LayerShape {
  readonly kp: number;
  readonly np: number;
  /** What the weights lie in strips of. */
  readonly strips: "inputs" | "units";
  /** Elements from the start of `parameters` to the weights, and to each vector. */
  readonly weight: number;
  readonly vectors: ReadonlyMap<VectorName, number>;
  /** Numbers in the vectors that are learnt, which come first, and in all. */
  readonly learnt: number;
  readonly all: number;
  /** Whether the plan trains it; and elements from the start of the gradient and of the moments to what is the weights'. */
  readonly trained: boolean;
  readonly moment: number;
  /** Activations, [panel][np][8]; the output layer's logits until its activation is computed. */
  readonly activations: Region;
  /** The values before the activation, where its backward pass wants them; else the activations' own place. */
  readonly z: Region;
  /** What the dense layer gives: z, or before a normalisation values in panels of (np + 4, 8). */
  readonly raw: Region;
  /** What the next layer reads: the activations, or what dropout leaves of them and what passed by joins. */
  readonly outputs: Region;
  /** dz, (np, panels · 8); empty where there is no weight gradient. */
  readonly rows: Region;
  /** What the sums over the batch are the gradients of the other vectors that are learnt, (np, panels · 8) each. */
  readonly terms: ReadonlyMap<VectorName, Region>;
  /** Gradient of the vectors that are learnt: in the gradient where the plan keeps it. */
  readonly vectorGradient: Region;
  /** Mean and variance of each unit over the batch, (2, np8). */
  readonly statistics: Region;
  /** Gradient of what passes the layer by, in panels. */
  readonly passed: Region;
  /** Number of its first block, and how many it has. */
  readonly firstBlock: number;
  readonly blocks: number;
}

export interface Memory {
  /** Size of the memory. */
  readonly bytes: number;
  /** Address of the program. */
  readonly program: number;
  readonly costs: Region;
  /** Learning rate of each step of a dispatch; empty where it is always the same. */
  readonly rates: Region;
  /** Sum of squares of each block's gradient, where its norm is wanted. */
  readonly norms: Region;
  readonly order: Region;
  readonly x: Region;
  readonly y: Region;
  /** The inputs of the batch with noise, in panels. */
  readonly noisy: Region;
  /** A weight for each example; empty where all weigh alike. */
  readonly weights: Region;
  readonly losses: Region;
  readonly parameters: Region;
  /** Empty where a block's gradient is used as soon as it is there. */
  readonly gradient: Region;
  readonly v: Region;
  readonly s: Region;
  readonly u: Region;
  /** Running average of the parameters; empty where none is kept. */
  readonly average: Region;
  /** (count, count), filled left of the diagonal and on it; empty unless the purpose is "products". */
  readonly products: Region;
  readonly layers: readonly PlannedLayer[];
  /** Panels of a whole batch. */
  readonly panels: number;
  /** Panels that go through the layers together where pauses are wanted. */
  readonly together: number;
  /** Whether a layer's weights are more than stay in a core's cache. */
  readonly wide: boolean;
  /** Blocks of all weights, and the most rows of one. */
  readonly blocks: number;
  readonly height: number;
  readonly scratch: Scratch;
}

/** One thread's buffers: addresses are thread 0's, the other threads' lie `stride` bytes apart. */
export interface Scratch {
  readonly offset: number;
  readonly stride: number;
  /** Numbers in a panel of dz and of da: those of the widest layer that has one. */
  readonly panel: number;
  /** Numbers in a panel of targets. */
  readonly targetPanel: number;
  readonly inputs: Region;
  readonly targets: Region;
  readonly dz: Region;
  readonly da: Region;
  /** Some of the weights, packed for the gradient of a layer's inputs. */
  readonly some: Region;
  /** Inputs packed for a weight gradient. */
  readonly tile: Region;
  /** The gradient of one block. */
  readonly block: Region;
}

/** Room for the costs of a dispatch, and so the most steps it can do. A judgement: 32 KiB. */
export const MOST_STEPS = 4096;
/** Bytes of the largest memory: a page less than 4 GiB, so that its end, too, has an address of 32 bits. */
export const MOST_BYTES = 65536 * 65536 - 65536;
/** Bytes of a number. */
export const BYTES = { uint8: 1, float32: 4, float64: 8 } as const;
const CACHE_LINE = 64;

// Rows of a block. Where a batch fits in a chunk, the packed inputs of a strip serve all its blocks, which are small,
// so that threads share them evenly and a block's gradient (32 KiB in float32) stays in the cache. Where it does not,
// every block packs its inputs anew, and larger blocks do so less often: 128 is a judgement between that and an even
// share.
const ROWS_PACKED_ONCE = 32;
const ROWS_PACKED_ANEW = 128;

// Numbers between two panels: powers of two apart, the panels of a strip would share few lines of the cache.
const BETWEEN = 16;

/** Numbers from panel to panel of `rows` units. */
export const panelOf = (rows: number) => rows * P.LANES + BETWEEN;

// Multiplications between two looks at the clock, of a strip of a layer. A judgement: a dozen milliseconds, in which the
// weights are read once for enough panels.
const MOST_PRODUCTS = 2.5e8;

/** Rounded up to a multiple. */
export const up = (value: number, to: number) => Math.ceil(value / to) * to;

/** Lays out what the request needs. Throws E_MEMORY when that is more than a 32-bit memory holds. */
export function layOut(request: PlanRequest): Memory {
  const { architecture, batch, count, purpose, threads = 1 } = request;
  const size = BYTES[architecture.dtype];
  const trains = purpose === "train";
  const goesBack = trains || purpose === "gradient" || purpose === "probe";
  const hasGradients = purpose !== "infer" && purpose !== "predict";
  const strips = purpose === "predict" ? "units" : "inputs";
  const keepsGradient = purpose === "gradient" || purpose === "products" || request.clip === true;
  const { inputs } = architecture.layers[0]!;
  const outputs = architecture.layers[architecture.layers.length - 1]!.units;
  const panels = Math.ceil(batch / P.LANES);
  const mp = panels * P.LANES;

  let top = P.RESERVED;
  const region = (length: number, bytes: number): Region => {
    const offset = top;
    top = up(top + length * bytes, CACHE_LINE);
    return { offset, length };
  };

  const program = region(P.RECORDS + mostRecords(architecture.layers.length) * P.RECORD * 4, 1).offset;
  const costs = region(MOST_STEPS, 8);
  const rates = region(request.scheduled ? MOST_STEPS : 0, 8);
  const height = batch > P.CHUNK ? ROWS_PACKED_ANEW : ROWS_PACKED_ONCE;
  let elements = 0;
  let trainedElements = 0;
  let blocks = 0;
  const shapes = architecture.layers.map((layer, l) => {
    const kp = up(layer.inputs, 8);
    const np = up(layer.units, 4);
    const weight = elements;
    const names = vectorsOf(layer);
    const length = up(np, 8);
    const behind = weight + (strips === "units" ? up(np, P.UNITS) * layer.inputs : np * kp);
    const vectors = new Map(names.map((name, i) => [name, behind + i * length]));
    elements = up(behind + names.length * length, 16);
    const trained = !request.frozen?.includes(l);
    const moment = trainedElements;
    if (trained) trainedElements += elements - weight;
    const firstBlock = blocks;
    if (trained) blocks += Math.ceil(kp / P.COLUMNS) * Math.ceil(np / height);
    const sizes = { learnt: names.filter(isLearnt).length * length, all: names.length * length };
    const own = { trained, moment, firstBlock, blocks: blocks - firstBlock };
    return { ...layer, kp, np, strips, weight, vectors, ...sizes, ...own } as const;
  });
  const lowest = shapes.findIndex(({ trained }) => trained); // the pass back ends there
  const norms = region(request.clip || purpose === "probe" ? blocks : 0, 8);
  const order = region(count + P.LANES, 4);
  const inputPanel = panelOf(up(inputs, 8));
  const x =
    request.x === "panels"
      ? region(panels * inputPanel, size)
      : region(count * inputs, request.x === "rows" ? size : BYTES[request.x]);
  const y = request.y === "labels" ? region(count, 4) : region(request.y ? count * outputs : 0, size);
  const weights = region(request.weighted ? count : 0, size);
  const moments = request.optimizer ? optimizers[request.optimizer].moments : [];
  const parameters = region(elements, size);
  const gradient = region(keepsGradient ? trainedElements : 0, size);
  const v = region(trains && moments.includes("v") ? trainedElements : 0, size);
  const s = region(trains && moments.includes("s") ? trainedElements : 0, size);
  const average = region(request.average ? elements : 0, size);
  const u = region(trains && moments.includes("u") ? trainedElements : 0, size);
  const noisy = region(trains && architecture.inputNoise ? panels * inputPanel : 0, size);
  const layers: PlannedLayer[] = shapes.map((layer, l) => {
    const inPanels = (rows = layer.np) => region(panels * panelOf(rows), size);
    const activationsOf = inPanels();
    const isPassed = goesBack && l >= lowest; // by the pass back
    const keepsZ = isPassed && activations[layer.activation].keeps === "z";
    const hasGradient = hasGradients && layer.trained;
    const drops = trains && (layer.dropout ?? 0) > 0;
    const z = keepsZ ? inPanels() : activationsOf;
    const others = [...layer.vectors.keys()].filter((name) => name !== "bias" && isLearnt(name));
    const overBatch = goesBack && layer.normalization === "batch";
    // behind a frozen batch normalisation dz lies beside a gradient that stays 0
    const passing: VectorName[] = isPassed && overBatch ? ["beta"] : [];
    const terms = layer.trained ? (goesBack ? others : []) : passing;
    return {
      ...layer,
      activations: activationsOf,
      outputs: drops || layer.residual ? inPanels() : activationsOf,
      ...{ z, raw: layer.normalization ? inPanels(layer.np + 4) : z },
      rows: region(hasGradient ? layer.np * mp : 0, size),
      terms: new Map(terms.map((name) => [name, region(layer.np * mp, size)])),
      vectorGradient:
        keepsGradient && layer.trained
          ? { offset: gradient.offset + (layer.moment + layer.np * layer.kp) * size, length: layer.learnt }
          : region(hasGradient || terms.length > 0 ? layer.learnt : 0, size),
      statistics: region(overBatch && layer.trained ? 2 * up(layer.np, 8) : 0, size),
      passed: region(isPassed && layer.residual ? panels * panelOf(layer.np) : 0, size),
    };
  });
  const products = region(purpose === "products" ? count * count : 0, 8);
  const losses = region(mp, size);

  const group = Math.min(P.GROUP, panels);
  // a panel of dz has the rows of the widest layer, or of the output alone where nothing goes back
  const widest = goesBack
    ? Math.max(...layers.map(({ np, kp }, l) => (l === 0 ? np : Math.max(np, kp))))
    : up(outputs, 4);
  const panel = panelOf(widest);
  const targetPanel = up(outputs, 4) * P.LANES;
  const offset = top;
  region(P.SCRATCH_HEAD, 1);
  const buffers = {
    inputs: region(group * P.COLUMNS * P.LANES, size),
    targets: region(group * targetPanel, size),
    dz: region(group * panel, size),
    da: region(goesBack ? group * panel : 0, size),
    some: region(goesBack ? (P.ROWS / 4) * P.FOUR : 0, size),
    tile: region(hasGradients ? (P.COLUMNS / P.LANES) * P.TILE : 0, size),
    block: region(hasGradients ? height * P.COLUMNS : 0, size),
  };
  const stride = top - offset;
  top += stride * (threads - 1);

  if (top > MOST_BYTES) {
    throw new InputError(
      "E_MEMORY",
      `${callOf(request)}: this network, batch and data set need ${top} bytes in one memory, which holds at most ${MOST_BYTES}; ` +
        "use narrower layers, a smaller batch size, fewer examples or float32.",
    );
  }
  return {
    ...{
      bytes: top,
      program,
      costs,
      rates,
      norms,
      order,
      x,
      y,
      noisy,
      weights,
      losses,
      parameters,
      gradient,
      v,
      s,
      u,
      average,
      products,
      layers,
    },
    ...{
      panels,
      together: togetherIn(layers),
      wide: isWide(layers, size),
      blocks,
      height,
      scratch: { offset, stride, panel, targetPanel, ...buffers },
    },
  };
}

const isWide = (layers: readonly PlannedLayer[], size: number): boolean =>
  layers.some(({ np, kp }) => np * kp * size > P.CACHE);

// A group of panels, whose weights are read once for all of them; fewer, in pairs, where the widest layer is so wide that
// one of its strips would take too long.
function togetherIn(layers: readonly PlannedLayer[]): number {
  const strip = P.COLUMNS * P.LANES * Math.max(...layers.map(({ np, kp }) => Math.max(np, kp)));
  return Math.max(2, Math.min(P.GROUP, 2 * Math.floor(MOST_PRODUCTS / strip / 2)));
}

// Who asked for the memory.
function callOf({ purpose, y }: PlanRequest): string {
  if (purpose === "predict") return "predict";
  if (purpose === "infer") return y === null ? "predict" : "evaluate";
  return purpose === "gradient" ? "checkGradients" : "fit";
}

// A layer has at most 32 records: 17 in the passes and, where the gradient is clipped, 8 for its gradients and 5 for its
// updates; and a batch normalisation four phases, which are no more than another record. The network as a whole has at
// most 9 records and 8 phases. All is rounded up.
const mostRecords = (layers: number) => 16 + 34 * layers;
