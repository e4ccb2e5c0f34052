// Where a command's words go: results to stdout, progress and remarks to stderr. Tests pass their own.

import { styleText } from "node:util";

export interface Io {
  /** A line of results. */
  out(line: string): void;
  /** A line of remarks. */
  err(line: string): void;
  /** Replaces the line at the cursor on stderr; nothing off a terminal. "" clears it. */
  status(line: string): void;
  /** Whether stderr shows a status line. */
  readonly live: boolean;
  /** Columns to write for. */
  readonly columns: number;
  /** Text in bold, yellow or red on a terminal that shows colours, else as it is. */
  style(kind: "bold" | "yellow" | "red" | "dim", text: string): string;
  /** All of stdin. */
  stdin(): Promise<Uint8Array>;
}

/** The streams of this process. No bar and no colour off a terminal, under NO_COLOR or TERM=dumb. */
export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  const dumb = env.TERM === "dumb";
  const live = stderr.isTTY === true && !dumb && !env.CI;
  const colours = stdout.isTTY === true && !dumb && !env.NO_COLOR;
  let shown = false;
  const status = (line: string) => {
    if (!live || (line === "" && !shown)) return;
    stderr.write(`\r\u001b[K${line}`);
    shown = line !== "";
  };
  return {
    live,
    status,
    columns: Math.min(stdout.columns ?? 80, 100),
    out: (line) => {
      status("");
      stdout.write(`${line}\n`);
    },
    err: (line) => {
      status("");
      stderr.write(`${line}\n`);
    },
    style: (kind, text) => (colours ? styleText(kind, text) : text),
    async stdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}
