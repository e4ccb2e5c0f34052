// Options of the commands, from the table, as commander wants them.

import { InvalidArgumentError, Option } from "commander";
import { parseText, TextError, textOf } from "../options/text.js";
import type { Type } from "../options/type.js";
import { type CommandName, OPTIONS, type Row, type Table } from "../options.js";

/** The options of a command, in the table's order. */
export function commandOptions(command: CommandName, table: Table = OPTIONS): Option[] {
  const rows = Object.entries(table).filter(([, { commands }]) => commands?.includes(command));
  return rows.map(([name, row]) => {
    if (!row.told?.includes(command)) return toOption(name, row);
    const { default: _, usually: __, ...rest } = row;
    return toOption(name, rest);
  });
}

/** An option's name on the command line: --batch-size. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function toOption(name: string, { type, help, usedBy, default: usual, usually, value, not }: Row): Option {
  // a default that follows from others, or that not every training uses, is left to whoever knows them
  const own = usual === undefined || typeof usual === "function" ? undefined : usual;
  const told = usually ?? (usedBy && own !== undefined ? words(own) : undefined);
  const option = new Option(
    value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`,
    told === undefined ? help : `${help} (default: ${told})`,
  );
  if (type.is === "value" && type.range === null) option.choices([...type.words]);
  if (value !== undefined) option.argParser(parser(type));
  if (own !== undefined && !usedBy) option.default(own, words(own));
  if (not !== undefined) option.conflicts([...not]);
  return option;
}

const sentence = (text: string) => text[0]!.toUpperCase() + text.slice(1);
const words = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : textOf(value));

function parser(type: Type): (text: string) => unknown {
  return (text) => {
    try {
      return parseText(type, text);
    } catch (error) {
      throw error instanceof TextError ? new InvalidArgumentError(sentence(error.remedy)) : error;
    }
  };
}
