// A network that is kept to answer: the bits of the way that evaluates, for any number of rows; which weights it answers
// with; what it is loaded for and how often.

import { describe, expect, test } from "vitest";
import { loadBackend } from "../src/backend.js";
import { createDataset, type Examples } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { type LayerOptions, Network, type NetworkOptions, type Numbers, Random, type Table } from "../src/index.js";
import { restoreUnit, standardizeRows } from "../src/network/standardize.js";
import { numbers, setWeights } from "../src/session/layout.js";
import { infer, openInference } from "../src/session.js";
import { createTableDataset } from "../src/table.js";

const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 63, 64, 65, 1000];

const normals = (length: number, seed = 3) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
};

/** What the network answers by the plan that evaluates, layer by layer as the options say. */
async function reference(network: Network, options: NetworkOptions, examples: Examples): Promise<Numbers> {
  const { resolveNetworkOptions } = await import("../src/network/options.js");
  const { architecture } = resolveNetworkOptions(options);
  const by = network.standardization;
  const { x, scale } = examples;
  const seen = by
    ? { ...examples, x: standardizeRows(x, scale, by.inputs, numbers(network, x.length)), scale: 1 }
    : examples;
  const session = openInference(await loadBackend("wasm"), architecture, seen);
  setWeights(session, network.weights);
  const outputs = network.layers[network.layers.length - 1]!;
  const length = examples.count * outputs;
  const all = network.dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
  for await (const batch of infer(session, seen)) all.set(batch.outputs, batch.first * outputs);
  return by?.targets ? restoreUnit(all, by.targets) : all;
}

const asExamples = (x: Examples["x"], features: number, scale = 1): Examples => {
  return { x, count: x.length / features, features, shape: [features], scale };
};

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof InputError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
};

const layer = (units: number, more: Partial<LayerOptions>): LayerOptions => ({ units, ...more });
const NETWORKS: [string, NetworkOptions][] = [
  ["37-33-12-5", { inputs: 37, layers: [33, 12, 5] }],
  ["300-20-7-1, sigmoid, scaled", { inputs: 300, layers: [20, 7, 1], scale: 1 / 255 }],
  ["1-1, linear", { inputs: 1, layers: [1], output: "linear" }],
  ["513-4-65-3, gelu, layer norm", { inputs: 513, layers: [4, 65, 3], activation: "gelu", normalization: "layer" }],
  [
    "9-16-16-16-2, batch norm, prelu, residual",
    {
      ...{ inputs: 9, layers: [16, layer(16, { residual: true }), layer(16, { activation: "tanh", dropout: 0.3 }), 2] },
      ...{ activation: "prelu", normalization: "batch", output: "softmax" },
    },
  ],
];

describe.each(["float32", "float64"] as const)("the bits of the other way, %s", (dtype) => {
  describe.each(NETWORKS)("%s", (_, own) => {
    const options: NetworkOptions = { seed: 5, ...own, dtype };
    const network = new Network(options);
    const { inputs } = network;
    const x = normals(1000 * inputs);
    const bytes = Uint8Array.from(x, (value) => 100 + 50 * value);

    test.each(["wasm", "js"] as const)("of %s, for any number of rows", async (backend) => {
      const asked = new Network({ ...options, backend });
      const predictor = await asked.predictor();
      for (const count of backend === "js" ? [1, 3, 8, 65, 300] : SIZES) {
        for (const some of [x, Float64Array.from(x), bytes]) {
          const rows = some.subarray(0, count * inputs);
          const want = await reference(network, options, asExamples(rows, inputs, network.scale));
          expect(predictor.run(rows), `${count} rows`).toEqual(want);
          expect(await asked.predict(rows), `${count} rows`).toEqual(want);
        }
      }
    });

    test("a row is answered alike alone, among others and as a list", async () => {
      const predictor = await network.predictor();
      const together = predictor.run(x.subarray(0, 21 * inputs));
      for (let i = 0; i < 21; i++) {
        const row = x.subarray(i * inputs, (i + 1) * inputs);
        const want = together.slice(i * predictor.outputs, (i + 1) * predictor.outputs);
        expect(predictor.run(row)).toEqual(want);
        expect(predictor.run([[...row]])).toEqual(want);
        expect(await predictor.predict(asExamples(row, inputs, network.scale))).toEqual(want);
      }
    });
  });
});

describe("what the network does to its data", () => {
  const x = Array.from({ length: 40 }, (_, i) => [i, Math.sin(i) * 1000, 5]);
  test.each(["float32", "float64"] as const)("columns and targets in their own unit, %s", async (dtype) => {
    const y = x.map(([a, b]) => 3000 * a! + b!);
    const options: NetworkOptions = { inputs: 3, layers: [6, 1], output: "linear", standardize: true, dtype };
    const network = new Network(options);
    await network.fit(createDataset({ x, y, regression: true }), { iterations: 20, learningRate: 0.05 });
    const predictor = await network.predictor();
    const rows = Float64Array.from(x.flat());
    for (const count of [1, 9, 40]) {
      const some = rows.subarray(0, 3 * count);
      const want = await reference(network, options, asExamples(some, 3));
      expect(predictor.run(some)).toEqual(want);
      expect(await network.predict(some)).toEqual(want);
    }
    expect(Math.max(...predictor.run(rows))).toBeGreaterThan(1000); // not standardised any more
  });

  test("tables, their columns in any order", async () => {
    const columns = [
      { name: "colour", values: ["red", "blue", "red", null] },
      { name: "size", values: Float64Array.of(1, 2, 3, 4) },
      { name: "kind", values: ["a", "b", "a", "b"] },
    ];
    const table: Table = { columns, count: 4 };
    const data = createTableDataset(table, { target: "kind", categories: ["colour"] });
    const network = new Network({ inputs: data.features, layers: [4, 1], standardize: true });
    await network.fit(data, { iterations: 30, learningRate: 0.1 });
    const predictor = await network.predictor();
    const asked: Table = { columns: [columns[1]!, columns[0]!], count: 4 };
    expect(predictor.run(asked)).toEqual(await network.predict(data));
    expect(predictor.classify(asked)).toEqual(await network.classify(table));
    expect(predictor.classify(asked).map(({ name }) => name)).toContain("a");
    expect(await codeOf(async () => (await new Network({ inputs: 2, layers: [1] }).predictor()).run(table))).toMatch(
      /^E_TABLE run: the network was not trained on a table/,
    );
  });
});

describe("which weights", () => {
  const x = normals(20 * 6);
  const data = createDataset({ x: Array.from({ length: 20 }, (_, i) => [...x.subarray(6 * i, 6 * i + 6)]), y: [...Array(20).keys()].map((i) => i % 2) }); // biome-ignore format: one line
  const make = () => new Network({ inputs: 6, layers: [9, 1], seed: 8 });

  test("predict's are those of the network now: after fit, set, in a callback", async () => {
    const network = make();
    const fresh = async () => Network.load(network.save()).predict(x);
    const seen = [await network.predict(x)];
    const onCost = async () => {
      const own = new Network({ inputs: 6, layers: [9, 1] });
      own.weights = network.weights;
      expect(await network.predict(x)).toEqual(await own.predict(x));
      seen.push(await network.predict(x));
    };
    await network.fit(data, { iterations: 3, learningRate: 0.5, logEvery: 1, onCost });
    seen.push(await network.predict(x));
    expect(seen.at(-1)).toEqual(await fresh());
    network.weights = network.weights.map(({ weight, bias }) => ({ weight: weight.map((w) => -w), bias }));
    seen.push(await network.predict(x));
    expect(seen.at(-1)).toEqual(await fresh());
    // the first record is of the weights that it began with
    expect(new Set(seen.map((values) => values.join())).size).toBe(seen.length - 1);
  });

  test("a predictor's are those it was made with, whatever becomes of the network", async () => {
    const network = make();
    const predictor = await network.predictor();
    const before = predictor.run(x);
    await network.fit(data, { iterations: 3, learningRate: 0.5 });
    expect(await network.predict(x)).not.toEqual(before);
    expect(predictor.run(x)).toEqual(before);
    network.dispose();
    expect(predictor.run(x)).toEqual(before);
    expect(await codeOf(() => network.predict(x))).toMatch(/^E_DISPOSED/);
    expect(await codeOf(() => network.predictor())).toMatch(/^E_DISPOSED/);
  });

  test("of answers that take long, each has those that it was asked with", async () => {
    const options: NetworkOptions = { inputs: 300, layers: [200, 3], backend: "js", seed: 2 };
    const network = new Network(options);
    const many = normals(600 * 300);
    const want = await new Network({ ...options, backend: "wasm" }).predict(many);
    const one = await network.predict(many.subarray(0, 300));
    const first = network.predict(many);
    await new Promise((resolve) => setTimeout(resolve)); // it is in the midst
    network.weights = network.weights.map(({ weight, bias }) => ({ weight, bias: bias.map(() => 1) }));
    expect(await network.predict(many.subarray(0, 300))).not.toEqual(one);
    expect(await first).toEqual(want);
  });

  test("a predictor answers others in the pauses of a long answer", async () => {
    const options: NetworkOptions = { inputs: 300, layers: [200, 3], seed: 2 };
    const predictor = await new Network({ ...options, backend: "js" }).predictor();
    const many = normals(600 * 300);
    const want = predictor.run(many);
    const row = asExamples(new Uint8Array(300).fill(7), 300, 0.5); // another scale than theirs
    const alone = predictor.run(row);
    let [done, others] = [false, 0];
    const long = predictor.predict(many).finally(() => {
      done = true;
    });
    for (; !done; others++) {
      expect(predictor.run(row)).toEqual(alone);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await long).toEqual(want);
    expect(others).toBeGreaterThan(1);
  });
});

describe("it is loaded once", () => {
  const loads = async (work: () => Promise<unknown>): Promise<number> => {
    const { Instance } = WebAssembly;
    let made = 0;
    WebAssembly.Instance = class extends Instance {
      constructor(...parts: ConstructorParameters<typeof Instance>) {
        super(...parts);
        made++;
      }
    };
    try {
      await work();
      return made;
    } finally {
      WebAssembly.Instance = Instance;
    }
  };
  const network = new Network({ inputs: 12, layers: [5, 3] });

  test("for any number and type of rows, one after the other and at the same time", async () => {
    const asked = async () => {
      for (const count of [1, 700, 2, 64]) {
        await network.predict(new Float32Array(12 * count));
        await network.predict(new Uint8Array(12 * count));
      }
      await Promise.all([1, 2, 3, 4, 5].map((count) => network.predict(new Float64Array(12 * count))));
      await network.classify(new Float32Array(12));
    };
    expect(await loads(asked)).toBe(1);
  });

  test("also with other weights", async () => {
    expect(
      await loads(async () => {
        network.weights = network.weights.map(({ weight, bias }) => ({ weight, bias: bias.map(() => 1) }));
        await network.predict(new Float32Array(12));
      }),
    ).toBe(0);
  });

  test("a predictor of its own once", async () => {
    expect(
      await loads(async () => {
        const predictor = await network.predictor();
        for (const count of [1, 700, 2]) predictor.run(new Float32Array(12 * count));
      }),
    ).toBe(1);
  });
});

describe("an array for the answers", () => {
  const network = new Network({ inputs: 4, layers: [3] });

  test("is filled and returned", async () => {
    const predictor = await network.predictor();
    const rows = normals(8);
    const out = new Float32Array(6).fill(7);
    expect(predictor.run(rows, out)).toBe(out);
    expect(out).toEqual(await network.predict(rows));
    expect([predictor.inputs, predictor.outputs]).toEqual([4, 3]);
    expect(predictor.run([], new Float32Array(0)).length).toBe(0);
  });

  test.each<[string, unknown]>([
    ["Float32Array of 5 numbers", new Float32Array(5)],
    ["Float32Array of 7 numbers", new Float32Array(7)],
    ["Float64Array of 6 numbers", new Float64Array(6)],
    ["[0, 0, 0, 0, 0, 0]", [0, 0, 0, 0, 0, 0]],
  ])("that is a %s is refused", async (what, out) => {
    const predictor = await network.predictor();
    expect(await codeOf(() => predictor.run(new Float32Array(8), out as Float32Array))).toBe(
      `E_OPTION run: out is ${what}; 2 answers of 3 numbers want a Float32Array of 6.`,
    );
  });

  test("is of float64 for a network of that type", async () => {
    const predictor = await new Network({ inputs: 4, layers: [3], dtype: "float64" }).predictor();
    const out = new Float64Array(3);
    expect(predictor.run(normals(4), out)).toBe(out);
    expect(await codeOf(() => predictor.run(normals(4), new Float32Array(3)))).toMatch(/want a Float64Array of 3\.$/);
  });
});

describe("what is refused", () => {
  test("rows that do not fit, and what is not finite wherever it is", async () => {
    const predictor = await new Network({ inputs: 5, layers: [2], output: "linear" }).predictor();
    expect(await codeOf(() => predictor.run(new Float32Array(7)))).toBe(
      "E_FEATURES run: the data have 7 features, the network wants 5.",
    );
    expect(await codeOf(() => predictor.predict([[1, 2]]))).toMatch(/^E_FEATURES predict: /);
    expect(await codeOf(() => predictor.run("x" as never))).toMatch(/^E_\w+ run: /);
    for (let place = 0; place < 10; place++) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const x = normals(10);
        x[place] = bad;
        const message = new RegExp(`^E_NOT_FINITE_DATA run: row ${Math.floor(place / 5)} of x has -?(NaN|Infinity);`);
        expect(await codeOf(() => predictor.run(x))).toMatch(message);
      }
    }
    const large = Float32Array.of(3e38, -3e38, 3e38, -3e38, 3e38);
    const steep = new Network({ inputs: 5, layers: [2], output: "linear", init: 100 });
    expect(await codeOf(async () => (await steep.predictor()).run(large))).toMatch(
      /^E_NOT_FINITE_DATA run: the answer to example 0 is -?(Infinity|NaN)/,
    );
    expect(predictor.run(new Float32Array(5))).toEqual(Float32Array.of(0, 0)); // and it goes on
    expect(await codeOf(() => predictor.classify(new Float32Array(5)))).toBe(
      "E_OPTION classify: a linear output gives no classes; use predict.",
    );
  });

  test("everything, once it is disposed of", async () => {
    const predictor = await new Network({ inputs: 2, layers: [1] }).predictor();
    const x = new Float32Array(2);
    const going = predictor.predict(new Float32Array(2000));
    predictor.dispose();
    predictor[Symbol.dispose]();
    expect((await going).length).toBe(1000);
    for (const [who, call] of [
      ["run", () => predictor.run(x)],
      ["predict", () => predictor.predict(x)],
      ["classify", () => predictor.classify(x)],
    ] as const) {
      expect(await codeOf(call)).toBe(
        `E_DISPOSED ${who}: this predictor was disposed of; make a new one with network.predictor().`,
      );
    }
  });
});
