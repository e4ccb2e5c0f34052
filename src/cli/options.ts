// Options of the commands, from the table, as commander wants them.

import { InvalidArgumentError, Option } from "commander";
import { parseText, TextError, textOf } from "../options/text.js";
import type { Type } from "../options/type.js";
import { type CommandName, OPTIONS, type Row, type Table } from "../options.js";

/** The options of a command, in the table's order. */
export function commandOptions(command: CommandName, table: Table = OPTIONS): Option[] {
  const rows = Object.entries(table).filter(([, { commands }]) => commands?.includes(command));
  return rows.map(([name, row]) => toOption(name, row));
}

/** An option's name on the command line: --batch-size. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function toOption(name: string, { type, help, default: usual, usually, value, not }: Row): Option {
  const option = new Option(
    value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`,
    usually === undefined ? help : `${help} (default: ${usually})`,
  );
  if (type.is === "value" && type.range === null) option.choices([...type.words]);
  if (value !== undefined) option.argParser(parser(type));
  // a default that follows from others is left to whoever knows them
  if (usual !== undefined && typeof usual !== "function") option.default(usual, words(usual));
  if (not !== undefined) option.conflicts([...not]);
  return option;
}

const words = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : textOf(value));

function parser(type: Type): (text: string) => unknown {
  return (text) => {
    try {
      return parseText(type, text);
    } catch (error) {
      throw error instanceof TextError ? new InvalidArgumentError(`Pass ${error.message}.`) : error;
    }
  };
}
