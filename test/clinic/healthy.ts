// Healthy runs: the recipes as they are, and other sound ways to train on the same data. Nothing is to be found in them;
// what is true of one all the same is allowed by its code.

import { type Case, on } from "./cases.js";
import * as F from "./faults.js";
import { RECIPES } from "./sets.js";

const MSE = { loss: "meanSquaredError" } as const;
const sgd = (learningRate: number) => ({ optimizer: "sgd", learningRate }) as const;
const full = (optimizer: "adam" | "momentum" | "nesterov" | "rmsprop", learningRate: number, iterations: number) =>
  ({ optimizer, learningRate, iterations, batchSize: "full" }) as const;
const batches = (
  optimizer:
    | "adam"
    | "adamw"
    | "nadam"
    | "radam"
    | "amsgrad"
    | "momentum"
    | "nesterov"
    | "rmsprop"
    | "sgd"
    | "adagrad"
    | "lion",
  learningRate: number,
  epochs: number,
  batchSize = 32,
) => ({ optimizer, learningRate, epochs, batchSize }) as const;
const RARE = ["class-imbalance", "imbalanced-classes"];

const well = (name: string, sets: string, change: Case["fault"], allow: readonly string[] = []) =>
  on("healthy", name, sets, change, { allow });

// biome-ignore format: a row a line
export const HEALTHY: readonly Case[] = [
  ...Object.keys(RECIPES).flatMap((set) => well("as the recipe", set, {}, ["rare", "defects"].includes(set) ? RARE : [])),

  // optimizers
  ...well("momentum", "circles blobs glyphs wine | shells shapes clusters", { fit: batches("momentum", 0.02, 40) }),
  ...well("nesterov, full batch", "moons bent breast | crescents parity", { fit: full("nesterov", 0.02, 800) }),
  ...well("rmsprop", "blobs friedman words | joints topics shapes", { fit: batches("rmsprop", 0.003, 30) }),
  ...well("adamw", "glyphs mnist handwriting | numerals shapes", { fit: batches("adamw", 0.002, 15) }),
  ...well("nadam", "friedman spirals | waves", { fit: batches("nadam", 0.005, 200) }),
  ...well("amsgrad", "moons | parity", { fit: batches("amsgrad", 0.01, 80) }),
  ...well("radam", "glyphs | shapes", { fit: batches("radam", 0.003, 25) }),
  ...well("adagrad", "blobs | clusters", { fit: batches("adagrad", 0.05, 30) }),
  ...well("lion", "glyphs | shapes", { fit: batches("lion", 0.0005, 25) }),
  ...well("lbfgs", "blobs moons sine | shells yields", { fit: { optimizer: "lbfgs", learningRate: 1, iterations: 25, batchSize: "full" } }, ["overfitting"]),
  ...well("adam, full batch", "circles friedman glyphs | clusters joints shells", { fit: full("adam", 0.01, 200) }),
  ...well("sgd, batches", "moons glyphs mnist blobs | shapes numerals", { fit: batches("sgd", 0.1, 60, 16) }),
  ...well("single examples", "iris xor | crescents", { fit: batches("sgd", 0.05, 60, 1) }),

  // networks
  ...well("leaky", "circles glyphs mnist | tiles shapes", { net: { activation: "leakyRelu" } }),
  ...well("gelu", "blobs friedman | swirl joints", { net: { activation: "gelu" } }),
  ...well("elu", "words bent | topics", { net: { activation: "elu" } }),
  ...well("sigmoid units", "blobs wine | clusters", { net: { activation: "sigmoid" }, fit: batches("adam", 0.01, 60) }),
  ...well("tanh", "glyphs breast | numerals topics", { net: { activation: "tanh" } }),
  ...well("relu he", "moons spirals | parity waves", { net: { activation: "relu", init: "he" } }),
  ...well("glorot, 5 layers", "blobs glyphs | topics shapes", { layers: [32, 24, 16, 16, 12], net: { init: "glorot" }, fit: batches("adam", 0.002, 25) }),
  ...well("wide", "mnist glyphs | joints numerals", { layers: [256], fit: batches("adam", 0.001, 25) }),
  ...well("batch normalisation", "glyphs spirals | shapes", { net: { normalization: "batch" } }),
  ...well("layer normalisation", "glyphs | swirl", { net: { normalization: "layer" } }),
  ...well("residual", "bent | parity", { layers: [24, 24, 24], net: { residual: true }, fit: batches("adam", 0.004, 40) }),
  ...well("no hidden layer", "blobs iris words | clusters survey topics", { layers: [] }),
  ...well("linear regression", "diabetes", { layers: [], fit: sgd(0.05) }),
  ...well("float64", "sine circles | joints", { net: { dtype: "float64" } }),
  ...well("dropout 0.2", "glyphs handwriting | shapes", { net: { dropout: 0.2 } }),
  ...well("two softmax outputs", "moons breast | parity", { outputs: 2 }),
  ...well("a layer of equal weights between random ones", "spirals glyphs | tiles", { weights: F.equal(0.1, 1) }),
  ...well("huber", "friedman sine | waves", { net: { loss: "huber" } }),
  ...well("mean absolute error", "friedman | joints", { net: { loss: "meanAbsoluteError" } }),
  ...well("label smoothing", "glyphs | shapes", { net: { labelSmoothing: 0.1 } }),

  // options
  ...well("weight decay 0.001", "blobs friedman breast | clusters joints", { fit: { weightDecay: 0.001 } }),
  ...well("l1 0.0002", "glyphs | topics", { fit: { l1: 0.0002 } }),
  ...well("cosine", "spirals mnist | swirl waves", { fit: { schedule: "cosine" } }),
  ...well("clipped", "friedman | joints", { fit: { clipNorm: 1 } }),
  ...well("balanced classes", "rare | defects", { fit: { classWeights: "balanced" } }, RARE),
  ...well("ended by patience", "friedman glyphs | waves shapes", { fit: { patience: 12 } }),
  ...well("standardised by the network", "wine blobs | clusters yields", { data: F.inUnits, net: { standardize: true } }),

  // long plateaus that end
  ...well("plateau first, sgd", "moons xor | crescents", { net: { activation: "tanh" }, fit: { ...sgd(0.3), iterations: 4000, batchSize: "full" } }),
  ...well("plateau first, small first weights", "circles xor", { net: { activation: "tanh", init: 0.1 }, fit: { ...sgd(0.5), iterations: 5000 } }),
  ...well("to a very small cost", "wine circles | shells", { fit: full("adam", 0.01, 1500) }, ["overfitting"]),

  // data
  ...well("noise is nearly all there is", "friedman | yields", { data: F.noisy(1.6), layers: [], fit: batches("adam", 0.003, 30) }),
  ...well("a few wrong labels", "blobs | clusters", { data: F.shuffled(0.08) }, ["label-noise", "noisy-labels", "overfitting"]),
  ...well("two useless columns", "moons friedman | shells", { data: F.noiseColumns(2) }),
  ...well("inputs of some tens, Adam", "blobs wine | clusters", { data: F.times(10), fit: batches("adam", 0.003, 40) }, ["unscaled-inputs"]),
  ...well("labels as words", "moons blobs | survey", { data: F.labels((label) => ["no", "yes", "perhaps", "never"][label]!) }),
  ...well("a rare class that is learnt", "words | shells", { data: F.thin(60, 1) }, RARE),
  ...well("autoencoder of a table", "breast | defects", { data: F.autoencoded, net: MSE, layers: [48], fit: batches("adam", 0.004, 60) }),
  ...well("targets a little apart from 0", "friedman | joints", { data: F.targets((v) => 1 + 0.7 * v) }),
  ...well("counts by poisson", "bent | joints", { data: F.targets((v) => Math.round(Math.max(0, 2 + v))), net: { loss: "poisson", output: "exponential" }, fit: batches("adam", 0.003, 40) }),

  // trained before
  ...well("fine-tuned", "glyphs friedman blobs | shapes joints", { warm: { epochs: 30 }, rate: 0.3 }),
  ...well("fine-tuned, full batch", "circles | shells", { warm: { iterations: 1000 }, fit: { ...sgd(0.05), iterations: 400 } }),
];
