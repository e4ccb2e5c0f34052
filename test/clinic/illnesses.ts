// Planted illnesses: what kind, what is done wrong, to which data sets. Sets before the bar are for tuning, those behind
// it are held out. Whether a case is harmful is seen when it runs.

import { type Case, on } from "./cases.js";
import * as F from "./faults.js";

const deep = (count: number, width: number) => Array<number>(count).fill(width);
const sgd = (learningRate: number) => ({ optimizer: "sgd", learningRate }) as const;
const MSE = { loss: "meanSquaredError" } as const;

// biome-ignore format: a row a line
const WEIGHTS: Case[] = [
  ...on("weights-too-small", "init 0.01, 3 layers, sgd", "circles blobs bent breast | shells clusters yields survey", { net: { init: 0.01 } }, { base: { layers: [16, 8, 8], fit: sgd(0.1) } }),
  ...on("weights-too-small", "init 0.001, tanh, sgd", "moons xor sine | crescents waves", { net: { init: 0.001 } }, { base: { layers: [16, 8], fit: { ...sgd(0.2), iterations: 1500, batchSize: "full" } } }),
  ...on("weights-too-small", "init 0.01", "cats", { net: { init: 0.01 } }),
  ...on("weights-too-small", "init 0.001, 4 layers", "glyphs mnist | shapes numerals", { net: { init: 0.001 } }, { base: { layers: [32, 24, 16, 16] } }),
  ...on("weights-too-large", "init 5", "glyphs mnist friedman words | shapes numerals joints topics", { net: { init: 5 } }),
  ...on("weights-too-large", "init 10, tanh", "moons codes sine | parity waves crescents signals", { net: { init: 10 } }),
  ...on("weights-too-large", "init 1", "cats", { net: { init: 1 } }),
  ...on("zero-init", "init 0", "moons blobs friedman glyphs iris | clusters yields parity numerals", { net: { init: 0 } }),
  ...on("equal-init", "all weights 0.1", "circles spirals bent | shells tiles joints clusters", { weights: F.equal(0.1) }),
  ...on("equal-init", "all weights 0.1 but for their last digits", "circles glyphs | shapes shells", { weights: F.nearlyEqual(0.1, 1e-6) }),
];

// biome-ignore format: a row a line
const RATES: Case[] = [
  ...on("rate-too-high", "30 times the sound one", "moons circles blobs friedman glyphs mnist | clusters yields shapes parity joints", { rate: 30 }),
  ...on("rate-too-high", "100 times the sound one", "spirals checkerboard sine words breast | swirl tiles waves topics crescents", { rate: 100 }),
  ...on("rate-too-high", "12 times the sound one", "cats bent codes | signals survey shells numerals", { rate: 12 }),
  ...on("rate-too-high", "sgd 1, single examples", "blobs iris | crescents", { fit: { learningRate: 1, epochs: 20, batchSize: 1 } }),
  ...on("rate-far-too-high", "10,000 times the sound one", "circles blobs friedman glyphs wine | clusters shapes yields waves", { rate: 1e4 }),
  ...on("rate-far-too-high", "sgd 1000", "moons cats bent | joints numerals parity", { fit: sgd(1000) }),
  ...on("rate-too-low", "a 10,000th of the sound one", "moons circles blobs glyphs friedman cats | shells clusters joints shapes", { rate: 1e-4 }),
  ...on("rate-too-low", "a 300th of the sound one", "spirals sine codes mnist | swirl waves signals tiles", { rate: 1 / 300 }),
  ...on("rate-too-low", "a millionth of the sound one", "wine words bent | yields topics numerals", { rate: 1e-6 }),
  ...on("momentum-too-high", "0.99 with sgd's rate times 3", "blobs circles bent breast | clusters yields shells", { fit: { optimizer: "momentum", momentum: 0.99 }, rate: 3 }),
  ...on("momentum-too-high", "0.999, rate 0.1", "glyphs friedman mnist | shapes numerals joints", { fit: { optimizer: "momentum", momentum: 0.999, learningRate: 0.1 } }),
  ...on("momentum-too-high", "nesterov 0.995, rate 0.5", "moons | crescents topics", { fit: { optimizer: "nesterov", momentum: 0.995, learningRate: 0.5 } }),
  ...on("needs-schedule", "a rate that only cosine makes good", "friedman codes mnist checkerboard bent | joints signals numerals tiles", { fit: { schedule: "constant" } }, { base: { rate: 10, fit: { schedule: "cosine" } } }),
  ...on("needs-schedule", "single examples at a constant rate", "friedman bent | yields joints", { fit: { schedule: "constant" } }, { base: { fit: { ...sgd(0.08), schedule: "cosine", epochs: 10, batchSize: 1 } } }),
];

// biome-ignore format: a row a line
const UNITS: Case[] = [
  ...on("dead-relus", "biases -100 in the first layer", "circles blobs friedman | shells clusters shapes", { weights: F.biases(-100) }),
  ...on("dead-relus", "biases -30 in the second layer", "glyphs cats checkerboard | tiles topics joints", { weights: F.biases(-30, 1) }),
  ...on("dead-relus", "positive inputs, negative weights", "glyphs mnist words | shapes numerals topics", { weights: F.negative, fit: sgd(0.02) }, { base: { layers: [32, 16], fit: sgd(0.02) } }),
  ...on("dead-relus", "init he, as it comes", "cats", { net: { init: "he" } }),
  ...on("dead-relus", "most units of a narrow layer", "friedman circles | yields clusters", { weights: F.biases(-50, 0, 0.95) }),
  ...on("saturated-units", "sigmoid, biases 30", "blobs breast | clusters shells", { net: { activation: "sigmoid" }, weights: F.biases(30) }, { base: { net: { activation: "sigmoid" } } }),
  ...on("saturated-units", "tanh, biases 20", "moons sine xor | waves parity crescents", { weights: F.biases(20) }),
  ...on("saturated-units", "tanh, weights 60 times as large", "spirals codes | signals crescents", { weights: F.grown(60) }),
  ...on("saturated-units", "sigmoid on bytes as they are", "glyphs | shapes", { data: F.asNumbers }, { base: { net: { activation: "sigmoid", init: "lecun" }, fit: sgd(0.3) } }),
  ...on("vanishing-gradients", "6 sigmoid layers, sgd", "glyphs blobs moons bent | shapes clusters joints", { layers: deep(6, 24), net: { activation: "sigmoid" }, fit: sgd(0.1) }, { base: { fit: sgd(0.1) } }),
  ...on("vanishing-gradients", "8 sigmoid layers, Adam", "mnist friedman | parity topics", { layers: deep(8, 32), net: { activation: "sigmoid" } }),
  ...on("vanishing-gradients", "10 tanh layers, init 0.1", "spirals | swirl", { layers: deep(10, 20), net: { activation: "tanh", init: 0.1 } }),
  ...on("exploding-gradients", "10 relu layers, init 1", "glyphs words | shapes topics", { layers: deep(10, 32), net: { init: 1 } }),
  ...on("exploding-gradients", "8 linear layers, init 1", "blobs breast | clusters survey", { layers: deep(8, 16), net: { activation: "linear", init: 1 } }),
  ...on("exploding-gradients", "8 leaky layers, init 0.7", "friedman bent | joints yields", { layers: deep(8, 32), net: { activation: "leakyRelu", init: 0.7 } }),
  ...on("linear-hidden", "linear layers", "moons circles spirals sine checkerboard friedman | shells swirl parity waves tiles", { net: { activation: "linear" } }, {}),
];

// biome-ignore format: a row a line
const OUTPUTS: Case[] = [
  ...on("softmax-of-one", "two classes", "moons xor rare | parity survey", { outputs: 1, net: { output: "softmax" } }),
  ...on("softmax-of-one", "a number", "friedman sine | waves yields", { net: { output: "softmax" } }),
  ...on("output-and-loss", "categorical cross-entropy of sigmoids", "blobs glyphs | clusters shells", { net: { output: "sigmoid", loss: "categoricalCrossEntropy" } }),
  ...on("output-and-loss", "cross-entropy of linear outputs", "blobs mnist | numerals", { net: { output: "linear", loss: "categoricalCrossEntropy" } }),
  ...on("output-and-loss", "cross-entropy of one relu unit", "circles | crescents", { net: { output: "relu", loss: "binaryCrossEntropy" } }),
  ...on("independent-classes", "binary cross-entropy of sigmoids, weakly trained", "glyphs blobs mnist | shapes clusters numerals", { net: { output: "sigmoid", loss: "binaryCrossEntropy" } }, { base: { fit: { ...sgd(0.05), epochs: 4, batchSize: 32 } } }),
  ...on("squashed-regression", "sigmoid for standardised targets", "friedman sine bent | yields waves joints", { net: { ...MSE, output: "sigmoid" } }),
  ...on("squashed-regression", "relu for targets below 0 too", "friedman bent codes | joints waves signals", { net: { ...MSE, output: "relu" } }),
  ...on("squashed-regression", "tanh for targets in hundreds", "sine | yields", { data: F.targets((v) => 300 + 80 * v), net: { ...MSE, output: "tanh" } }),
  ...on("squashed-regression", "softplus for targets below 0 too", "bent | waves", { net: { ...MSE, output: "softplus" } }),
  ...on("targets-out-of-range", "binary cross-entropy of numbers", "friedman | yields", { net: { loss: "binaryCrossEntropy", output: "sigmoid" } }),
  ...on("targets-out-of-range", "poisson of numbers below 0", "bent | joints", { net: { loss: "poisson", output: "exponential" } }),
  ...on("targets-out-of-range", "percent for a sigmoid", "sine | waves", { data: F.targets((v) => 50 + 20 * v), net: { ...MSE, output: "sigmoid" } }),
  ...on("squared-error-of-classes", "softmax, sgd", "glyphs blobs mnist words | shapes clusters numerals topics", { net: { ...MSE, output: "softmax" } }, { base: { fit: sgd(0.05) } }),
  ...on("squared-error-of-classes", "sigmoids, sgd", "glyphs mnist | shapes numerals", { net: { ...MSE, output: "sigmoid" } }, { base: { fit: sgd(0.05) } }),
  ...on("squared-error-of-classes", "relu output", "blobs glyphs | shells", { net: { ...MSE, output: "relu" } }),
  ...on("wrong-task", "classes as one number", "blobs glyphs | clusters shapes", { data: F.asTargets, net: MSE, rounded: true }),
  ...on("wrong-task", "targets as many classes", "friedman sine | yields waves", { data: F.asLabels((v) => Math.round(40 * v + 200)), net: { loss: undefined } }),
  ...on("wrong-task", "targets as labels", "friedman bent | joints", { data: F.asLabels((v) => v), net: { loss: undefined }, outputs: 1 }),
];

// biome-ignore format: a row a line
const INPUTS: Case[] = [
  ...on("unscaled-inputs", "bytes as they are", "cats glyphs | shapes", { data: F.scaled(1) }),
  ...on("unscaled-inputs", "bytes as they are, sgd", "mnist glyphs | numerals shapes", { data: F.scaled(1) }, { base: { fit: sgd(0.05) } }),
  ...on("unscaled-inputs", "columns in units of their own", "blobs friedman moons bent wine | clusters yields crescents survey", { data: F.inUnits }),
  ...on("unscaled-inputs", "shifted by 1000", "moons circles sine | shells waves swirl", { data: F.plus(1000) }),
  ...on("unscaled-inputs", "hundreds", "xor codes breast | parity joints signals", { data: F.times(300) }),
  ...on("unscaled-inputs", "far too small", "blobs circles | shells clusters", { data: F.times(1e-4) }),
  ...on("one-huge-feature", "the first times 10,000", "blobs moons bent iris | clusters crescents joints", { data: F.times(1e4, 0) }),
  ...on("one-huge-feature", "a useless one times 1000", "friedman | yields swirl survey", { data: F.times(1e3, 3) }),
  ...on("one-huge-feature", "uneven units", "friedman spirals | swirl waves", { data: F.unevenUnits }),
  ...on("constant-features", "10 columns of 1000", "blobs moons bent | clusters joints", { data: F.constants(10, 1000) }),
  ...on("constant-features", "all but one", "wine blobs | clusters yields", { data: F.onlyColumn(1, 1) }),
  ...on("constant-features", "all", "circles friedman | parity", { data: F.onlyColumn(-1, 2) }),
  ...on("duplicated-features", "each 300 times", "blobs moons | crescents shells", { data: F.repeated(300) }),
  ...on("duplicated-features", "each 40 times, sgd", "bent xor | yields joints", { data: F.repeated(40) }),
  ...on("sentinel-values", "5 % -999", "blobs circles friedman breast | clusters shells yields", { data: F.sentinels(0.05, -999) }),
  ...on("sentinel-values", "3 % -9999 in one column", "moons bent | joints survey", { data: F.sentinels(0.03, -9999, 1) }),
  ...on("sentinel-values", "2 % 99999", "words spirals | topics swirl", { data: F.sentinels(0.02, 99999) }),
  ...on("float32-digits", "times in seconds since 1970", "moons circles | crescents shells", { data: F.plus(1.7e9) }),
  ...on("float32-digits", "places in metres", "spirals sine | waves swirl", { data: F.plus(5e7) }),
  ...on("float32-digits", "targets beside a million", "sine bent | joints", { data: F.targets((v) => 1e7 + v) }),
];

// biome-ignore format: a row a line
const TESTS: Case[] = [
  ...on("test-scaled-otherwise", "bytes as they are", "mnist glyphs cats | numerals shapes", { data: F.testScaled(1) }),
  ...on("test-scaled-otherwise", "in units of their own", "blobs moons friedman | clusters yields crescents", { data: F.testValues((v) => 40 + 9 * v) }),
  ...on("test-scaled-otherwise", "a hundredth", "circles bent | shells joints waves", { data: F.testValues((v) => v / 100) }),
  ...on("test-scaled-otherwise", "targets in another unit", "friedman sine | yields waves", { data: F.testAnswers((row: readonly number[]) => row.map((v) => 50 + 10 * v)) }),
  ...on("test-elsewhere", "columns the other way round", "wine blobs words | clusters topics yields", { data: F.testRows((row) => row.reverse()) }),
  ...on("test-elsewhere", "shifted by 2.5 deviations", "blobs bent friedman | clusters survey joints", { data: F.testValues((v) => v + 2.5) }),
  ...on("test-elsewhere", "inverted pictures", "mnist glyphs | numerals shapes", { data: F.testBytes((row) => row.map((v) => 255 - v)) }),
  ...on("test-elsewhere", "labels swapped", "moons circles | crescents survey", { data: F.testAnswers((label: number) => 1 - label) }),
  ...on("test-elsewhere", "noise three times as wide", "spirals codes | swirl signals", { data: (data, random) => F.testValues((v) => v + 1.5 * random.normal())(data, random) }),
  ...on("shared-rows", "the test is the training", "blobs spirals friedman | crescents survey yields", { data: F.testIsTraining }, { flatters: true, base: { data: F.few(60), layers: [32, 32] } }),
  ...on("shared-rows", "half of its rows are of the training", "breast friedman words | topics survey yields", { data: F.shared(400) }, { flatters: true, base: { layers: [64, 64] } }),
  ...on("leaking-feature", "a column that is the label, in training", "blobs breast rare | defects survey clusters", { data: F.leak((label) => 6 * label - 3) }),
  ...on("leaking-feature", "the target with little noise, in training", "friedman bent houses | yields joints waves", { data: F.leak((value, random) => value + 0.02 * random.normal()) }),
  ...on("leaking-feature", "the label, in the test too", "rare words | survey topics", { data: F.leakEverywhere((label) => 4 * label) }, { flatters: true }),
];

// biome-ignore format: a row a line
const ANSWERS: Case[] = [
  ...on("shuffled-labels", "all", "moons blobs glyphs mnist friedman cats | clusters shapes yields parity numerals", { data: F.shuffled() }),
  ...on("shuffled-labels", "one row too late", "circles bent wine | shells joints topics", { data: F.late }),
  ...on("label-noise", "55 % of them", "blobs glyphs breast | clusters shapes shells", { data: F.shuffled(0.55) }),
  ...on("label-noise", "45 % of them, a wide network", "moons spirals | crescents swirl", { data: F.shuffled(0.45), layers: [64, 64] }),
  ...on("labels-off", "from 1, as many outputs as classes", "blobs glyphs iris | clusters shells shapes", { data: F.labels((label) => label + 1) }),
  ...on("labels-off", "1 and 2, one output", "moons xor | survey crescents", { data: F.labels((label) => label + 1), outputs: 1 }),
  ...on("labels-off", "-1 and 1", "circles | parity", { data: F.labels((label) => 2 * label - 1) }),
  ...on("labels-off", "0, 10, 20, …", "blobs | topics", { data: F.labels((label) => 10 * label) }),
  ...on("class-missing", "one not in training", "blobs glyphs mnist | clusters shapes numerals", { data: F.without(1) }),
  ...on("class-missing", "the last not in training", "glyphs iris | shells topics", { data: F.without(2, 3) }),
  ...on("one-class", "training of one class", "moons rare breast | survey parity", { data: F.only((label) => label === 1) }),
  ...on("one-class", "training of one class of many", "blobs | clusters topics", { data: F.only((label) => label === 2) }),
  ...on("imbalance", "ended before the rare class is learnt", "rare | defects", { fit: { ...sgd(0.02), epochs: 10, batchSize: 32 }, balanced: true }),
  ...on("imbalance", "a class with 3 examples", "glyphs handwriting | shapes clusters", { data: F.thin(3, 1), balanced: true }),
  ...on("imbalance", "a class with 8 examples, weak signal", "words moons | survey crescents", { data: F.thin(8, 1), balanced: true }),
  ...on("imbalance", "all classes but one rare", "blobs wine | topics shells", { data: F.thin(4, 1, 2, 3), balanced: true }),
];

// biome-ignore format: a row a line
const LENGTHS: Case[] = [
  ...on("sorted-no-shuffle", "small batches, sgd", "blobs glyphs mnist breast | clusters shapes numerals topics", { data: F.sorted, fit: { shuffle: false } }, { base: { fit: { ...sgd(0.1), epochs: 8, batchSize: 8 } } }),
  ...on("sorted-no-shuffle", "by the target", "friedman bent | joints yields", { data: F.sorted, fit: { shuffle: false } }, { base: { fit: { ...sgd(0.05), epochs: 10, batchSize: 8 } } }),
  ...on("batch-too-large", "all of them, as many epochs", "checkerboard friedman glyphs mnist | tiles joints shapes swirl", { fit: { batchSize: "full" } }),
  ...on("batch-too-large", "all of them, sgd", "blobs words | numerals waves topics", { fit: { batchSize: "full" } }, { base: { fit: { ...sgd(0.1), epochs: 20, batchSize: 16 } } }),
  ...on("too-few-examples", "8 rows", "friedman moons iris | yields crescents survey", { data: F.few(8) }),
  ...on("too-few-examples", "20 rows", "glyphs spirals checkerboard | shapes swirl tiles", { data: F.few(20) }),
  ...on("underfit-short", "12 iterations", "circles bent cats wine | shells yields clusters", { fit: { iterations: 12 } }),
  ...on("underfit-short", "1 epoch", "friedman glyphs mnist codes | joints shapes signals swirl", { fit: { epochs: 1 } }),
  ...on("underfit-short", "40 iterations", "spirals sine xor | waves parity", { fit: { iterations: 40 } }),
  ...on("underfit-small", "1 unit", "glyphs mnist circles moons codes | shapes shells numerals signals", { layers: [1] }),
  ...on("underfit-small", "2 units", "spirals checkerboard sine | swirl tiles waves parity", { layers: [2] }),
  ...on("underfit-small", "no hidden layer", "xor circles sine checkerboard | shells parity waves", { layers: [] }),
  ...on("underfit-small", "a layer of 1 between wide ones", "glyphs blobs | clusters shapes", { layers: [48, 1, 32] }),
  ...on("overfitting", "noise columns and few rows", "blobs breast wine | clusters survey topics", { data: F.both(F.few(60), F.noiseColumns(120)) }),
  ...on("overfitting", "wide and long on few rows", "friedman mnist diabetes | yields numerals joints", { data: F.few(60), layers: [128, 64], fit: { optimizer: "adam", learningRate: 0.004, epochs: 200, batchSize: 16 } }),
  ...on("overfitting", "wide and long on noisy targets", "sine bent | waves joints", { data: F.both(F.few(50), F.noisy(0.7)), layers: [96, 96], fit: { optimizer: "adam", learningRate: 0.005, epochs: 400, batchSize: 16 } }),
  ...on("overfitting", "wide and long on a blurred border", "words | survey crescents", { data: F.few(150), layers: [128, 128], fit: { optimizer: "adam", learningRate: 0.005, epochs: 150, batchSize: 32 } }),
];

// biome-ignore format: a row a line
const PENALTIES: Case[] = [
  ...on("decay-too-strong", "1", "moons circles blobs friedman glyphs | clusters shapes shells joints", { fit: { weightDecay: 1 } }),
  ...on("decay-too-strong", "0.2", "spirals sine codes bent | waves signals swirl yields", { fit: { weightDecay: 0.2 } }),
  ...on("decay-too-strong", "adamw, 50", "mnist words | topics parity", { fit: { optimizer: "adamw", weightDecay: 50 } }),
  ...on("l1-too-strong", "0.1", "blobs friedman glyphs circles | shapes yields clusters", { fit: { l1: 0.1 } }),
  ...on("l1-too-strong", "0.03", "moons bent codes | joints signals parity", { fit: { l1: 0.03 } }),
  ...on("dropout-too-high", "0.9", "friedman glyphs moons spirals codes | shapes joints parity swirl signals", { net: { dropout: 0.9 } }),
  ...on("dropout-too-high", "0.8", "sine circles checkerboard bent | waves shells tiles yields", { net: { dropout: 0.8 } }),
  ...on("unscaled-targets", "hundreds of thousands", "friedman sine houses | yields waves", { data: F.targets((v) => 1e5 * (v + 3)) }),
  ...on("unscaled-targets", "years: 2000 ± 5", "sine bent | joints waves", { data: F.targets((v) => 2000 + 5 * v) }),
  ...on("unscaled-targets", "hundreds", "friedman diabetes bent | yields joints", { data: F.targets((v) => 150 + 75 * v) }),
  ...on("unscaled-targets", "outputs of uneven size", "bent | joints", { data: F.targets((v, j) => [1, 1000, 0.001, 1, 30][j]! * v) }),
  ...on("unscaled-targets", "millionths", "sine | waves", { data: F.targets((v) => 1e-6 * v) }),
];

export const ILLNESSES: readonly Case[] = [
  ...[...WEIGHTS, ...RATES, ...UNITS, ...OUTPUTS, ...INPUTS],
  ...[...TESTS, ...ANSWERS, ...LENGTHS, ...PENALTIES],
];
