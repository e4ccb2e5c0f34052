// The memory layout, and that the kernels stay inside what is theirs: neither inputs nor padding change in training.

import { describe, expect, test } from "vitest";
import type { Architecture } from "../src/architecture.js";
import { loadBackend } from "../src/backend.js";
import type { StepName } from "../src/catalogue.js";
import type { Dataset } from "../src/dataset.js";
import { compile, type Region } from "../src/plan.js";
import { Random } from "../src/random.js";
import { openGradient, openTraining, type Session } from "../src/session.js";
import { resolveFitOptions } from "../src/train/options.js";
import { beginTraining } from "../src/train/state.js";

// 0 and 1 short of, at and beyond the tile of 4, the panel of 8, the block of 32 and the chunk of 256
const SHAPES: [number, number[], number, number][] = [
  [1, [1], 1, 1],
  [3, [4, 1], 7, 7],
  [31, [5, 3], 9, 4],
  [32, [7, 2], 16, 8],
  [33, [8, 9, 1], 17, 16],
  [65, [33, 10], 257, 256],
  [9, [3, 1], 600, 513],
];

function architectureOf(inputs: number, units: number[], dtype: Architecture["dtype"]): Architecture {
  const last = units.length - 1;
  const output = units[last] === 1 ? "sigmoid" : "softmax";
  const layers = units.map((n, l) => ({
    inputs: l === 0 ? inputs : units[l - 1]!,
    units: n,
    activation: l === last ? output : "sigmoid",
  })) as Architecture["layers"];
  return { layers, loss: output === "sigmoid" ? "binaryCrossEntropy" : "categoricalCrossEntropy", dtype };
}

function dataOf(inputs: number, units: number[], count: number): Dataset {
  const random = new Random(6);
  const classes = Math.max(2, units[units.length - 1]!);
  return {
    x: Uint8Array.from({ length: count * inputs }, () => random.integer(255)),
    y: Int32Array.from({ length: count }, (_, i) => i % classes),
    classes: Array.from({ length: classes }, (_, c) => String(c)),
    ...{ count, features: inputs, shape: [inputs], scale: 1 / 255 },
  };
}

const bytesOf = (memory: ArrayBufferLike, { offset, length }: Region, size: number) =>
  new Uint8Array(memory.slice(offset, offset + length * size));

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const size = dtype === "float64" ? 8 : 4;

  test.each(SHAPES)("regions of %i-%j, %i examples in batches of %i lie apart, aligned and inside", (...shape) => {
    const [inputs, units, count, batch] = shape;
    const architecture = architectureOf(inputs, units, dtype);
    const plan = compile({
      ...{ purpose: "train", architecture, x: "uint8", y: "labels", count, batch, optimizer: "adam" },
      clip: true,
    });
    const regions = [
      { offset: plan.program, end: plan.program + plan.image.length },
      ...[plan.costs, plan.norms].map(({ offset, length }) => ({ offset, end: offset + 8 * length })),
      ...[plan.order, plan.y].map(({ offset, length }) => ({ offset, end: offset + 4 * length })),
      { offset: plan.x.offset, end: plan.x.offset + count * inputs },
      ...[plan.parameters, plan.gradient, plan.v, plan.s, plan.losses, ...plan.layers.map((l) => l.activations)].map(
        ({ offset, length }) => ({ offset, end: offset + size * length }),
      ),
    ].sort((a, b) => a.offset - b.offset);
    for (const [i, { offset, end }] of regions.entries()) {
      expect(offset % 64).toBe(0);
      expect(end).toBeGreaterThan(offset);
      expect(end).toBeLessThanOrEqual(regions[i + 1]?.offset ?? plan.bytes);
    }
  });

  describe.each(["js", "wasm"] as const)("%s", (backend) => {
    const OPTIMIZERS: StepName[] = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"];
    test.each(SHAPES.map((shape, i) => [...shape, OPTIMIZERS[i % OPTIMIZERS.length]!] as const))(
      "training %i-%j, %i examples in batches of %i with %s changes neither data nor padding",
      async (inputs, units, count, batch, optimizer) => {
        const data = dataOf(inputs, units, count);
        const session = openTraining(await loadBackend(backend), architectureOf(inputs, units, dtype), data, {
          batch,
          optimizer,
          clip: true,
        });
        const { plan, machine, parameters, gradient } = session;
        const random = new Random(2);
        for (const layer of plan.layers) {
          for (let u = 0; u < layer.units; u++) {
            for (let k = 0; k < layer.inputs; k++) parameters[layer.weight + u * layer.kp + k] = random.normal();
            parameters[layer.vectors.get("bias")! + u] = random.normal();
          }
        }
        beginTraining(
          session,
          resolveFitOptions({ iterations: 1, optimizer, learningRate: 0.1, clipNorm: 1 }, count, 1),
        );
        const kept = () => [
          bytesOf(machine.memory, plan.x, 1),
          bytesOf(machine.memory, plan.y, 4),
          bytesOf(machine.memory, plan.order, 4),
        ];
        const before = kept();
        expect(machine.steps(3)).toBe(3);
        expect(kept()).toEqual(before);
        for (const block of [parameters, gradient]) {
          let own = 0;
          for (const layer of plan.layers) {
            for (let u = 0; u < layer.units; u++) {
              own += block
                .subarray(layer.weight + u * layer.kp, layer.weight + u * layer.kp + layer.inputs)
                .filter(Boolean).length;
              own += block[layer.vectors.get("bias")! + u] ? 1 : 0;
            }
          }
          // whatever is not zero belongs to a weight or a bias
          expect(block.filter(Boolean).length).toBe(own);
          expect(own).toBeGreaterThan(0);
        }
      },
    );

    test("a training whose gradient is limited has the gradient of a plan without an optimizer", async () => {
      const data = dataOf(300, [5, 3], 20);
      const architecture = architectureOf(300, [5, 3], dtype);
      const draw = ({ parameters }: Session) => {
        parameters.forEach((_, i) => {
          parameters[i] = Math.fround(((i * 37) % 101) / 500);
        });
      };
      const loaded = await loadBackend(backend);
      const alone = openGradient(loaded, architecture, data);
      draw(alone);
      alone.run("passes");
      alone.run("gradients");
      const limited = openTraining(loaded, architecture, data, { batch: 20, optimizer: "adam", clip: true });
      draw(limited);
      const far = { iterations: 1, optimizer: "adam", clipNorm: 1e9 } as const;
      beginTraining(limited, resolveFitOptions(far, 20, 1));
      limited.steps(1);
      expect(alone.gradient.filter(Boolean).length).toBeGreaterThan(1000);
      expect(limited.gradient).toEqual(alone.gradient);
    });
  });
});
