#!/usr/bin/env node
// Entry of the command `wasmlp`: hands the arguments and the process's streams to src/cli/run.ts.

import { processIo } from "./cli/io.js";
import { run } from "./cli/run.js";

process.exitCode = await run(process.argv.slice(2), processIo());
