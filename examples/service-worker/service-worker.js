// A service worker, as an extension's background is one, too: no import(), no workers, no shared memory. The network
// trains on its thread, in slices.

import { createDataset, Network, Random } from "wasmlp";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) =>
  event.waitUntil(train().then((answer) => event.source.postMessage(answer))),
);

async function train() {
  // 400 points of the plane, and whether each lies in the unit circle
  const random = new Random(1);
  const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
  const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  await network.fit(data, { iterations: 400, optimizer: "adam" });
  const { accuracy } = await network.evaluate(data);
  return { accuracy, weights: await network.fingerprint() };
}
