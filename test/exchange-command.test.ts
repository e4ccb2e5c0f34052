// The commands export and import, and what the others say of models of others: what a person types who has one.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importNetwork, Network } from "../src/index.js";
import { commandIn } from "./command.js";
import golden from "./golden/exchange.json" with { type: "json" };
import { deviation, runOnnx } from "./onnx.js";

const folder = mkdtempSync(join(tmpdir(), "wasmlp-exchange-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = commandIn(folder);

const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

beforeAll(() => {
  const source = new URL("fixtures/exchange/", import.meta.url).pathname;
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(folder, name));
  const network = new Network({ inputs: 3, layers: [4, 2], classes: ["no", "yes"], scale: 0.5, seed: 4 });
  writeFileSync(join(folder, "own.safetensors"), network.save());
});

test("export writes ONNX and Keras, which have the same answers", async () => {
  const network = Network.load(read("own.safetensors"));
  const x = Float32Array.of(1, -2, 3, 0.5, 7, -1);
  const wanted = await network.predict(x);
  const { code, stderr } = await run("export", "own.safetensors", "own.onnx");
  expect([code, stderr]).toEqual([0, "saved the model to own.onnx (ONNX, opset 17)\n"]);
  expect(deviation(await runOnnx(read("own.onnx"), { input: { data: x, shape: [2, 3] } }), wanted)).toBeLessThan(1e-6);
  expect((await run("export", "own.safetensors", "own.keras")).stderr).toMatch(/^saved the model to own\.keras/);
  const again = await importNetwork({ name: "own.keras", bytes: read("own.keras") });
  expect(deviation(await again.predict(x), wanted)).toBeLessThan(1e-6);
  expect((await run("export", "own.safetensors", "bare.onnx", "--bare")).code).toBe(0);
  const bare = await importNetwork({ name: "bare.onnx", bytes: read("bare.onnx") });
  expect([bare.scale, bare.classes]).toEqual([1, ["no", "yes"]]);
});

test("import takes ONNX, and predict then the model", async () => {
  const { code, stdout, stderr } = await run(
    "import",
    "torch-17.onnx",
    "--out",
    "torch.safetensors",
    "--classes",
    "a,b",
  );
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toBe(
    "Network 7-6-6-1 (sigmoid): 115 parameters; trained on it would make\nbinaryCrossEntropy small.\nsaved the model to torch.safetensors\n",
  );
  const { x, y } = golden["torch-17.onnx"];
  writeFileSync(join(folder, "rows.json"), JSON.stringify(x));
  const predicted = await run("predict", "torch.safetensors", "rows.json", "--json");
  const found = predicted.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).probabilities.b);
  expect(deviation(found, y.flat())).toBeLessThan(1e-6);
});

test("import finds the weights that a model.json names beside it, and tells what is asked for and changed", async () => {
  expect((await run("import", "tfjs.json", "--out", "tfjs.safetensors")).stderr).toMatch(/^Network 5-8-2 \(softmax\)/);
  const args = ["import", "torch-sequential.safetensors", "--out", "s.safetensors"];
  const asked = await run(...args);
  expect(asked.code).toBe(1);
  expect(asked.stderr).toMatch(
    /^wasmlp: torch-sequential\.safetensors has .* 7-5-4-3 .*--activation relu.*\[E_MODEL\]\n$/,
  );
  const done = await run(...args, "--activation", "relu", "--output", "softmax");
  expect(done.stderr.replaceAll("\n", " ")).toMatch(/^module "6" behind an activation is folded .* saved the model/);
  expect(Network.load(read("s.safetensors")).output).toBe("softmax");
});

test("other commands say what such a file is, and to import it first", async () => {
  const says = async (...args: string[]) => (await run(...args)).stderr;
  expect(await says("predict", "torch-17.onnx", "rows.json")).toBe(
    "wasmlp: torch-17.onnx is an ONNX model; import it first: wasmlp import torch-17.onnx --out torch-17-imported.safetensors. [E_MODEL]\n",
  );
  expect(await says("inspect", "keras3.keras")).toMatch(
    /is a Keras model; import it first: wasmlp import keras3\.keras --out/,
  );
  expect(await says("evaluate", "tfjs.json", "x.h5")).toMatch(
    /is a TensorFlow\.js model; import it first: wasmlp import tfjs/,
  );
  expect(await says("predict", "keras2.h5", "rows.json")).toMatch(
    /HDF5 file; pass a model .*, or, if Keras saved it, import it first/,
  );
  expect(await says("predict", "torch-half.safetensors", "rows.json")).toMatch(/E_MODEL/);
  expect(await says("predict", "torch-named.safetensors", "rows.json")).toMatch(
    /import PyTorch's weights first: wasmlp import torch-named/,
  );
  expect(await says("predict", "torch.pt", "rows.json")).toMatch(/PyTorch file, a pickle.*save_file/);
  expect(await says("train", "keras2.h5")).toMatch(
    /holds the weights of a Keras model \("model_weights\/dense\/.*wasmlp import keras2\.h5/,
  );
  expect((await run("inspect", "keras2-weights.h5")).stdout).toMatch(/holds the weights of a Keras model .*6x4/);
});

test("nothing is written where something is wrong", async () => {
  const before = readdirSync(folder).sort();
  const wrong: [RegExp, ...string[]][] = [
    [/E_MODEL/, "import", "rows.json", "--out", "new.safetensors"],
    [/E_MODEL/, "import", "torch.pt", "--out", "new.safetensors"],
    [/does not say where|nothing says where .*E_OPTION/, "import", "torch-17.onnx"],
    [/exists already.*E_FILE_EXISTS/, "import", "torch-17.onnx", "--out", "own.safetensors"],
    [/are one file.*E_OPTION/, "import", "torch-17.onnx", "--out", "torch-17.onnx", "--force"],
    [/leave activation out.*E_MODEL/, "import", "torch-17.onnx", "--out", "new.safetensors", "--activation", "relu"],
    [/ends in \.onnx or \.keras.*E_OPTION/, "export", "own.safetensors", "own.pb"],
    [/E_MODEL/, "export", "keras3.keras", "new.onnx"],
    [/E_FILE_MISSING/, "import", "none.onnx", "--out", "new.safetensors"],
  ];
  for (const [message, ...args] of wrong) {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(/^wasmlp: [^\n]+ \[E_\w+\]\n$/);
    expect(stderr).toMatch(message);
    expect([code === 0, stdout]).toEqual([false, ""]);
  }
  expect(readdirSync(folder).sort()).toEqual(before);
}, 30_000);
