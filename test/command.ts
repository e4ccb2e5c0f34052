// The command as a person starts it: a process of its own, in a folder.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const cli = new URL("../build/dist/cli.js", import.meta.url).pathname;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What runs the command in this folder, and how that ended. */
export const commandIn =
  (folder: string) =>
  (...args: string[]): Promise<Ran> => {
    const env = { ...process.env, NO_COLOR: "1" };
    return promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: Ran) => ({ code, stdout, stderr }),
    );
  };
