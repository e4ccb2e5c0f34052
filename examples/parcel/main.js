// Parcel: nothing to set.
//
//   npm install && npm start

import { createDataset, Network, Random } from "wasmlp";

// 400 points of the plane, and whether each lies in the unit circle
const random = new Random(1);
const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
await network.fit(data, { iterations: 400, optimizer: "adam" });
const { accuracy } = await network.evaluate(data);
document.querySelector("#said").textContent = `Trained: ${100 * accuracy} % of the points are right.`;
document.querySelector("#weights").textContent = await network.fingerprint();
