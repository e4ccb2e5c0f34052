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
  /**
   * Aborted when stdout takes no more, with the stream's error as its reason: a reader that has seen enough (| head), a
   * full disk, a closed terminal. What is written afterwards is lost.
   */
  readonly lost: AbortSignal;
}

// Names in files may hold what a terminal obeys: control characters, and those that turn the direction of writing. Only
// the four styles' own codes get through.
const OBEYED = /\p{Cc}(?:\[(?:1|2|22|31|33|39)m)?|[\u202a-\u202e\u2066-\u2069]/gu;

/** A line without any character that a terminal would obey: they become \u001b and the like, as JSON writes them. */
export function printable(line: string): string {
  return line.replace(OBEYED, (found) => {
    if (found.startsWith("\u001b[")) return found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}${found.slice(1)}`;
  });
}

/** The streams of this process. No bar and no colour off a terminal, under NO_COLOR or TERM=dumb. */
export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  const dumb = env.TERM === "dumb";
  const live = stderr.isTTY === true && !dumb && !env.CI;
  const colours = stdout.isTTY === true && !dumb && !env.NO_COLOR;
  let shown = false;
  const lost = new AbortController();
  stdout.on("error", (error) => lost.abort(error));
  stderr.on("error", () => {}); // nobody is left to be told
  const status = (line: string) => {
    if (!live || (line === "" && !shown)) return;
    stderr.write(`\r\u001b[K${line}`);
    shown = line !== "";
  };
  return {
    live,
    status,
    columns: Math.min(stdout.columns ?? 80, 100),
    lost: lost.signal,
    out: (line) => {
      status("");
      if (!lost.signal.aborted) stdout.write(`${printable(line)}\n`);
    },
    err: (line) => {
      status("");
      stderr.write(`${printable(line)}\n`);
    },
    style: (kind, text) => (colours ? styleText(kind, text) : text),
    async stdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}
