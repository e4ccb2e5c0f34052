// webpack: the kernels inside the package (wasmlp), and the same kernels compiled from their AssemblyScript by as-loader
// and handed to wasmlp/slim. Both give the same weights.
//
//   npm install && npm start

import { instantiate } from "as-loader/runtime/index.js";
import * as inlined from "wasmlp";
import kernels from "wasmlp/assembly/index.ts"; // the address of what as-loader makes of it
import * as slim from "wasmlp/slim";

const memory = new WebAssembly.Memory({ initial: 1 }); // the kernels' import; each training brings one of its own size
const { module } = await instantiate(kernels, fetch, { env: { memory } });
await slim.init(module);

async function train({ createDataset, Network, Random }, name) {
  // 400 points of the plane, and whether each lies in the unit circle
  const random = new Random(1);
  const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
  const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  await network.fit(data, { iterations: 400, optimizer: "adam" });
  const { accuracy } = await network.evaluate(data);
  document.querySelector("#said").append(`${name}: ${100 * accuracy} % of the points are right. `);
  return network.fingerprint();
}

document.querySelector("#said").textContent = "";
const hashes = [await train(inlined, "The kernels inside"), await train(slim, "Those of as-loader")];
document.querySelector("#weights").textContent = hashes.join(" ");
