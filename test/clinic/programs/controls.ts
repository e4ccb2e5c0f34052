// Controls: sound networks for blobs and circles, of the kinds that AUTOTRAINER's healthy ones are.

import type { Data } from "../data.js";
import { circle, draw } from "../data.js";
import { type Program, trained } from "./program.js";

/** Three clusters of deviation 2 around places between -10 and 10. */
const blobs = (seed: number): Data =>
  draw(seed, [700, 300], (random) => {
    const places = [[-8, -4], [1, 7], [7, -6]]; // biome-ignore format: three places
    return (i) => [places[i % 3]!.map((v) => v + 2 * random.normal()), i % 3];
  });
const rings = (seed: number): Data =>
  draw(seed, [700, 300], (random) => (i) => {
    const radius = i % 2 ? 0.6 : 1;
    return [circle(random.uniform()).map((v) => radius * v + 0.07 * random.normal()), i % 2];
  });

type Control = Pick<Program, "layers" | "fit"> & Partial<Pick<Program, "net">>;
const control = (
  id: string,
  data: Program["data"],
  outputs: number,
  { layers, net = {}, fit }: Control,
): Omit<Program, "source"> => ({
  ...{ id, does: "a sound network", data, layers, outputs, fit, faults: [], repair: {} },
  net: { init: "heUniform", ...net },
});

export const CONTROLS: readonly Omit<Program, "source">[] = [
  control("blobs, one layer", blobs, 3, { layers: [16], fit: trained("adam", 30, 32, 0.005) }),
  control("blobs, two layers", blobs, 3, { layers: [5, 5], fit: trained("adam", 80, 32, 0.005) }),
  control("blobs, tanh", blobs, 3, { layers: [12], net: { activation: "tanh" }, fit: trained("adam", 40, 32, 0.005) }),
  control("blobs, selu", blobs, 3, {
    layers: [8, 8],
    net: { activation: "selu", init: "lecun" },
    fit: trained("adam", 40, 32, 0.005),
  }),
  control("blobs, sgd", blobs, 3, { layers: [10], fit: trained("sgd", 40, 32, 0.02) }),
  control("blobs, four layers", blobs, 3, { layers: [10, 10, 10, 10], fit: trained("adam", 60, 32, 0.003) }),
  control("blobs, no hidden layer", blobs, 3, { layers: [], fit: trained("adam", 60, 32, 0.01) }),
  control("circles, one layer", rings, 1, { layers: [16], fit: trained("adam", 80, 32, 0.01) }),
  control("circles, two layers", rings, 1, { layers: [12, 8], fit: trained("adam", 60, 32, 0.01) }),
  control("circles, tanh", rings, 1, {
    layers: [12],
    net: { activation: "tanh" },
    fit: trained("adam", 120, 32, 0.01),
  }),
  control("circles, rmsprop", rings, 1, { layers: [16], fit: trained("rmsprop", 80, 32, 0.005) }),
  control("circles, momentum", rings, 1, { layers: [16], fit: trained("momentum", 80, 16, 0.05) }),
  control("circles, three layers", rings, 1, {
    layers: [16, 16, 8],
    net: { activation: "elu" },
    fit: trained("adam", 80, 32, 0.005),
  }),
  control("circles, two softmax outputs", rings, 2, { layers: [16], fit: trained("adam", 80, 32, 0.01) }),
];
