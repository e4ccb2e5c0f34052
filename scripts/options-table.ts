// The README's table of options, from src/options.ts; npm run format writes it between its two marks.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flagOf } from "../src/cli/options.js";
import { textOf } from "../src/options/text.js";
import { describe } from "../src/options/type.js";
import { OPTIONS, type Row, type Table } from "../src/options.js";

const START = "<!-- options: written by scripts/options-table.ts -->\n";
const END = "<!-- /options -->";

/** The table in Markdown, a line for each option. */
export function optionsTable(table: Table = OPTIONS): string {
  const lines = Object.entries(table).map(([name, row]) => {
    const { type, code, help, doc = help } = row;
    const values = type.is === "flag" && !code ? "" : describe(type).replace(/^(one of|an?) /, "");
    return `| \`${code ? name : flagOf(name)}\` | ${values} | ${defaultInWords(row)} | ${whereOf(row)} | ${doc}${onlyWith(row)} |\n`;
  });
  return `| option | values | default | where | what it is |\n|---|---|---|---|---|\n${lines.join("")}`;
}

/** A text whose table is that of `table`. */
export function withOptionsTable(text: string, table: Table = OPTIONS): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`options-table: no "${START.trim()}" before "${END}".`);
  return text.slice(0, start + START.length) + optionsTable(table) + text.slice(end);
}

function defaultInWords({ default: usual, usually, required, commands }: Row): string {
  const words = usually ?? (usual === undefined || typeof usual === "function" ? "" : textOf(usual));
  if (!required) return words;
  return commands ? `${words}; none in code` : "none";
}

function onlyWith({ usedBy }: Row): string {
  if (!usedBy) return "";
  return `; only with \`${usedBy.option}\`${usedBy.values ? ` ${usedBy.values.join(", ")}` : ""}`;
}

function whereOf({ code = [], commands = [], page }: Row): string {
  const calls = code.map((call) => (call === "network" ? "`new Network`" : "`fit`"));
  return [...calls, ...commands.map((command) => `\`${command}\``), ...(page ? ["page"] : [])].join(", ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = new URL("../README.md", import.meta.url);
  writeFileSync(readme, withOptionsTable(readFileSync(readme, "utf8")));
}
