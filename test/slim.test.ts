// wasmlp/slim as it is built: no kernels inside, the same bits with those it is given.

import { readFileSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";
import { hashOf, randomData } from "./data.js";

type Slim = typeof import("../src/slim.js");

const dist = new URL("../build/dist/", import.meta.url);
const kernels = (name: string) => readFileSync(new URL(name, dist));
const data = randomData(4000, 200);

let slim: Slim;
beforeEach(async () => {
  vi.resetModules(); // what was given to one is not there for the next
  slim = await import(new URL("slim.js", dist).href);
});

const train = async ({ Network }: Pick<Slim, "Network">, options: object = {}) => {
  const network = new Network({ inputs: 4000, layers: [64, 1] });
  const history = await network.fit(data, { iterations: 20, firstLayer: "direct", ...options });
  return { hash: hashOf(network), threads: history.threads };
};

test("its file holds no kernels", () => {
  expect(kernels("slim.js").length).toBeLessThan(250_000);
  expect(kernels("slim.js").includes(kernels("kernels.wasm").toString("base64").slice(0, 200))).toBe(false);
});

test("without kernels it says what to do; js needs none", async () => {
  await expect(train(slim)).rejects.toMatchObject({ code: "E_BACKEND", message: /call await init\(bytes\) first/ });
  const network = new slim.Network({ inputs: 4000, layers: [2, 1], backend: "js" });
  await network.fit(data, { iterations: 1 });
});

test.each([
  ["bytes", () => kernels("kernels.wasm")],
  ["an ArrayBuffer", () => new Uint8Array(kernels("kernels.wasm")).buffer],
  ["a module", () => WebAssembly.compile(kernels("kernels.wasm"))],
  ["a response", () => new Response(kernels("kernels.wasm"))],
])("%s give the bits of the inlined build, on one thread, and it says why", async (_, source) => {
  await slim.init(source());
  const inlined = await import("../src/index.js");
  const wanted = await train(inlined, { threads: 1 });
  let why = "";
  const got = await train(slim, { onStart: (strategy: { why: string }) => (why = strategy.why) });
  expect(got).toEqual(wanted);
  expect(why).toBe('init was given no "wasm-threads" kernels');
  expect(await train(slim, { worker: true })).toEqual(wanted);
});

test("the threaded build is used once it is given", async () => {
  await slim.init(kernels("kernels.wasm"));
  await expect(train(slim, { threads: 2 })).rejects.toMatchObject({ code: "E_THREADS", message: /"wasm-threads"/ });
  const { hash } = await train(slim);
  await slim.init(kernels("kernels-threads.wasm"), "wasm-threads");
  expect(await train(slim, { threads: 2 })).toEqual({ hash, threads: 2 });
  expect(await train(slim, { threads: 2, worker: true })).toEqual({ hash, threads: 2 });
});

test.each([
  ["a text", "kernels.wasm", /got string; pass bytes/],
  ["bytes of something else", new Uint8Array([1, 2, 3]), /cannot compile these kernels/],
  ["another module", Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), /not wasmlp's kernels/],
  ["an answer 404", new Response("", { status: 404 }), /answered 404/],
])("%s is refused", async (_, source, message) => {
  await expect(slim.init(source as BufferSource)).rejects.toMatchObject({ code: "E_BACKEND", message });
});

test("a predictor answers with the bits of the inlined build, once there are kernels", async () => {
  const options = { inputs: 4000, layers: [64, 3], seed: 4 };
  await expect(new slim.Network(options).predictor()).rejects.toMatchObject({ code: "E_BACKEND" });
  await slim.init(kernels("kernels.wasm"));
  const inlined = await import("../src/index.js");
  const [own, other] = [new slim.Network(options), new inlined.Network(options)];
  const [predictor, wanted] = [await own.predictor(), await other.predictor()];
  for (const count of [1, 3, 65]) {
    const rows = data.x.subarray(0, 4000 * count);
    expect(predictor.run(rows)).toEqual(wanted.run(rows));
    expect(await own.predict(rows)).toEqual(wanted.run(rows));
  }
});
