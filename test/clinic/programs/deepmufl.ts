// The fully connected programs of deepmufl's benchmark that are not in deepfd.ts, by the group of causes they belong to:
// A softmax of one unit, B softmax for real numbers, C sigmoid for targets outside 0 … 1, D relu as output, E sigmoids with
// categorical cross-entropy, F one unit with categorical cross-entropy, G linear output with cross-entropy of
// probabilities, H softmax with another loss, I no activation, J unscaled, K rate, epochs, batch or depth. The causes are a
// reading of each program; published verdicts are known by group alone.

import { circle, digits } from "../data.js";
import {
  about,
  again,
  between,
  between0And1,
  classification,
  curve,
  flowers,
  regression,
  rows,
  skew,
  standard,
  standardInputs,
  table,
  when,
  whole,
} from "./draw.js";
import { KERAS, type Program, trained } from "./program.js";

const MSE = { ...KERAS, loss: "meanSquaredError" } as const;
const BCE = { ...KERAS, loss: "binaryCrossEntropy" } as const;
const CCE = { ...KERAS, loss: "categoricalCrossEntropy" } as const;

const cars = between0And1(
  table(
    [800, 160],
    [whole(20, 80), whole(0, 1), between(0, 17000), between(0, 20000), between(0, 9000)],
    ([a, , b, c]) => [11000 + 3000 * a! + 2500 * b! + 2000 * c!],
    true,
  ),
);
const shares = regression([800, 200], 28, 6, (y) => {
  const sum = y.reduce((s, v) => s + v, 0);
  return y.map((v) => v / sum);
});
const fromMinusOneToOne = regression([3000, 600], 64, 1, ([v]) => [Math.max(-1, Math.min(1, v! / 600))]);
const pima = table(
  [540, 228],
  [whole(0, 15), about(120, 30), about(70, 15), about(25, 12), skew(60), about(32, 7), skew(0.3), about(35, 12)],
  when([0.3, 1.1, 0, 0, 0, 0.7, 0.3, 0.4], 1, 0.7),
);
const twoDigits = () => {
  const all = digits([0, 4000], [0, 2000]);
  const keep = ({ x, y }: typeof all.train) => {
    const of = x.map((_, i) => i).filter((i) => Number(y[i]) < 2);
    return { x: of.map((i) => x[i]!), y: of.map((i) => y[i]!) };
  };
  return { ...all, train: keep(all.train), test: keep(all.test) };
};
const pairs = rows(
  Array.from({ length: 100 }, (_, i) => [(i % 10) / 9, Math.floor(i / 10) / 9]),
  Array.from({ length: 100 }, (_, i) => [(i % 10) / 9, Math.floor(i / 10) / 9]),
  true,
);
const weather = table(
  [2500, 600],
  [about(0, 0.3), about(0, 0.3), skew(0.02), about(-0.3, 0.2)],
  (z, random) => [when([0, -0.3, 0.9, 0.5], 0.8, 0.8)(z, random) ? 1 : -1],
  true,
);
const polynomial = (v: number) => 0.05 * (15.7 * v - 7.27 * v ** 2 + 1.49 * v ** 3 - 0.138 * v ** 4 + 0.00474 * v ** 5);
const wave = (v: number) => circle(v / (2 * Math.PI))[1];
const settings = rows(
  [
    [2, 1, 8, 4, 2],
    [2, 6, 1, 9, 1],
    [7, 3, 1, 4, 4],
    [3, 1, 6, 10, 3],
    [3, 2, 7, 5, 5],
  ],
  [
    [3, 3, 1, 0],
    [3, 3, 3, 0],
    [3, 3, 4, 0],
    [3, 3, 1, 0],
    [3, 3, 4, 0],
  ],
  true,
);
const SOFTMAX = { output: "softmax" } as const;
const OUTPUT = { faults: ["activation"] } as const;
const chances = again(
  table([50, 1], Array(10).fill(whole(50, 1950)), (_, random) => [600 + random.integer(3400)], true),
);

// biome-ignore format: a program in a few lines
export const DEEPMUFL: readonly Omit<Program, "source">[] = [
  // A
  { id: "54738769", cause: "A", does: "a sum of 18 numbers, 7 layers", data: regression([100, 100], 18), layers: [18, 36, 72, 72, 32, 16], outputs: 1, net: { ...MSE, ...SOFTMAX }, fit: trained("adam", 100, 35), ...OUTPUT, repair: { net: { output: "linear" }, data: standard(regression([100, 100], 18)) } },
  { id: "56218256", cause: "A", does: "two classes of many columns", data: classification([660, 330], 1500, {}), layers: [200, 64, 32], outputs: 1, net: { ...CCE, ...SOFTMAX }, fit: trained("adam", 20, 660), ...OUTPUT, also: ["loss"], repair: { net: { output: "sigmoid", loss: "binaryCrossEntropy" } } },
  { id: "57397440", cause: "A", does: "tumours of 30 measures, normalised layers", data: table([400, 169], Array(30).fill(about(40, 12)), when(Array(30).fill(0.3), 0.6)), layers: [30, 60], outputs: 1, net: { ...BCE, ...SOFTMAX, normalization: "batch" }, fit: trained("adam", 6), ...OUTPUT, repair: { net: { output: "sigmoid" }, data: standardInputs(table([400, 169], Array(30).fill(about(40, 12)), when(Array(30).fill(0.3), 0.6))) } },
  { id: "58055105", cause: "A", does: "two classes, half dropped", data: classification([670, 330], 22), layers: [48], outputs: 1, net: { ...BCE, ...SOFTMAX, dropout: 0.5 }, fit: trained("adam", 20, 5, 0.0001), ...OUTPUT, also: ["learning rate"], repair: { net: { output: "sigmoid" }, fit: trained("adam", 20, 5) } },
  { id: "66087653", cause: "A", does: "two classes of 1500 columns, pairs of rows", data: classification([500, 300], 1500), layers: [128, 128], outputs: 1, net: { ...BCE, ...SOFTMAX, dropout: 0.2 }, fit: trained("adam", 10, 2), ...OUTPUT, repair: { net: { output: "sigmoid" } } },
  { id: "66407123", cause: "A", does: "two classes of 5 columns", data: classification([900, 300], 5), layers: [32, 32], outputs: 1, net: { ...BCE, ...SOFTMAX }, fit: trained("sgd", 100, 64), ...OUTPUT, repair: { net: { output: "sigmoid" } } },
  { id: "68751439", cause: "A", does: "two classes of 14 columns, 80 rows", data: classification([80, 100], 14), layers: [64, 128, 64], outputs: 1, net: { ...CCE, ...SOFTMAX }, fit: trained("adam", 100), ...OUTPUT, also: ["loss"], repair: { net: { output: "sigmoid", loss: "binaryCrossEntropy" } } },
  // B
  { id: "53749895", cause: "B", does: "three numbers of a picture", data: regression([1500, 400], 100, 3), layers: [32], outputs: 3, net: { ...MSE, ...SOFTMAX }, fit: { ...trained("nesterov", 20), momentum: 0.9 }, ...OUTPUT, also: ["loss"], repair: { net: { output: "linear" }, data: standard(regression([1500, 400], 100, 3)), fit: trained("adam", 20) } },
  { id: "56774954", cause: "B", does: "three numbers as counts", data: regression([800, 200], 10, 3), layers: [100, 80], outputs: 3, net: { ...KERAS, ...SOFTMAX, loss: "poisson", activation: "sigmoid" }, fit: trained("adam", 30), faults: ["activation", "loss"], repair: { net: { output: "linear", loss: "meanSquaredError" }, data: standard(regression([800, 200], 10, 3)) } },
  { id: "59078187", cause: "B", does: "squares up to 100 by ten shares", data: table([1000, 100], [between(0, 10)], ([z]) => { const v = 5 + 2.89 * z!; return Array(10).fill(v * v); }, true), layers: [128], outputs: 10, net: { ...MSE, ...SOFTMAX, dropout: 0.2 }, fit: trained("adam", 5), faults: ["activation", "layers"], also: ["loss", "epochs"], repair: { net: { output: "linear", dropout: 0 }, data: standard(curve([1000, 100], 0, 10, (v) => v * v)), outputs: 1, fit: trained("adam", 60, 32, 0.005) } },
  { id: "60766775", cause: "B", does: "four numbers by sigmoids, a row at a time", data: regression([900, 200], 8, 4), layers: [32, 20, 15], outputs: 4, net: { ...MSE, ...SOFTMAX, activation: "sigmoid", dropout: 0.1 }, fit: { ...trained("nesterov", 10, 1), momentum: 0.87 }, ...OUTPUT, also: ["loss"], repair: { net: { output: "linear", activation: "relu", dropout: 0 }, data: standard(regression([900, 200], 8, 4)), fit: trained("adam", 30) } },
  // C
  { id: "41596619", cause: "C", does: "four classes by one sigmoid, 11 rows", data: rows([[0.5, 1, 1], [0.9, 1, 2], [0.8, 0, 1], [0.3, 1, 1], [0.6, 1, 2], [0.4, 0, 1], [0.9, 1, 7], [0.5, 1, 4], [0.1, 0, 1], [0.6, 1, 0], [1, 0, 0]], [1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0]), layers: [3], outputs: 1, net: { ...BCE, output: "sigmoid", init: { uniform: 0.05 } }, fit: trained("sgd", 150, 32, 0.001), faults: ["activation", "loss", "learning rate"], also: ["layers", "init"], repair: { outputs: 4, layers: [16], net: { output: "softmax", loss: "categoricalCrossEntropy", init: "glorotUniform" }, fit: trained("adam", 1500, 11, 0.02) } },
  { id: "46869312", cause: "C", does: "numbers from -1 to 1 by a sigmoid", data: fromMinusOneToOne, layers: [64, 32], outputs: 1, net: { ...BCE, output: "sigmoid" }, fit: trained("adam", 3, 200), faults: ["activation", "loss"], repair: { net: { output: "tanh", loss: "meanSquaredError" }, fit: trained("adam", 20, 50) } },
  { id: "48976413", cause: "C", does: "prices of cars by a sigmoid", data: cars, layers: [12, 8], outputs: 1, net: { ...MSE, output: "sigmoid" }, fit: trained("adam", 150, 50), faults: ["activation"], also: ["preprocessing"], repair: { net: { output: "linear" }, data: standard(cars) } },
  { id: "50555434", cause: "C", does: "six shares that may be negative", data: shares, layers: [20, 15, 6], outputs: 6, net: { ...KERAS, loss: "meanAbsoluteError", output: "sigmoid", init: 0.05 }, fit: trained("adam", 200), faults: ["activation"], also: ["preprocessing", "loss"], repair: { net: { output: "linear", init: "glorotUniform" }, fit: trained("adam", 200) } },
  { id: "52566823", cause: "C", does: "a sum of 5 numbers by sigmoids", data: regression([700, 300], 5), layers: [5, 4], outputs: 1, net: { ...MSE, activation: "sigmoid", output: "sigmoid" }, fit: { ...trained("sgd", 100, 32, 0.1), shuffle: false }, faults: ["activation"], also: ["preprocessing"], repair: { net: { output: "linear" }, data: standard(regression([700, 300], 5)) } },
  { id: "62313327", cause: "C", does: "one of 30 numbers by one relu and a sigmoid", data: table([3000, 600], Array(30).fill(between(-1, 1)), (z) => [0.577 * z[1]!], true), layers: [1], outputs: 1, net: { ...MSE, output: "sigmoid" }, fit: trained("adam", 60, 32, 0.01), faults: ["activation"], repair: { net: { output: "linear", activation: "linear" } } },
  { id: "68458462", cause: "C", does: "settings from 0 to 4 by sigmoids, 5 rows", data: settings, layers: [2, 2], outputs: 4, net: { ...MSE, output: "sigmoid" }, fit: trained("adam", 100, 16), faults: ["activation"], also: ["preprocessing", "epochs"], repair: { net: { output: "linear" }, layers: [16, 16], data: standard(settings), fit: trained("adam", 600, 5, 0.01) } },
  // D
  { id: "44758894", cause: "D", does: "ok or not by a relu", data: classification([800, 300], 7), layers: [16], outputs: 1, net: { ...MSE, output: "relu" }, fit: trained("sgd", 5), faults: ["activation", "loss"], also: ["epochs"], repair: { net: { output: "sigmoid", loss: "binaryCrossEntropy" }, fit: trained("adam", 30) } },
  { id: "51185079", cause: "D", does: "two classes by a relu, 6 layers", data: classification([800, 300], 34), layers: [512, 200, 200, 200, 128], outputs: 1, net: { ...BCE, output: "relu" }, fit: trained("rmsprop", 2, 200), faults: ["activation"], also: ["loss"], repair: { net: { output: "sigmoid" }, fit: trained("rmsprop", 10, 50) } },
  { id: "56452176", cause: "D", does: "halves, 5 rows, 10 epochs", data: rows([[0.5], [1], [0.4], [5], [25]], [[0.25], [0.5], [0.2], [2.5], [12.5]], true), layers: [1, 9], outputs: 1, net: { ...MSE, output: "relu" }, fit: trained("adam", 10, 32, 0.01), faults: ["activation", "epochs"], also: ["layers", "preprocessing"], repair: { net: { output: "linear" }, layers: [9], fit: trained("adam", 1500, 5, 0.01) } },
  { id: "59758722", cause: "D", does: "a sum of 4 numbers by a relu", data: regression([800, 300], 4), layers: [30, 30], outputs: 1, net: { ...MSE, output: "relu" }, fit: trained("rmsprop", 13, 128), faults: ["activation"], also: ["preprocessing", "epochs"], repair: { net: { output: "linear" }, data: standard(regression([800, 300], 4)), fit: trained("rmsprop", 60, 32) } },
  { id: "60801900", cause: "D", does: "triples from -1.9 to 1.9 from themselves by relus", data: standard(table([2000, 500], Array(3).fill(between(-1.9, 1.9)), (z) => z.map((v) => 1.1 * v), true)), layers: [128, 64, 32, 64, 128], outputs: 3, net: { ...MSE, output: "relu" }, fit: trained("adam", 15, 20), faults: ["activation"], repair: { net: { output: "linear" } } },
  { id: "69787272", cause: "D", does: "two classes by relus to the end", data: classification([800, 300], 31), layers: [31, 1], outputs: 1, net: { ...BCE, output: "relu" }, fit: trained("sgd", 10, 500), faults: ["activation"], also: ["loss"], repair: { net: { output: "sigmoid" }, layers: [31], fit: trained("adam", 60, 32) } },
  // E
  { id: "41823068", cause: "E", does: "five classes by sigmoids", data: classification([900, 300], 10, { classes: 5, informative: 5 }), layers: [256], outputs: 5, net: { ...CCE, output: "sigmoid", dropout: 0.5 }, fit: trained("rmsprop", 50), faults: ["activation"], also: ["loss"], repair: { net: { output: "softmax" } } },
  { id: "41999686", cause: "E", does: "four classes of 283 columns by sigmoids", data: classification([1000, 300], 283, { classes: 4, informative: 4 }), layers: [100, 150, 200, 200, 200], outputs: 4, net: { ...CCE, output: "sigmoid", dropout: 0.2, init: 0.05 }, fit: { ...trained("nesterov", 5), momentum: 0.9 }, faults: ["activation"], also: ["loss", "epochs"], repair: { net: { output: "softmax", init: "glorotUniform" }, fit: trained("adam", 20) } },
  { id: "42472447", cause: "E", does: "122 classes by sigmoids", data: classification([1000, 300], 33, { classes: 122, informative: 8 }), layers: [50, 33, 33, 33], outputs: 122, net: { ...CCE, output: "sigmoid", init: { uniform: 0.05 } }, fit: trained("adam", 35, 20), faults: ["activation"], also: ["loss", "layers", "init"], repair: { net: { output: "softmax", init: "heUniform" } } },
  // F
  { id: "66602662", cause: "F", does: "five classes by one unit", data: classification([1000, 300], 5, { classes: 5, informative: 4 }), layers: [32, 16, 8], outputs: 1, net: { ...CCE, output: "sigmoid" }, fit: trained("adam", 20, 24), faults: ["activation", "loss", "layers"], repair: { outputs: 5, net: { output: "softmax" } } },
  { id: "68773774", cause: "F", does: "20 classes by one unit", data: classification([600, 300], 300, { classes: 20, informative: 10 }), layers: [300, 20], outputs: 1, net: { ...CCE, output: "sigmoid" }, fit: trained("adam", 10, 1), faults: ["activation", "loss", "layers"], repair: { outputs: 20, net: { output: "softmax" }, fit: trained("adam", 20, 32) } },
  { id: "70650848", cause: "F", does: "three flowers by one unit", data: standardInputs(flowers([105, 45])), layers: [4, 4], outputs: 1, net: { ...CCE, output: "sigmoid", normalization: "batch", dropout: 0.3 }, fit: trained("sgd", 200, 16), faults: ["activation", "loss", "layers"], repair: { outputs: 3, net: { output: "softmax", dropout: 0 } } },
  // G
  { id: "57407973", cause: "G", does: "two classes, linear output, five sigmoid layers", data: classification([800, 200], 28), layers: [28, 200, 300, 300, 150], outputs: 1, net: { ...BCE, output: "linear", activation: "sigmoid", init: 0.05, dropout: 0.5 }, fit: trained("adam", 10), faults: ["activation"], also: ["loss"], repair: { net: { output: "sigmoid", activation: "relu", init: "heUniform", dropout: 0 } } },
  { id: "64387251", cause: "G", does: "MNIST's zeros and ones, a wide layer that is not trained", data: twoDigits, layers: [600], outputs: 1, net: { ...BCE, output: "linear" }, fit: { ...trained("adam", 100, "full"), freeze: 1 }, faults: ["activation"], also: ["loss"], repair: { net: { output: "sigmoid" } } },
  { id: "64395424", cause: "G", does: "logical and, linear output", data: rows([[1, 1], [1, 0], [0, 1], [0, 0]], [1, 0, 0, 0]), layers: [2, 128], outputs: 1, net: { ...BCE, output: "linear" }, fit: trained("adam", 1000), faults: ["activation"], also: ["loss"], repair: { net: { output: "sigmoid" }, layers: [8, 128], fit: trained("adam", 1000, 4, 0.003) } },
  { id: "68101077", cause: "G", does: "ten kinds of pictures, linear outputs", data: () => digits([0, 3000], [0, 800]), layers: [128], outputs: 10, net: { ...CCE, output: "linear" }, fit: trained("adam", 10), faults: ["activation"], also: ["loss"], repair: { net: { output: "softmax" } } },
  // H
  { id: "57326611", cause: "H", does: "two classes, softmax with binary cross-entropy", data: classification([2500, 600], 5), layers: [50], outputs: 2, net: { ...BCE, output: "softmax" }, fit: trained("adam", 20), faults: ["loss", "activation"], repair: { net: { loss: "categoricalCrossEntropy" } } },
  // I
  { id: "48486598", cause: "I", does: "a curve of five powers without activations", data: curve([200, 100], 0, 10, polynomial), layers: [1, 5], outputs: 1, net: { ...KERAS, loss: "meanAbsoluteError", activation: "linear" }, fit: trained("adam", 150, 10), faults: ["activation"], also: ["layers"], repair: { net: { activation: "tanh", loss: "meanSquaredError" }, layers: [32, 32], data: standard(curve([200, 100], 0, 10, polynomial)), fit: trained("adam", 300, 10, 0.005) } },
  { id: "56888491", cause: "I", does: "two classes by four linear layers", data: classification([2500, 600], 5, { informative: 3 }), layers: [5, 15, 15, 15], outputs: 2, net: { ...CCE, activation: "linear" }, fit: trained("adam", 60, 20), faults: ["activation"], repair: { net: { activation: "relu" } } },
  // J
  { id: "58064701", cause: "J", does: "diabetes from 8 columns, pairs of rows, small first weights", data: standardInputs(pima), layers: [10, 10], outputs: 1, net: { ...BCE, init: 0.05 }, fit: trained("adam", 10, 2), faults: ["preprocessing"], also: ["epochs", "batch", "init"], repair: { fit: trained("adam", 30, 16) } },
  { id: "69901379", cause: "J", does: "numbers up to 4000, by chance, of 50 rows to be learnt by heart", data: chances, layers: [16, 16, 16, 16], outputs: 1, net: MSE, fit: trained("adam", 1000, 32, 0.0001), faults: ["preprocessing"], also: ["learning rate", "epochs"], repair: { data: standard(chances), fit: trained("adam", 1000, 32, 0.003) } },
  // K
  { id: "46359741", cause: "K", does: "two rows, 20 updates", data: rows([[1], [2]], [1, 0]), layers: [1], outputs: 1, net: { ...BCE, activation: "sigmoid" }, fit: { ...trained("nesterov", 20, 32, 0.009), momentum: 0.9 }, faults: ["epochs", "learning rate"], also: ["optimizer"], repair: { fit: { ...trained("nesterov", 5000, 2, 0.5), momentum: 0.9 } } },
  { id: "49583466", cause: "K", does: "three waves of a sine, 2 epochs", data: between0And1(curve([2500, 500], -10, 10, wave)), layers: [20, 20, 20], outputs: 1, net: { ...MSE, activation: "sigmoid", init: { uniform: 0.05 } }, fit: trained("sgd", 2), faults: ["epochs", "learning rate", "optimizer"], also: ["activation", "init"], repair: { net: { activation: "relu", init: "heUniform" }, layers: [64, 64], data: standard(curve([2500, 500], -10, 10, wave)), fit: trained("adam", 60, 32, 0.005) } },
  { id: "56317174", cause: "K", does: "rain tomorrow by units of 4, half of them dropped, targets -1 and 1", data: weather, layers: [4, 4, 4], outputs: 1, net: { ...MSE, output: "sigmoid", normalization: "batch", dropout: 0.5 }, fit: trained("rmsprop", 200, 1024), faults: ["batch", "layers", "regularization"], also: ["activation", "preprocessing"], repair: { net: { output: "tanh", normalization: "none", dropout: 0 }, layers: [16], fit: trained("rmsprop", 60, 32) } },
  { id: "58051767", cause: "K", does: "two classes (no fault is seen)", data: classification([800, 300], 4), layers: [12, 8], outputs: 1, net: BCE, fit: trained("adam", 60, 10), faults: [], repair: {} },
  { id: "60831731", cause: "K", does: "pairs of numbers from themselves, 20 epochs", data: pairs, layers: [2], outputs: 2, net: { ...MSE, activation: "sigmoid", output: "sigmoid" }, fit: trained("sgd", 20, 10), faults: ["epochs", "learning rate", "layers"], also: ["optimizer", "activation"], repair: { layers: [8], net: { output: "linear" }, fit: trained("adam", 400, 10, 0.01) } },
  { id: "61234347", cause: "K", does: "flowers by eight layers, one epoch", data: flowers([105, 45]), layers: [400, 300, 250, 125, 64, 32, 9], outputs: 3, net: { ...CCE, activation: "tanh" }, fit: trained("adam", 1), faults: ["epochs", "layers"], also: ["learning rate", "batch"], repair: { layers: [16], fit: trained("adam", 200, 16, 0.005) } },
  { id: "65777704", cause: "K", does: "pictures by five sigmoid layers of which the first is narrow", data: () => digits([5000, 2000], [1000, 800]), layers: [8, 16, 32, 64, 128], outputs: 10, net: { ...CCE, activation: "sigmoid" }, fit: trained("adam", 40, 500), faults: ["layers", "activation"], also: ["epochs", "learning rate", "batch"], repair: { layers: [128, 64], net: { activation: "relu" }, fit: trained("adam", 10, 50) } },
  { id: "66840108", cause: "K", does: "two classes of two columns, wide (no fault is seen)", data: classification([600, 300], 2), layers: [196, 128], outputs: 1, net: BCE, fit: trained("adam", 60, 10), faults: [], repair: {} },
  { id: "68701979", cause: "K", does: "two classes, weights as they were drawn", data: classification([2000, 600], 5), layers: [32], outputs: 2, net: { ...CCE, activation: "sigmoid" }, fit: { ...trained("sgd", 30), epochs: 0 }, faults: ["epochs"], repair: { fit: trained("sgd", 60) } },
];
