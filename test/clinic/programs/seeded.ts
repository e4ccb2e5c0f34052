// One network for the consumption of cars, 9-64-64-1, with the faults that TheDeepChecker seeded into it, one a program.
// The table of cars is made here, with the ranges of the public one. Left out, as no option says them: a gradient that is
// climbed, a loss whose shapes are broadcast.

import { Random } from "../../../src/random.js";
import { type Data, draw } from "../data.js";
import { shuffled } from "../faults.js";
import { between0And1, type Source } from "./draw.js";
import { type Program, trained } from "./program.js";

/** Cylinders, displacement, power, weight and acceleration, which go with a car's size; year, and one of three origins. */
const RAW: Source = (seed) => ({
  ...draw(seed, [314, 78], (random) => () => {
    const [size, year, origin] = [random.normal(), 70 + random.integer(12), random.integer(2)];
    const near = (mean: number, slope: number, apart: number) => mean + slope * size + apart * random.normal();
    const body = [near(5.5, 1.6, 0.3), near(194, 98, 25), near(104, 33, 15), near(2977, 790, 200), near(15.5, -1.5, 2)];
    const consumption = 23.5 - 6 * size + 1.2 * size * size + 0.7 * (year - 76) + 0.5 * origin + 1.5 * random.normal();
    return [[...body, year, ...[0, 1, 2].map((one) => Number(one === origin))], [Math.max(9, consumption)]];
  }),
  regression: true,
});

const changed =
  (source: Source, x: (row: number[]) => number[], y: (value: number) => number): Source =>
  async (seed) => {
    const data = await source(seed);
    const part = (of: Data["train"]) => ({
      x: of.x.map((row) => x(Array.from(row))),
      y: of.y.map((row) => (row as number[]).map(y)),
    });
    return { ...data, train: part(data.train), test: part(data.test) };
  };
const same = <Value>(value: Value) => value;

/** Inputs and targets from 0 to 1. */
const CARS = changed(between0And1(RAW), same, (mpg) => (mpg - 9) / 38);
const RANGES = [5, 624, 228, 5094, 16, 12, 1, 1, 1];

const NET = { loss: "meanSquaredError", init: "heTruncated" } as const;
const FIT = { ...trained("adam", 60, 32), weightDecay: 1e-5 };
const sound = { data: CARS, layers: [64, 64], outputs: 1, net: NET, fit: FIT } as const;

const seeded = (
  id: string,
  does: string,
  faults: Program["faults"],
  fault: Partial<Program>,
  also: Program["faults"] = [],
): Omit<Program, "source"> => ({
  ...{ ...sound, ...fault, id: `cars, ${id}`, does, faults, also },
  repair: { data: CARS, net: { ...NET, output: "linear" }, fit: FIT },
});

export const SEEDED: readonly Omit<Program, "source">[] = [
  seeded("unscaled inputs", "inputs as they are", ["preprocessing"], {
    data: changed(RAW, same, (mpg) => (mpg - 9) / 38),
  }),
  seeded("inputs scaled twice", "inputs divided by their range again", ["preprocessing"], {
    data: changed(CARS, (row) => row.map((v, j) => v / RANGES[j]!), same),
  }),
  seeded("unscaled targets", "ten times the consumption", ["preprocessing"], {
    data: changed(CARS, same, (v) => 380 * v + 90),
  }),
  seeded(
    "sum of squares",
    "ten times the consumption, and a sum over the batch, which Adam does not see",
    ["loss", "preprocessing"],
    {
      data: changed(CARS, same, (v) => 380 * v + 90),
    },
  ),
  seeded("equal weights", "all weights 0.01", ["init"], { net: { ...NET, init: { constant: 0.01 } } }),
  seeded("weights of 0.25", "normal numbers of deviation 0.25", ["init"], { net: { ...NET, init: 0.25 } }),
  seeded("rate 0.1", "Adam's rate 100 times as large", ["learning rate"], { fit: { ...FIT, learningRate: 0.1 } }),
  seeded("rate 0.00001", "Adam's rate a 100th", ["learning rate"], { fit: { ...FIT, learningRate: 1e-5 } }, ["epochs"]),
  seeded("epsilon 1e-16", "next to nothing beside the root", ["optimizer"], { fit: { ...FIT, epsilon: 1e-16 } }),
  seeded("decay 0.1", "L2 10,000 times as strong", ["regularization"], { fit: { ...FIT, weightDecay: 0.1 } }),
  seeded("no decay", "no L2", ["regularization"], { fit: { ...FIT, weightDecay: 0 } }),
  seeded("softmax of one", "softmax on the one output", ["activation"], { net: { ...NET, output: "softmax" } }),
  seeded("sigmoid", "targets from -1 to 1 by a sigmoid", ["activation"], {
    data: changed(CARS, same, (v) => 2 * v - 1),
    net: { ...NET, output: "sigmoid" },
  }),
  seeded(
    "cross-entropy",
    "categorical cross-entropy for a number",
    ["loss"],
    { net: { ...NET, loss: "categoricalCrossEntropy", output: "linear" } },
    ["activation"],
  ),
  seeded("shuffled inputs", "inputs that are shuffled without their targets", ["labels"], {
    data: async (seed) => shuffled()(await CARS(seed), new Random(seed + 3)),
  }),
];
