#!/usr/bin/env node
// Entry of the command `wasmlp`: hands the arguments and the process's streams to src/cli/run.ts.

import { processIo } from "./cli/io.js";
import { run } from "./cli/run.js";
import { readerIsIn } from "./reader/embedded.js";

readerIsIn(new URL("./web/reader.js", import.meta.url)); // the page's

process.exitCode = await run(process.argv.slice(2), processIo());
