// Node, ES modules: the same network trained on this thread and in a worker, with the same weights.
//
//   npm install && npm start

import { createDataset, Network, Random } from "wasmlp";

// 400 points of the plane, and whether each lies in the unit circle
const random = new Random(1);
const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

for (const worker of [false, true]) {
  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  const { threads } = await network.fit(data, { iterations: 400, optimizer: "adam", worker });
  const { accuracy } = await network.evaluate(data);
  console.log(`worker ${worker}, threads ${threads}: ${100 * accuracy} % of the points right`);
  console.log(`weights ${await network.fingerprint()}`);
  network.dispose();
}
