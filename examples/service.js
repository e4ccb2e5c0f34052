// A service that answers over HTTP: trained once, then kept loaded between requests. It asks itself a few and ends; with
// --stay it goes on.
//
//   node examples/service.js [--stay]

import { createServer } from "node:http";
import { createDataset, InputError, Network } from "wasmlp";

const points = Array.from({ length: 400 }, (_, i) => [(i % 20) / 10 - 1, Math.floor(i / 20) / 10 - 1]);
const names = points.map(([a, b]) => (a * a + b * b < 0.5 ? "inside" : "outside"));
const network = new Network({ inputs: 2, layers: [16, 1], activation: "tanh", seed: 1 });
await network.fit(createDataset({ x: points, y: names }), { iterations: 400, optimizer: "adam", learningRate: 0.05 });

const predictor = await network.predictor();

const server = createServer(async (request, response) => {
  const say = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(body);
  try {
    let text = "";
    for await (const part of request) text += part;
    say(200, JSON.stringify(predictor.classify(JSON.parse(text))));
  } catch (error) {
    if (!(error instanceof InputError || error instanceof SyntaxError)) throw error;
    say(400, JSON.stringify({ error: error.message }));
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
console.log(`POST rows of two numbers to ${url}`);

for (const rows of [
  [[0.1, 0.2]],
  [
    [0.9, 0.9],
    [0, 0],
    [-1, 0.5],
  ],
  [[1, 2, 3]],
]) {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(rows) });
  const told = await answer.json();
  console.log(`${JSON.stringify(rows)}: ${told.error ?? told.map(({ name }) => name).join(", ")}`);
}
if (!process.argv.includes("--stay")) {
  server.close();
  predictor.dispose();
}
