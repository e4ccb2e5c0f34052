// What is worth trying on a training that fares badly: a row for each change, in the order of causes before effects. The
// first whose cure helps names the cause.

import { optimizers } from "../catalogue.js";
import { classCounts, type Dataset } from "../dataset.js";
import { areBytes, isAutoencoder, measureColumns, momentsOf, spread } from "../diagnose/sample.js";
import type { Change, Diagnosis, DiagnosisCode, History } from "../history.js";
import type { Network } from "../network.js";
import { digits } from "../text.js";
import type { FitOptions } from "../train/options.js";

export interface Trial {
  /** The cause that it is the cure of. */
  readonly code: DiagnosisCode;
  readonly change: Change;
  /** What is wrong, in a sentence. */
  readonly why: string;
}

/** What trials are chosen for. */
export interface Asked {
  readonly network: Network;
  /** The most that a layer drops. */
  readonly dropout: number;
  readonly data: Dataset;
  readonly fit: FitOptions;
  /** Of the training as it was asked for; null where it could not be had. */
  readonly history: History | null;
}

/**
 * Findings that need no cure to be believed: they are read off the data or the settings, and what is measured on held-out
 * examples says little about them.
 */
const AT_FAULT: ReadonlySet<DiagnosisCode> = new Set([
  ...(["empty-class", "duplicate-rows", "test-distribution", "leaking-feature", "sentinel-values"] as const),
  ...([
    "shuffled-labels",
    "label-noise",
    "duplicated-features",
    "symmetric-units",
    "sorted-data",
    "output-range",
    "float32-digits",
  ] as const),
]);

export const isAtFault = ({ code, confidence }: Diagnosis): boolean =>
  (confidence === "sure" && code !== "not-finite") || AT_FAULT.has(code);

type Row = (asked: Asked) => Trial | readonly Trial[] | null;

const rateOf = ({ fit }: Asked): number => fit.learningRate ?? optimizers[fit.optimizer ?? "sgd"].learningRate;
const rounded = (rate: number): number => Number(digits(rate));
const hiddenOf = ({ network }: Asked): readonly number[] => network.layers.slice(1, -1);

const ROWS: readonly Row[] = [
  function lossForClasses({ network, data }) {
    const outputs = network.layers[network.layers.length - 1]!;
    const usual = outputs === 1 ? "binaryCrossEntropy" : "categoricalCrossEntropy";
    if (data.classes === null || network.loss === usual) return null;
    return {
      code: "wrong-loss",
      change: { loss: usual, output: outputs === 1 ? "sigmoid" : "softmax" },
      why: `The loss ${network.loss} is not made for ${data.classes.length} classes.`,
    };
  },
  function scale({ network, data }) {
    const { rms } = measureColumns(data, spread(data, 1000)).whole;
    const bytes = areBytes(data);
    if (bytes && rms > 2) {
      return {
        code: "unscaled-inputs",
        change: { scale: 1 / 255 },
        why: `The inputs are large (root mean square ${digits(rms)}).`,
      };
    }
    if (bytes || network.scaling !== "none") return null;
    const targets = data.classes === null && network.output === "linear" ? momentsOf(data.y) : null;
    return [
      {
        code: targets && Math.hypot(targets.mean, targets.deviation) > 4 ? "unscaled-targets" : "unscaled-inputs",
        change: { standardize: true },
        why: `The columns are not standardised (root mean square ${digits(rms)}).`,
      },
    ];
  },
  function order({ fit, data }) {
    if (fit.shuffle !== false || !inBatches(fit, data)) return null;
    return {
      code: "sorted-data",
      change: { shuffle: true },
      why: "The examples come in the same order in each epoch.",
    };
  },
  function decay({ fit }) {
    const { weightDecay = 0, l1 = 0 } = fit;
    return [
      ...(weightDecay > 0
        ? [
            {
              code: "decay-too-strong" as const,
              change: { weightDecay: 0 },
              why: `The decay of ${digits(weightDecay)} is too strong.`,
            },
          ]
        : []),
      ...(l1 > 0
        ? [
            {
              code: "decay-too-strong" as const,
              change: { l1: 0 },
              why: `The L1 decay of ${digits(l1)} is too strong.`,
            },
          ]
        : []),
    ];
  },
  function drop({ dropout }) {
    if (!(dropout > 0)) return null;
    return { code: "dropout-too-high", change: { dropout: 0 }, why: `Dropout takes ${digits(100 * dropout)} % away.` };
  },
  function momentum({ fit }) {
    const { momentum = 0.9, optimizer } = fit;
    if ((optimizer !== "momentum" && optimizer !== "nesterov") || momentum <= 0.9) return null;
    return {
      code: "momentum-too-high",
      change: { momentum: 0.9 },
      why: `Momentum ${digits(momentum)} is too high for the rate.`,
    };
  },
  function firstWeights(asked) {
    if (asked.network.init === "lecun") return null;
    return {
      code: "weights-too-large",
      change: { init: "lecun" },
      why: "The first weights do not suit the layers' widths.",
    };
  },
  function activation(asked) {
    const { network } = asked;
    const hidden = hiddenOf(asked);
    if (hidden.length === 0) return null;
    if (network.activation === "linear") {
      return { code: "linear-hidden", change: { activation: "relu" }, why: "All hidden layers are linear." };
    }
    if ((network.activation === "sigmoid" || network.activation === "tanh") && hidden.length >= 3) {
      return {
        code: "vanishing-gradients",
        change: { activation: "relu", init: "he" },
        why: `Gradients fade in ${hidden.length} layers of ${network.activation}.`,
      };
    }
    return null;
  },
  function width(asked) {
    const hidden = hiddenOf(asked);
    const outputs = asked.network.layers[asked.network.layers.length - 1]!;
    if ((Math.min(...hidden) > 8 || isAutoencoder(asked.data)) && hidden.length > 0) return null;
    const wide = Math.max(32, Math.min(128, 4 * outputs));
    return {
      code: "network-too-small",
      change: { layers: [wide, wide, outputs] },
      why: hidden.length ? `A hidden layer has ${Math.min(...hidden)} units.` : "There is no hidden layer.",
    };
  },
  function balance({ data, fit }) {
    if (data.classes === null || fit.classWeights !== undefined || fit.sampleWeights !== undefined) return null;
    const counts = classCounts(data).filter((count) => count > 0);
    const least = Math.min(...counts);
    if (least * counts.length > 0.3 * data.count) return null;
    return {
      code: "class-imbalance",
      change: { classWeights: "balanced" },
      why: `The rarest class has ${least} of ${data.count} examples.`,
    };
  },
  function batch({ data, fit }) {
    const { batchSize = "full" } = fit;
    const size = batchSize === "full" ? data.count : Math.min(batchSize, data.count);
    if (fit.epochs === undefined || size < data.count / 4 || data.count < 64) return null;
    const small = Math.min(32, Math.floor(data.count / 8));
    return { code: "batch-too-large", change: { batchSize: small }, why: `Batches of ${size} make few updates.` };
  },
  function smaller(asked) {
    const rate = rateOf(asked);
    return [10, 100, 1000].map((times) => ({
      code: "learning-rate-too-high" as const,
      change: { learningRate: rounded(rate / times) },
      why: `The learning rate ${digits(rate)} is too large.`,
    }));
  },
  function falling({ fit }) {
    if ((fit.schedule ?? "constant") !== "constant") return null;
    const why = "A rate that stays as large as it began keeps the cost up.";
    return { code: "plateau", change: { schedule: "cosine" }, why };
  },
  function larger(asked) {
    const rate = rateOf(asked);
    const usual = optimizers[asked.fit.optimizer ?? "sgd"].learningRate;
    const rates = [10 * rate, 100 * rate, ...(usual > 100 * rate ? [usual] : [])];
    return rates.map((larger) => ({
      code: "learning-rate-too-low" as const,
      change: { learningRate: rounded(larger) },
      why: `The learning rate ${digits(rate)} is too small.`,
    }));
  },
  function longer({ fit }) {
    const change = fit.epochs === undefined ? { iterations: 8 * fit.iterations! } : { epochs: 8 * fit.epochs };
    return { code: "too-few-iterations", change, why: "The training is too short." };
  },
  function shorter({ fit, history }) {
    const costs = history?.costs.flatMap(({ validation }) => (validation ? [validation.cost] : [])) ?? [];
    if ((fit.patience ?? 0) > 0 || costs.length < 4) return null;
    return { code: "overfitting", change: { patience: 3 }, why: "It learns its examples by heart." };
  },
];

// Causes before effects; what is not here comes first.
const ORDER: readonly DiagnosisCode[] = [
  ...(["wrong-loss", "unscaled-inputs", "unscaled-targets", "sorted-data", "decay-too-strong"] as const),
  ...([
    "dropout-too-high",
    "momentum-too-high",
    "weights-too-small",
    "weights-too-large",
    "exploding-gradients",
  ] as const),
  ...(["saturated-units", "dead-units", "linear-hidden", "vanishing-gradients", "network-too-small"] as const),
  ...(["class-imbalance", "batch-too-large", "stuck-at-base-rate", "diverging", "learning-rate-too-high"] as const),
  ...(["plateau", "learning-rate-too-low", "too-few-iterations", "overfitting", "label-noise"] as const),
];

/** What the run's suspicions and the table have to try, in the order of their causes. */
export function trialsFor(asked: Asked, suspicions: readonly Diagnosis[]): Trial[] {
  const all = [
    ...suspicions.map(({ code, change }): Trial => ({ code, change, why: "" })),
    ...ROWS.flatMap((row) => row(asked) ?? []),
  ];
  return all.sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
}

const inBatches = ({ batchSize = "full" }: FitOptions, { count }: Dataset): boolean =>
  batchSize !== "full" && batchSize < count;
