// The commands, and what becomes of errors: one line on stderr, exit code 1 for a failed run and 2 for wrong usage.
// Each command is a file of its own; what options it takes is said in src/options.ts.

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { InputError } from "../errors.js";
import { type CommandName, OPTIONS, type Table } from "../options.js";
import { bench } from "./bench.js";
import { check } from "./check.js";
import { compare } from "./compare.js";
import { doctor } from "./doctor.js";
import { evaluate } from "./evaluate.js";
import { explain } from "./explain.js";
import { exportModel } from "./export.js";
import { findRate } from "./find-rate.js";
import { importModel } from "./import.js";
import { inspect } from "./inspect.js";
import type { Io } from "./io.js";
import { commandOptions } from "./options.js";
import { predict } from "./predict.js";
import { serve } from "./serve.js";
import { trace } from "./trace.js";
import { train } from "./train.js";

/** Runs a command line and returns its exit code. */
export async function run(argv: readonly string[], io: Io, table: Table = OPTIONS): Promise<number> {
  let code = 0;
  const json = argv.includes("--json");
  const fail = (exit: number, errorCode: string, message: string): number => {
    if (json) io.out(JSON.stringify({ event: "error", code: errorCode, message }));
    io.err(`wasmlp: ${message} [${errorCode}]`);
    return exit;
  };
  const program = createProgram(io, table, async (result) => {
    code = await result;
  });
  try {
    await program.parseAsync(argv.length ? argv : ["--help"], { from: "user" });
    if (!io.lost.aborted || isBrokenPipe(io.lost.reason)) return code;
    return fail(1, "E_FILE_WRITE", `cannot write to stdout: ${io.lost.reason.message}`);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // commander's "error: unknown option '--foo'\n(Did you mean --bar?)" as one sentence
      const message = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)/s, "; did you mean $1?");
      return fail(2, "E_USAGE", message.replaceAll("\n", " "));
    }
    if (error instanceof InputError) {
      return fail(error.code === "E_OPTION" ? 2 : 1, error.code, error.message.replace(CALLS, ""));
    }
    throw error;
  }
}

// Who speaks, in code: a person at the command line has called none of these.
const CALLS =
  /^(?:new Network|fit|trace|load|save|evaluate|predict|classify|checkGradients|weights|compareTraces|createDataset|createTableDataset|splitTable|permutationImportance|partialDependence|readHdf5(?:Examples)?|readIdx|readSafetensors|readFileBytes|saveFile|importNetwork|networkToOnnx|networkToKeras|serve|pictureToExample): /;

/** A reader that has seen enough is no error. */
export function isBrokenPipe(error: NodeJS.ErrnoException): boolean {
  return error.code === "EPIPE";
}

function createProgram(io: Io, table: Table, done: (result: Promise<number>) => Promise<void>): Command {
  const program = new Command("wasmlp")
    .description("Train fully connected networks on the CPU, in SIMD WebAssembly.")
    .version(version(), "-V, --version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => text.replace(/\n$/, "").split("\n").forEach(io.out),
      writeErr: () => {}, // run prints errors
      getOutHelpWidth: () => Math.min(io.columns, 80),
    })
    .addHelpText("before", EXAMPLES);

  const command = (usage: string, description: string) => {
    const made = program.command(usage).description(description);
    for (const option of commandOptions(made.name() as CommandName, table)) made.addOption(option);
    return made;
  };
  command(
    "train [train] [test]",
    "Train on tables, HDF5, NPZ or idx files, folders of pictures, or the embedded pictures.",
  ).action((trainFile, testFile, options, own: Command) => {
    const paths = [trainFile, testFile].filter((path) => path !== undefined);
    const passed = Object.keys(options).filter((name) => own.getOptionValueSource(name) === "cli");
    return done(train(paths, options, passed, io));
  });
  command("doctor [train] [test]", "Find out why a training fares badly: tries what helps.").action(
    (trainFile, testFile, options, own: Command) => {
      const paths = [trainFile, testFile].filter((path) => path !== undefined);
      const passed = Object.keys(options).filter((name) => own.getOptionValueSource(name) === "cli");
      return done(doctor(paths, options, passed, io));
    },
  );
  command("find-rate [train]", "Try learning rates, and name one to train with.").action((file, options) =>
    done(findRate(file, options, io)),
  );
  command(
    "predict <model> <input...>",
    "Classify pictures (JPEG, PNG, WebP, folders of them), tables, HDF5, idx, or JSON rows (- for stdin).",
  ).action((model, inputs, options) => done(predict(model, inputs, options, io)));
  command("evaluate <model> <data>", "Cost, accuracy, confusion matrix and wrong examples.").action(
    (model, data, options) => done(evaluate(model, data, options, io)),
  );
  command("explain <model> <data>", "Which inputs a model's answers hang on, and how.").action((model, data, options) =>
    done(explain(model, data, options, io)),
  );
  command("inspect <file>", "Show what a data or model file, or a folder of pictures, holds.").action((file, options) =>
    done(inspect(file, options, io)),
  );
  command("check [train]", "Check a network's gradient, layer by layer.").action((file, options) =>
    done(check(file, options, io)),
  );
  command("trace [train]", "Save every value of one iteration (.npz), under the course's names.").action(
    (file, options) => done(trace(file, options, io)),
  );
  command("compare <trace> <yours>", "Find the first value at which a program of yours departs from a trace.").action(
    (traceFile, yours, options) => done(compare(traceFile, yours, options, io)),
  );
  command("export <model> <out>", "Write a model as ONNX (.onnx) or for Keras 3 (.keras).").action(
    (model, out, options) => done(exportModel(model, out, options, io)),
  );
  command("import <file...>", "Make a model of one of Keras, TensorFlow.js, PyTorch, ONNX.").action((files, options) =>
    done(importModel(files, options, io)),
  );
  command("bench", "Time WASM against plain TypeScript on this machine.").action((options) => done(bench(options, io)));
  command("serve", "Show the page, on this machine.").action((options) => done(serve(options, io)));
  return program;
}

const EXAMPLES = `Examples:
  wasmlp train                                   the embedded pictures
  wasmlp train train.h5 test.h5 --save cats.safetensors
  wasmlp predict cats.safetensors photo.jpg
  wasmlp inspect train.h5
`;

function version(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
