#!/usr/bin/env node
// Entry of the command `wasmlp`: hands the arguments and the process's streams to src/cli/run.ts.

import { processIo } from "./cli/io.js";
import { run } from "./cli/run.js";

// a reader that has seen enough (| head) is no error
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), processIo());
