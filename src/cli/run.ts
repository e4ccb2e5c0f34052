// The command line as a table of commands and options, and what becomes of errors: one line on stderr, exit code 1 for
// a failed run and 2 for wrong usage. Each command is a file of its own.

import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { ACTIVATIONS, BACKENDS, DTYPES, FIRST_LAYERS, OPTIMIZERS } from "../catalogue.js";
import { InputError } from "../errors.js";
import { bench } from "./bench.js";
import { check } from "./check.js";
import { evaluate } from "./evaluate.js";
import { inspect } from "./inspect.js";
import type { Io } from "./io.js";
import { batchSize, init, port, positive, seed, threads, whole, widths } from "./options.js";
import { predict } from "./predict.js";
import { serve } from "./serve.js";
import { train } from "./train.js";

/** Runs a command line and returns its exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const json = argv.includes("--json");
  const fail = (exit: number, errorCode: string, message: string): number => {
    if (json) io.out(JSON.stringify({ event: "error", code: errorCode, message }));
    io.err(`wasmlp: ${message} [${errorCode}]`);
    return exit;
  };
  const program = createProgram(io, async (result) => {
    code = await result;
  });
  try {
    await program.parseAsync(argv.length ? argv : ["--help"], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // commander's "error: unknown option '--foo'\n(Did you mean --bar?)" as one sentence
      const message = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)/s, "; did you mean $1?");
      return fail(2, "E_USAGE", message.replaceAll("\n", " "));
    }
    if (error instanceof InputError) return fail(error.code === "E_OPTION" ? 2 : 1, error.code, error.message);
    throw error;
  }
}

function createProgram(io: Io, done: (result: Promise<number>) => Promise<void>): Command {
  const program = new Command("wasmlp")
    .description("Train fully connected networks on the CPU, in SIMD WebAssembly.")
    .version(version(), "-V, --version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, "")),
      writeErr: () => {}, // run prints errors
      getOutHelpWidth: () => Math.min(io.columns, 80),
    })
    .addHelpText("before", EXAMPLES);

  const choice = (flags: string, text: string, choices: readonly string[], value: string) =>
    new Option(flags, text).choices([...choices]).default(value);
  const layers = () =>
    new Option("--layers <widths>", "hidden widths, or none; the output layer follows from the labels")
      .argParser(widths)
      .default([20, 7, 5], "20,7,5");
  const activation = () => choice("--activation <name>", "of the hidden layers:", ACTIVATIONS, "relu");
  const initial = () =>
    new Option("--init <how>", "lecun, he, glorot, or a standard deviation (default: lecun)").argParser(init);
  const seeded = () => new Option("--seed <n>", "of weights and shuffling").argParser(seed).default(1);
  const backend = () => choice("--backend <name>", "wasm and js give the same bits:", BACKENDS, "wasm");
  const x = () => new Option("--x <path>", "the examples in an HDF5 file (default: *_set_x or x)");
  const y = () => new Option("--y <path>", "the labels in an HDF5 file (default: *_set_y or y)");
  const asJson = () => new Option("--json", "print JSON, one object a line");

  program
    .command("train [train] [test]")
    .description("Train on HDF5 or idx files, or on the embedded pictures.")
    .addOption(layers())
    .addOption(activation())
    .addOption(initial())
    .addOption(
      new Option("--iterations <n>", "parameter updates (default: 2500)").argParser(whole(0)).conflicts("epochs"),
    )
    .addOption(new Option("--epochs <n>", "passes over the data, instead of iterations").argParser(whole(0)))
    .addOption(new Option("--batch-size <n>", "examples in a batch").argParser(batchSize).default("full"))
    .addOption(
      new Option("--learning-rate <r>", "(default: 0.0075; 0.001 for rmsprop, adam, adamw)").argParser(positive),
    )
    .addOption(choice("--optimizer <name>", "", OPTIMIZERS, "sgd"))
    .addOption(new Option("--weight-decay <r>", "L2 decay of the weights (default: 0; adamw 0.01)").argParser(positive))
    .addOption(choice("--dtype <type>", "", DTYPES, "float32"))
    .addOption(seeded())
    .addOption(backend())
    .addOption(new Option("--threads <n>", "threads to share the work, or auto").argParser(threads).default("auto"))
    .addOption(choice("--first-layer <form>", "auto takes the cheaper:", FIRST_LAYERS, "auto"))
    .addOption(
      new Option("--log-every <n>", "iterations from cost to cost (default: 100, or an epoch)").argParser(whole(1)),
    )
    .addOption(x())
    .addOption(y())
    .addOption(new Option("--save <file>", "save the model (safetensors)"))
    .addOption(new Option("--plot <file>", "save the cost curve (SVG)"))
    .addOption(asJson())
    .addOption(new Option("--quiet", "print only the end"))
    .addOption(new Option("--force", "overwrite existing files"))
    .action((trainFile, testFile, options) =>
      done(
        train(
          [trainFile, testFile].filter((path) => path !== undefined),
          options,
          io,
        ),
      ),
    );
  program
    .command("predict <model> <input...>")
    .description("Classify pictures (JPEG, PNG), HDF5, idx, or JSON rows (- for stdin).")
    .addOption(x())
    .addOption(asJson())
    .action((model, inputs, options) => done(predict(model, inputs, options, io)));
  program
    .command("evaluate <model> <data>")
    .description("Cost, accuracy, confusion matrix and wrong examples.")
    .addOption(x())
    .addOption(y())
    .addOption(asJson())
    .action((model, data, options) => done(evaluate(model, data, options, io)));
  program
    .command("inspect <file>")
    .description("Show what a data or model file holds.")
    .addOption(x())
    .addOption(y())
    .addOption(asJson())
    .action((file, options) => done(inspect(file, options, io)));
  program
    .command("check [train]")
    .description("Check a network's gradient, layer by layer.")
    .addOption(layers())
    .addOption(activation())
    .addOption(initial())
    .addOption(seeded())
    .addOption(backend())
    .addOption(new Option("--samples <n>", "parameters to check in each layer").argParser(whole(1)).default(50))
    .addOption(x())
    .addOption(y())
    .addOption(asJson())
    .action((file, options) => done(check(file, options, io)));
  program
    .command("bench")
    .description("Time WASM against plain TypeScript on this machine.")
    .addOption(new Option("--seconds <n>", "for each of three networks").argParser(positive).default(3))
    .addOption(asJson())
    .action((options) => done(bench(options, io)));
  program
    .command("serve")
    .description("Show the page, on this machine.")
    .addOption(new Option("--port <n>", "port to listen on, 0 for any free one").argParser(port).default(8040))
    .addOption(new Option("--open", "open it in the browser"))
    .action((options) => done(serve(options, io)));
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
