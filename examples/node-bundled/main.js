// A Node program bundled into one file, which needs no node_modules: training, and reading HDF5, whose reader travels
// inside the bundle.
//
//   npm install && npm start

import { readFile } from "node:fs/promises";
import { createDataset, Network, Random, readHdf5 } from "wasmlp";

// 400 points of the plane, and whether each lies in the unit circle
const random = new Random(1);
const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
await network.fit(data, { iterations: 400, optimizer: "adam" });
console.log(`weights ${await network.fingerprint()}`);

const [file] = process.argv.slice(2);
if (file) {
  const { count, classes } = await readHdf5(await readFile(file), { name: file });
  console.log(`${count} examples of ${classes.join(" and ")}`);
}
