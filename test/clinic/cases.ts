// What a case is: a recipe with one thing changed, and how its parts are put together. The tables are illnesses.ts's and
// healthy.ts's.

import type { FitOptions } from "../../src/index.js";
import type { Data } from "./data.js";
import type { DataFault, WeightFault } from "./faults.js";
import type { Kind } from "./kinds.js";
import { type Net, type PartName, RECIPES, type Recipe, type SetName } from "./sets.js";

/** What is other than in the recipe. */
export interface Change {
  readonly net?: Net;
  readonly fit?: FitOptions;
  /** What the recipe's learning rate is multiplied by. */
  readonly rate?: number;
  /** Hidden widths. */
  readonly layers?: readonly number[];
  /** Units of the output layer, where the data do not say. */
  readonly outputs?: number;
  readonly data?: DataFault;
  readonly weights?: WeightFault;
  /** A training of the recipe before the one that counts, so long. */
  readonly warm?: FitOptions;
  /** Whether labels are predicted as numbers: the score is the share that rounds to the label. */
  readonly rounded?: boolean;
  readonly balanced?: boolean;
}

export interface Case {
  readonly kind: Kind | "healthy";
  readonly name: string;
  readonly set: SetName;
  readonly part: PartName;
  /** What case and control share. */
  readonly base: Change;
  /** The one thing that is done wrong; of healthy runs, what is done otherwise. */
  readonly fault: Change;
  /** Whether the fault makes the score better than it is. */
  readonly flatters: boolean;
  /** Codes that are no false alarm in a healthy run, as they are true of it. */
  readonly allow: readonly string[];
}

interface More {
  readonly base?: Change;
  readonly flatters?: boolean;
  readonly allow?: readonly string[];
}

/** A case on each of the sets, whose names are divided by spaces. */
export function on(kind: Case["kind"], name: string, sets: string, fault: Change = {}, more: More = {}): Case[] {
  return sets
    .split(/[\s|]+/)
    .filter(Boolean)
    .map((set) => {
      const recipe = RECIPES[set as SetName];
      if (!recipe) throw new Error(`${kind}, ${name}: there is no data set ${set}`);
      const { base = {}, flatters = false, allow = [] } = more;
      return { kind, name, set: set as SetName, part: recipe.part, base, fault, flatters, allow };
    });
}

/** A training in full. */
export interface Training extends Omit<Change, "fit" | "layers" | "rate" | "data"> {
  readonly source: (seed: number) => Data | Promise<Data>;
  readonly layers: readonly number[];
  readonly net: Net;
  readonly fit: FitOptions;
  readonly faults: readonly DataFault[];
  /** The recipe's learning rate, for a training before the one that counts. */
  readonly warmRate?: number | undefined;
}

function change(training: Training, { net, fit, rate = 1, data, ...others }: Change): Training {
  const { iterations, epochs, ...rest } = training.fit;
  // one of iterations and epochs takes the other's place
  const length = fit?.iterations === undefined && fit?.epochs === undefined ? { iterations, epochs } : {};
  const learningRate = fit?.learningRate ?? (rest.learningRate === undefined ? undefined : rate * rest.learningRate);
  return {
    ...training,
    ...others,
    net: { ...training.net, ...net },
    fit: known({ ...rest, ...length, ...fit, learningRate }),
    faults: data ? [...training.faults, data] : training.faults,
  };
}

const known = (options: FitOptions): FitOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

export function recipeOf(set: SetName): Training {
  const { data, layers, net = {}, fit, balanced = false }: Recipe = RECIPES[set];
  return { source: data, layers, net, fit, faults: [], balanced, warmRate: fit.learningRate };
}

export const controlOf = ({ set, base }: Case): Training => change(recipeOf(set), base);
export const trainingOf = (one: Case): Training => change(controlOf(one), one.fault);

export const titleOf = ({ kind, set, name }: Case) => `${kind}, ${set}: ${name}`;
