// Who decides what is trained, the policy of src/auto.ts or the options, and the command that does the same again.

import { type AutoOptions, type Chosen, choose, decides } from "../auto.js";
import type { DataSource } from "../dataset/source.js";
import { type Dataset, outputsOf } from "../dataset.js";
import type { NetworkOptions } from "../network/options.js";
import { type Names, tableOptions } from "../node/formats.js";
import { textOf } from "../options/text.js";
import { OPTIONS, type Row } from "../options.js";
import { shellWord } from "../text.js";
import type { FitOptions } from "../train/options.js";
import { flagOf } from "./options.js";
import type { SetOptions } from "./sets.js";

/** What is said of who decides, beside options of networks and trainings. */
export interface Deciding extends Omit<NetworkOptions, "inputs">, FitOptions {
  auto?: boolean;
  preset?: "course";
}

/**
 * Whether the policy chooses: where that is asked for, and for files of one's own where none of the options that were
 * passed decides what is trained.
 */
export function isAuto(paths: readonly string[], options: Deciding, passed: readonly string[]): boolean {
  if (options.auto !== undefined || options.preset !== undefined) return options.auto ?? false;
  return paths.length > 0 && !passed.some(decides);
}

/** What the policy chooses beside the options that were `passed`. Rejects with what fit throws. */
export function chooseFor(
  data: Dataset | DataSource,
  options: Deciding,
  passed: readonly string[],
  more: Pick<AutoOptions, "signal" | "onTrial">,
): Promise<Chosen> {
  const given = Object.fromEntries(
    passed
      .filter((name) => (OPTIONS as Readonly<Record<string, Row>>)[name]?.code)
      .map((name) => [name, options[name as keyof Deciding]]),
  ) as AutoOptions;
  if (given.layers) given.layers = [...given.layers, outputsOf(data, given.loss)];
  return choose(data, { ...given, ...more, auto: true });
}

/** The command that trains the same again, whatever the policy is by then. */
export function commandOf(
  { network, fit }: Chosen,
  paths: readonly string[],
  data: Names & Pick<SetOptions, "test" | "group" | "validation" | "memory">,
): string {
  const { x, y, scale, size, skipBroken, separator, header, test, group, memory, validation } = data;
  const layers = network.layers.slice(0, -1);
  const values = {
    ...{ x, y, size, skipBroken, separator, header, noHeader: header === false, test, group, memory },
    ...{ ...tableOptions(data), ...network, ...fit, validation, scale, layers },
  };
  const options = Object.entries(OPTIONS as Readonly<Record<string, Row>>).flatMap(([name, { commands, value }]) => {
    const own = (values as Readonly<Record<string, unknown>>)[name];
    if (own === undefined || own === false || !commands?.includes("train")) return [];
    return value === undefined ? [flagOf(name)] : [flagOf(name), shellWord(textOf(own) || "none")];
  });
  return ["wasmlp", "train", ...paths.map(shellWord), ...options].join(" ");
}
