// Jest: ES modules want --experimental-vm-modules, as in package.json.
//
//   npm install && npm test

import { createDataset, Network, Random } from "wasmlp";

test("learns whether points lie in the unit circle", async () => {
  const random = new Random(1);
  const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
  const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  await network.fit(data, { iterations: 400, optimizer: "adam" });
  const { accuracy } = await network.evaluate(data);
  expect(accuracy).toBeGreaterThan(0.9);
  console.log(`weights ${await network.fingerprint()}`);
});
