// workerd, as in Cloudflare's Workers: it compiles no WebAssembly at run time, so the kernels come as a module.
//
//   npm install && npm start

import kernels from "wasmlp/kernels.wasm";
import { createDataset, init, Network, Random } from "wasmlp/slim";

await init(kernels);

export default {
  async fetch() {
    // 400 points of the plane, and whether each lies in the unit circle
    const random = new Random(1);
    const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
    const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });

    const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
    await network.fit(data, { iterations: 400, optimizer: "adam" });
    const { accuracy } = await network.evaluate(data);
    return new Response(`${100 * accuracy} % of the points right\nweights ${await network.fingerprint()}\n`);
  },
};
