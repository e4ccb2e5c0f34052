// A policy that allows scripts and workers from this host's files only, and WebAssembly. A worker for the training then
// needs the address of its file; threads, which are started from text, cannot be had, and the training goes on without.
// The browser's console tells of the attempt; threads: 1 makes none.

import { createDataset, Network, Random } from "./wasmlp/index.js";

// 400 points of the plane, and whether each lies in the unit circle
const random = new Random(1);
const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

const said = document.querySelector("#said");
const weights = document.querySelector("#weights");
said.textContent = "";
for (const worker of [false, new URL("./wasmlp/worker.js", location)]) {
  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  const { threads, why } = await network.fit(data, { iterations: 400, optimizer: "adam", worker });
  const { accuracy } = await network.evaluate(data);
  said.append(
    `Trained in the ${worker ? "worker" : "page"} (threads ${threads}, ${why}): ${100 * accuracy} % of the points are right. `,
  );
  weights.append(`${await network.fingerprint()} `);
}
document.title = "Trained";
