// Weights alone, as PyTorch's state dicts and Keras's weights files have them: named modules with arrays, of which nobody
// says what order they stand in and what is between them. The order follows from the names, or else from the shapes;
// activations are asked for.

import { show } from "../options/check.js";
import type { Numbers } from "../session/layout.js";
import type { ImportOptions } from "./options.js";
import { type Foreign, ones, type Refuse, type Step, zeros } from "./steps.js";

/** A module with numbers. `called` names it in messages, `name` is what `order` lists. */
export type Module = { readonly name: string; readonly called: string } & (
  | {
      readonly is: "dense";
      readonly inputs: number;
      readonly units: number;
      readonly weight: Numbers;
      readonly bias: Numbers | null;
    }
  | {
      readonly is: "batch";
      readonly gamma: Numbers | null;
      readonly beta: Numbers | null;
      readonly mean: Numbers;
      readonly variance: Numbers;
    }
  | { readonly is: "layer"; readonly gamma: Numbers; readonly beta: Numbers | null }
  | { readonly is: "prelu"; readonly slopes: Numbers }
);

const MOST_MODULES = 5000;

type Of<I extends Module["is"]> = Extract<Module, { is: I }>;

/** What files of this kind leave open. */
export interface Usual {
  readonly epsilon: number;
  /** Whether the modules are in their order already, activations without numbers left out. */
  readonly ordered: boolean;
}

const widthOf = (module: Exclude<Module, Of<"dense">>): number =>
  module.is === "batch" ? module.mean.length : module.is === "layer" ? module.gamma.length : module.slopes.length;

/** Names in the order in which people count: fc2 before fc10. */
export function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/));
  for (let i = 0; i < Math.min(left!.length, right!.length); i++) {
    const [one, two] = [left![i]!, right![i]!];
    if (one === two) continue;
    if (i % 2 === 1 && Number(one) !== Number(two)) return Number(one) - Number(two);
    if (one !== two) return one < two ? -1 : 1;
  }
  return left!.length - right!.length;
}

/** The modules as steps, with the activations that are asked for. */
export function stepsOfModules(
  modules: readonly Module[],
  { ordered, epsilon }: Usual,
  options: ImportOptions,
  refuse: Refuse,
): Foreign {
  if (modules.length > MOST_MODULES) refuse(`${modules.length} modules`);
  const dense = modules.filter((module): module is Of<"dense"> => module.is === "dense");
  if (dense.length === 0) refuse("no weights of a dense layer");
  const chain = inOrder(dense, ordered, options, refuse);
  const others = modules.filter((module): module is Exclude<Module, Of<"dense">> => module.is !== "dense");
  const beside = besideOf(chain, others, modules, refuse);
  const slopes = [...beside.values()].flat().filter(({ is }) => is === "prelu").length;
  const { activation } = options;
  if (activation === undefined && chain.length - 1 > slopes) {
    const widths = [chain[0]!.inputs, ...chain.map(({ units }) => units)].join("-");
    refuse(
      `the weights of a network ${widths} and does not say its activations`,
      'pass the one of the hidden layers, such as { activation: "relu" }, on the command line --activation relu, and output where the last layer has one',
    );
  }
  const steps = chain.flatMap((module, l) => {
    const own = beside.get(module) ?? [];
    const norms = own.filter(({ is }) => is !== "prelu").map((one) => normStep(one, options.normEpsilon ?? epsilon));
    const prelu = own.find((one): one is Of<"prelu"> => one.is === "prelu");
    const hidden = l < chain.length - 1;
    const acts = activationOf(module.called, prelu, hidden, options, refuse);
    const behind =
      norms.length > 0 && acts.length > 0 && isBehind(module, own, chain, modules, ordered, options, refuse);
    const { name: _, is, ...rest } = module;
    return [{ does: is, ...rest } as Step, ...(behind ? [...acts, ...norms] : [...norms, ...acts])];
  });
  return { steps, shape: null, tellsActivations: false };
}

function activationOf(
  called: string,
  prelu: Of<"prelu"> | undefined,
  hidden: boolean,
  { activation, slope = 0.01 }: ImportOptions,
  refuse: Refuse,
): Step[] {
  if (prelu) return [{ does: "activation", called: prelu.called, activation: "prelu", slopes: prelu.slopes }];
  if (!hidden || activation === undefined) return [];
  if (activation === "prelu") return refuse(`no slopes of a prelu behind ${called}`, "pass another activation");
  return [
    {
      does: "activation",
      called: `${activation} behind ${called}`,
      activation,
      ...(activation === "leakyRelu" && { slope }),
    },
  ];
}

function normStep(module: Exclude<Module, Of<"dense">>, epsilon: number): Step {
  const { called } = module;
  const width = widthOf(module);
  if (module.is === "layer")
    return { does: "layer", called, gamma: module.gamma, beta: module.beta ?? zeros(width), epsilon };
  const { mean, variance, gamma, beta } = module as Of<"batch">;
  return {
    ...{ does: "batch", called, gamma: gamma ?? ones(width), beta: beta ?? zeros(width), mean, variance, epsilon },
    momentum: null,
  };
}

const joins = (chain: readonly Of<"dense">[]) =>
  chain.every(({ inputs }, l) => l === 0 || chain[l - 1]!.units === inputs);

/** The dense modules in their order: as asked for, by their names, or the only one that fits. */
function inOrder(
  dense: readonly Of<"dense">[],
  ordered: boolean,
  { order }: ImportOptions,
  refuse: Refuse,
): readonly Of<"dense">[] {
  const names = dense.map(({ name }) => show(name)).join(", ");
  if (order) {
    const chain = order.flatMap((name) => dense.filter((module) => module.name === name));
    const missing = order.find((name) => !dense.some((module) => module.name === name));
    if (missing !== undefined)
      refuse(`the dense layers ${names} and none called ${show(missing)}`, "name them in order");
    if (chain.length !== dense.length || !joins(chain)) {
      refuse(
        `dense layers (${sizesOf(dense)}) that do not fit together in the order that is asked for`,
        "name all of them, each once",
      );
    }
    return chain;
  }
  const named = ordered ? dense : [...dense].sort((a, b) => byNumbers(a.name, b.name));
  if (joins(named)) return named;
  const found = ordered ? [] : chainsOf(named);
  if (found.length === 1) return found[0]!;
  return found.length === 0
    ? refuse(`dense layers (${sizesOf(dense)}) that do not fit together one behind the other`)
    : refuse(
        `dense layers (${sizesOf(dense)}) that fit together in several orders`,
        `name them in theirs, { order: [${names}] }, on the command line --order`,
      );
}

const sizesOf = (dense: readonly Of<"dense">[]) =>
  dense
    .slice(0, 8)
    .map(({ name, inputs, units }) => `${show(name)} ${inputs}-${units}`)
    .join(", ");

const MOST_TRIED = 10_000;

/** Orders in which each reads as many numbers as the one before gives; at most two. */
function chainsOf(dense: readonly Of<"dense">[]): Of<"dense">[][] {
  const found: Of<"dense">[][] = [];
  let tried = 0;
  const extend = (chain: Of<"dense">[], rest: readonly Of<"dense">[]): void => {
    if (found.length > 1 || ++tried > MOST_TRIED) return;
    if (rest.length === 0) {
      found.push(chain);
      return;
    }
    const end = chain.at(-1)?.units;
    for (const next of rest) {
      if (end === undefined || next.inputs === end)
        extend(
          [...chain, next],
          rest.filter((one) => one !== next),
        );
    }
  };
  extend([], dense);
  // there may be more among those that were not tried
  return tried > MOST_TRIED ? [...found, ...found] : found;
}

/** Which dense module each other one goes with: the one before it where there is an order, else the next of its width. */
function besideOf(
  chain: readonly Of<"dense">[],
  others: readonly Exclude<Module, Of<"dense">>[],
  modules: readonly Module[],
  refuse: Refuse,
): Map<Of<"dense">, Exclude<Module, Of<"dense">>[]> {
  const beside = new Map<Of<"dense">, Exclude<Module, Of<"dense">>[]>();
  const numbered = isSequential(modules);
  for (const other of [...others].sort((a, b) => byNumbers(a.name, b.name))) {
    const fits = (module: Of<"dense">) => {
      const own = beside.get(module) ?? [];
      const width = widthOf(other);
      const isNew = !own.some(({ is }) => (is === "prelu") === (other.is === "prelu"));
      return isNew && (width === module.units || (other.is === "prelu" && width === 1));
    };
    const before = chain.filter(({ name }) => placeOf(name)! < placeOf(other.name)!).at(-1);
    const host = numbered ? (before && fits(before) ? before : undefined) : chain.find(fits);
    if (!host) return refuse(`${other.called} of ${widthOf(other)} numbers, which goes with no dense layer`);
    beside.set(host, [...(beside.get(host) ?? []), other]);
  }
  return beside;
}

/** The number of a module in a Sequential: 2 of "2", "net.2"; null for other names. */
function placeOf(name: string): number | null {
  const found = /(?:^|\.)(\d+)$/.exec(name);
  return found ? Number(found[1]) : null;
}

/** Whether the modules are those of one Sequential. */
const isSequential = (modules: readonly Module[]): boolean =>
  modules.every(({ name }) => placeOf(name) !== null) &&
  new Set(modules.map(({ name }) => name.replace(/\d+$/, ""))).size === 1;

/** Whether a normalisation stands behind the activation: told by the numbers of a Sequential, else asked for. */
function isBehind(
  dense: Of<"dense">,
  own: readonly Module[],
  chain: readonly Of<"dense">[],
  modules: readonly Module[],
  ordered: boolean,
  { place }: ImportOptions,
  refuse: Refuse,
): boolean {
  if (place !== undefined) return place === "behind";
  const norm = own.find(({ is }) => is !== "prelu")!;
  if (!ordered && isSequential(modules)) {
    // an activation has a number of its own
    const away = placeOf(norm.name)! - placeOf(dense.name)!;
    const next = chain[chain.indexOf(dense) + 1];
    const room = next ? placeOf(next.name)! - placeOf(norm.name)! : 2;
    if (away === 1) return false;
    if (room === 1) return true;
  }
  return refuse(
    `${norm.called} and does not say whether it stands before the activation or behind it`,
    'pass { place: "before" } or { place: "behind" }, on the command line --place before or --place behind',
  );
}
