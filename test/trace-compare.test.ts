// A NumPy program's values beside a trace: right ones by several hands, and ones with a mistake planted
// (scripts/fixtures-trace.py, NumPy 1.24, by a program of our own).

import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { arraysOfNpz } from "../src/dataset/npz.js";
import { writeNpz } from "../src/dataset/npz-write.js";
import { createDataset } from "../src/dataset.js";
import { InputError } from "../src/errors.js";
import { Network } from "../src/network.js";
import { compare } from "../src/trace/compare.js";
import type { GivenArray } from "../src/trace/names.js";
import { readValues } from "../src/trace/read.js";
import type { Trace } from "../src/trace/types.js";
import { compareTraces, traceToNpz } from "../src/trace.js";

const file = new Uint8Array(readFileSync(new URL("fixtures/trace.npz", import.meta.url)));

interface Program {
  readonly name: string;
  readonly mistake: string | null;
  /** The right program beside whose values it is kept. */
  readonly of?: string;
  /** Whether all of it is kept, not only what differs. */
  readonly whole?: boolean;
  readonly sizes: number[];
  readonly hidden: "relu" | "tanh" | "sigmoid";
  readonly iteration: number;
  readonly seed: number;
  readonly raw: number[][];
  readonly labels: number[];
  /** Shapes of its arrays. */
  readonly arrays: Readonly<Record<string, number[]>>;
}

const { rate, programs }: { rate: number; programs: Program[] } = JSON.parse(
  String(arraysOfNpz("the fixture", file).get("about")!.read()[0]),
);
const byName = new Map(programs.map((program) => [program.name, program]));
const kept = arraysOf(readValues("the fixture", file).numbers!.data);

/** The arrays of each program, which lie one after the other. */
function arraysOf(numbers: ArrayLike<number>): Map<string, Record<string, GivenArray>> {
  let at = 0;
  const take = (shape: readonly number[]): GivenArray => {
    const from = at;
    at += shape.reduce((a, b) => a * b, 1);
    return { shape, data: Array.prototype.slice.call(numbers, from, at) };
  };
  return new Map(
    programs.map(({ name, arrays }) => [
      name,
      Object.fromEntries(Object.entries(arrays).map(([key, shape]) => [key, take(shape)])),
    ]),
  );
}

const valuesOf = ({ name, of, whole }: Program): Record<string, GivenArray> => ({
  ...(of && !whole ? kept.get(of) : {}),
  ...kept.get(name),
});

const traces = new Map<string, Promise<Trace>>();
function traceOf(program: Program): Promise<Trace> {
  const name = program.of ?? program.name;
  const { sizes, hidden, iteration, seed, raw, labels } = byName.get(name)!;
  const [inputs, ...layers] = sizes as [number, ...number[]];
  const data = createDataset({ x: raw, y: labels, scale: 1 / 255 });
  const network = new Network({ inputs, layers, activation: hidden, init: "lecun", seed });
  const made = traces.get(name) ?? network.trace(data, { iterations: 10, learningRate: rate }, { iteration });
  traces.set(name, made);
  return made;
}

const compared = async (program: Program) => compare(await traceOf(program), valuesOf(program), []);

describe("a planted mistake is named", () => {
  test.each(programs.filter(({ mistake }) => mistake !== null))("$name", async (program) => {
    const { findings, message } = await compared(program);
    expect(findings[0]?.mistake, message).toBe(program.mistake);
    if (process.env.SHOW) console.log(program.name, "\n  ", message);
  });
});

describe("of a right program nothing departs", () => {
  test.each(programs.filter(({ mistake }) => mistake === null))("$name", async (program) => {
    const { departs, message } = await compared(program);
    expect(departs, message).toBe(false);
  });
});

const right = byName.get("right-5-4-3-1-relu-0-7")!;
const changed = (change: (values: Record<string, GivenArray>) => void) => {
  const values = { ...valuesOf(right) };
  change(values);
  return values;
};
const renamed = (by: (name: string) => string) =>
  Object.fromEntries(Object.entries(valuesOf(right)).map(([name, array]) => [by(name), array]));
const held = async (values: Record<string, GivenArray>, names: readonly string[] = []) =>
  compare(await traceOf(right), values, names);

describe("names", () => {
  const ways: readonly (readonly [string, (name: string) => string])[] = [
    ["lower case", (name) => name.toLowerCase()],
    ["upper case", (name) => name.toUpperCase()],
    ["behind a dictionary's", (name) => `${name.startsWith("d") ? "grads" : "parameters"}_${name}`],
    ["as paths", (name) => `values/${name}`],
    ["as keys", (name) => `cache['${name}']`],
    ["with the number apart", (name) => name.replace(/(\d)/, "_$1")],
    ["counted from 0", (name) => name.replace(/\d/, (l) => String(Number(l) - 1))],
    ["AL of the last layer", (name) => name.replace("A3", "AL")],
    ["new_W1 after the update", (name) => (name.endsWith("_after") ? `new_${name.slice(0, 2)}` : name)],
  ];
  test.each(ways)("%s", async (_, by) => {
    const { message, values, departs } = await held(renamed(by));
    expect(departs, message).toBe(false);
    expect(values.length).toBe(Object.keys(valuesOf(right)).length);
  });

  test("that somebody says", async () => {
    const values = changed((some) => {
      some.first = some.W1!;
      some.second = some.dW2!;
      for (const name of ["W1", "dW2"]) delete some[name];
    });
    const found = await held(values, ["first=W1", "second=dW2"]);
    expect(found.values.find(({ name }) => name === "dW2")).toMatchObject({ called: "second", state: "agrees" });
    expect((await held(values)).remarks.join()).toMatch(/names say nothing: first, second\.$/);
    await expect(held(values, ["first=V1"])).rejects.toThrow(/"first=V1" names no value; pass theirs=ours/);
    await expect(held(values, ["third=W1"])).rejects.toThrow(/there is no array "third"; the file has X, Y, /);
  });

  test("of the course's first version, whose dA2 is the gradient of A1", async () => {
    const values = changed((some) => {
      [some.dA3, some.dA2] = [some.dA2!, some.dA1!];
      delete some.dA1;
    });
    const { departs, remarks, message } = await held(values);
    expect(departs, message).toBe(false);
    expect(remarks.join()).toMatch(/the course's first version/);
  });
});

describe("programs of other styles are told apart, not accused", () => {
  const styles = [
    ["rows", [/examples as rows/, /counted from 0/]],
    ["1/m in dZ", [/examples as rows/, /dA and dZ carry the 1\/m/]],
    ["float32", [/the precision of float32/]],
  ] as const;
  test.each(styles)("%s", async (name, words) => {
    const { departs, remarks } = await compared(byName.get(name)!);
    expect(departs).toBe(false);
    for (const word of words) expect(remarks.join(" ")).toMatch(word);
  });

  test("a mistake is named in rows and in float32, too", async () => {
    const double = (array: GivenArray) => ({ ...array, data: Array.from(array.data, (v) => 7 * v) });
    const rows = { ...valuesOf(byName.get("rows")!) };
    rows.dw1 = double(rows.dw1!);
    delete rows.new_w1;
    expect((await held(rows)).findings[0]).toMatchObject({ name: "dW2", mistake: "no-mean" });
    const single = { ...valuesOf(byName.get("float32")!) };
    single.dW2 = { ...single.dW2!, data: Array.from(single.dW2!.data, (v) => Math.fround(7 * v)) };
    expect((await held(single)).findings[0]).toMatchObject({ name: "dW2", mistake: "no-mean" });
  });
});

describe("what is missing, or is not as it should be", () => {
  test("values that are not there are skipped, and a mistake in one is seen in the next", async () => {
    const program = programs.find(({ name }) => name.endsWith("dZ-turned"))!;
    const { dZ2: _, dZ1: __, ...values } = valuesOf(program);
    const { findings } = compare(await traceOf(program), values, []);
    expect(findings[0]).toMatchObject({ name: "dW2", mistake: "relu-mask-turned" });
    expect(findings[0]!.says).toMatch(/^what it is when dZ2, which is not in the file, is dA2 where/);
  });

  test("the student's program: weights at 0.01, and its backward pass is right", async () => {
    const program = programs.find(({ name }) => name.endsWith("init-0.01"))!;
    const { message, remarks, values } = await compared(program);
    expect(message).toMatch(
      /^The first value that departs is W1: it is the trace's weights drawn at 0\.01: your deviation/,
    );
    expect(message).toMatch(/write W1 = np\.random\.randn\(4, 5\) \/ np\.sqrt\(5\)\./);
    expect(message).toMatch(/The same in W2, W3\.$/);
    expect(remarks[0]).toMatch(/^Your ReLUBackward is right as it stands: dZ2, dZ1 follow/);
    expect(values.find(({ name }) => name === "Z1")!.state).toBe("follows");
  });

  test("two mistakes are both named, in the order of computation", async () => {
    const values = changed((some) => {
      some.cost = { shape: [], data: [-Number(some.cost!.data[0])] };
      some.dW1 = { ...some.dW1!, data: Array.from(some.dW1!.data, (v) => 7 * v) };
      delete some.W1_after;
    });
    const { findings } = await held(values);
    expect(findings.map(({ mistake }) => mistake)).toEqual(["cost-sign", "no-mean"]);
  });

  test("another shape, other examples, a number that is none, another number", async () => {
    const first = async (change: (some: Record<string, GivenArray>) => void) =>
      (await held(changed(change))).findings[0]!;
    const odd = await first((some) => {
      some.Z2 = { shape: [2, 2], data: [1, 2, 3, 4] };
    });
    expect(odd).toMatchObject({ name: "Z2", mistake: null, says: "of shape (2, 2) where (3, 7) is wanted" });
    const more = await first((some) => {
      some.X = { shape: [5, 9], data: new Float64Array(45) };
    });
    expect(more).toMatchObject({ name: "A0", mistake: "other-examples" });
    const bad = await first((some) => {
      some.dA3 = { ...some.dA3!, data: Array.from(some.dA3!.data, (v, i) => (i === 4 ? Number.NaN : v)) };
    });
    expect(bad).toMatchObject({ name: "dA3", mistake: "not-finite" });
    const strange = await first((some) => {
      some.A1 = { ...some.A1!, data: Array.from(some.A1!.data, (_, i) => i) };
    });
    expect(strange).toMatchObject({
      name: "A1",
      mistake: null,
      says: expect.stringMatching(/^not what its formula gives/),
    });
  });

  test("what rounding or a clipped logarithm makes is no mistake", async () => {
    const found = await held(
      changed((some) => {
        // sums to 0, in another order to a little beside it
        some.dZ1 = { shape: [4, 7], data: Array.from({ length: 28 }, (_, i) => [0.1, 0.2, -0.3, 0, 0, 0, 0][i % 7]!) };
        some.db1 = { shape: [4, 1], data: [-4e-18, 0, 4e-18, 1e-17] };
        // 1 for an example of class 0, whose loss is infinite, unless it is kept below 1
        const wrong = Array.from(some.Y!.data).indexOf(0);
        some.A3 = { ...some.A3!, data: Array.from(some.A3!.data, (p, i) => (i === wrong ? 1 : p)) };
        some.cost = { shape: [], data: [5.4] };
        some.dA3 = { ...some.dA3!, data: Array.from(some.dA3!.data, (d, i) => (i === wrong ? 1e8 : d)) };
      }),
    );
    const off = found.values.filter(({ state }) => state === "departs").map(({ name }) => name);
    for (const name of ["db1", "cost", "dA3"]) expect(off).not.toContain(name);
    expect(off).toContain("A3");
  });

  test("a file without any of the values is refused", async () => {
    await expect(held({})).rejects.toThrow(/has none of an iteration's values \(found no arrays\); save them as W1/);
    await expect(held({ foo: { shape: [1], data: [1] } })).rejects.toThrow(/\(found foo\)/);
  });
});

describe("hostile files", () => {
  const trace = async () => traceToNpz(await traceOf(right));
  const npy = (descr: string, shape: string, data: number[] = []) => {
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
    return Uint8Array.of(147, 78, 85, 77, 80, 89, 1, 0, text.length, 0, ...new TextEncoder().encode(text), ...data);
  };
  const refused = async (theirs: Uint8Array, words: RegExp, own?: Uint8Array) => {
    const call = compareTraces(own ?? (await trace()), theirs);
    await expect(call).rejects.toThrow(InputError);
    await expect(call).rejects.toThrow(words);
  };

  test("a pickle is refused by its name, and not run", async () => {
    const pickle = zipSync({ "parameters.npy": npy("|O", "()", [128, 4, 46]) });
    await refused(
      pickle,
      /"parameters" is of type object, not of numbers; write a dictionary as its arrays, np\.savez\("yours\.npz", \*\*parameters\)\.$/,
    );
  });
  test("empty files, other files, cut files", async () => {
    await refused(new Uint8Array(0), /yours|program's file is/);
    await refused(new TextEncoder().encode("W1 = 3"), /the program's file is/);
    await refused(zipSync({ "readme.txt": Uint8Array.of(1) }), /the program's file is a zip/);
    await refused(zipSync({ "other.npy": npy("<f8", "()", [0, 0, 0, 0, 0, 0, 0, 0]) }), /has none .* \(found other\)/);
    await refused((await trace()).subarray(0, 900), /is damaged or cut/);
    await refused(zipSync({ "W1.npy": npy("<f8", "(9, 9)", [1, 2]) }), /the header says 9x9 of float64/);
  });
  test("a trace that is none", async () => {
    const file = await trace();
    const about = { ...(await traceOf(right)).about };
    const broken = (change: object, drop?: string) => {
      const arrays = Object.fromEntries(Object.entries(traced.arrays).filter(([name]) => name !== drop));
      return writeNpz({ ...arrays, about: JSON.stringify({ ...about, ...change }) });
    };
    const traced = await traceOf(right);
    await refused(file, /the trace is no trace: it says nothing usable in about/, writeNpz({ W1: traced.arrays.W1! }));
    await refused(file, /nothing usable/, broken({ layers: [5, -4, 3, 1] }));
    await refused(file, /nothing usable/, broken({ layers: [5, 1e9] }));
    await refused(file, /nothing usable/, broken({ activations: ["relu", "relu", "no such"] }));
    await refused(file, /the trace is no trace: W2 is missing; make one with wasmlp trace/, broken({}, "W2"));
    await refused(file, /W2 is of shape \(3, 4\)/, broken({ layers: [5, 4, 2, 1] }));
  });
});
