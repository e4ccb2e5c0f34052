// The package inside other programs: each app of examples/ is copied, gets the packed tarball, is built and run by its
// own commands, and ends with the weights that src gives.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDataset } from "../src/dataset.js";
import { Network } from "../src/network.js";
import { Random } from "../src/random.js";
import { launch, type Watch, watch } from "./browser.js";
import { host } from "./host.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const examples = join(root, "examples");
const folder = mkdtempSync(join(tmpdir(), "wasmlp-embed-"));
const shell = process.platform === "win32";

let tarball: string;
let browser: Browser;
let hash: string; // of src's weights
const servers: Server[] = [];
const children: ChildProcess[] = [];
const embedded = new Set<string>();

beforeAll(async () => {
  const [packed] = await Promise.all([run("npm", ["pack", "--json", "--pack-destination", folder], root), train()]);
  tarball = join(folder, (JSON.parse(packed) as [{ filename: string }])[0].filename);
  browser = await launch();
}, 280_000);
afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
  for (const child of children) {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** What every example does. */
async function train(): Promise<void> {
  const random = new Random(1);
  const points = Array.from({ length: 400 }, () => [random.normal(), random.normal()] as const);
  const data = createDataset({ x: points, y: points.map(([a, b]) => Number(a * a + b * b < 1)) });
  const network = new Network({ inputs: 2, layers: [64, 64, 1], seed: 1 });
  await network.fit(data, { iterations: 400, optimizer: "adam" });
  hash = await network.fingerprint();
}

/** Runs a command and gives what it writes; its errors are in the rejection. */
async function run(command: string, options: string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, options, { cwd, shell });
  return stdout;
}

/** A copy of an example with its dependencies, the tarball among them. */
async function install(name: string): Promise<string> {
  embedded.add(name);
  const app = join(folder, name);
  const ours = (path: string) => !/[\\/](node_modules|dist|package-lock\.json)$/.test(path);
  cpSync(join(examples, name), app, { recursive: true, filter: ours });
  const manifest = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
  manifest.dependencies.wasmlp = `file:${tarball}`;
  writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], app);
  return app;
}

/** Address of a folder on a static host. */
async function addressOf(path: string): Promise<string> {
  const { server, address } = await host(path);
  servers.push(server);
  return address;
}

/** Starts a server and gives the address that it writes. */
async function start(script: string, options: string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, [script, ...options], {
    cwd,
    env: { ...process.env, PORT: "0", NO_COLOR: "1" },
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (text: Buffer) => {
      said += text;
      const [address] = /http:\/\/localhost:\d+\//.exec(said) ?? [];
      if (address) resolve(address);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(said)));
  });
}

interface Visit extends Watch {
  /** The page's sentence. */
  readonly said: string;
  readonly weights: readonly string[];
}

/** Opens a page, waits until it shows its hashes, and then does what `more` says. */
async function visit(address: string, hashes = 1, more?: (page: Page) => Promise<unknown>): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const { loaded, trouble } = watch(page, address);
  await page.goto(address);
  const done = page.locator("#weights", { hasText: new RegExp(`^([0-9a-f]{64} ?){${hashes}}$`) });
  await done.waitFor({ timeout: 60_000 }).catch(() => trouble.push("the page shows no weights"));
  const [said, shown] = await Promise.all(["#said", "#weights"].map((place) => page.locator(place).innerText()));
  await more?.(page);
  await context.close();
  return { said: said!, weights: shown!.trim().split(" "), loaded, trouble };
}

describe.concurrent("examples", { timeout: 280_000 }, () => {
  test("vite: built and in development, trained in a worker", async () => {
    const app = await install("vite");
    await run("npm", ["run", "build"], app);
    const development = await start("node_modules/vite/bin/vite.js", ["--port", "0"], app);
    for (const address of [await addressOf(join(app, "dist")), development]) {
      const { said, weights, trouble } = await visit(address);
      expect({ weights, trouble }).toEqual({ weights: [hash], trouble: [] });
      expect(said).toMatch(/^Trained: 9\S+ % of the points are right/);
    }
  });

  test("esbuild: split, and what is not used is not loaded", async () => {
    const app = await install("esbuild");
    await run("npm", ["run", "build"], app);
    const { weights, loaded, trouble } = await visit(await addressOf(app));
    expect({ weights, trouble }).toEqual({ weights: [hash], trouble: [] });
    const unused = /\/dist\/(hdf5|trainer|kernels)/;
    expect(readdirSync(join(app, "dist")).filter((name) => unused.test(`/dist/${name}`)).length).toBeGreaterThan(3);
    expect(loaded.filter((url) => unused.test(url))).toEqual([]);
  });

  test("node-esm: on its thread and in a worker", async () => {
    const out = await run("npm", ["start"], await install("node-esm"));
    expect(out.match(/(?<=^weights )\w+$/gm)).toEqual([hash, hash]);
    expect(out).toMatch(/^worker true, threads \d+: 9\S+ % of the points right$/m);
  });

  test("node-commonjs: by import()", async () => {
    const out = await run("npm", ["start"], await install("node-commonjs"));
    expect(out.match(/(?<=^weights )\w+$/gm)).toEqual([hash]);
  });

  test("node-bundled: one file, elsewhere, HDF5 too (G8)", async () => {
    const app = await install("node-bundled");
    await run("npm", ["run", "build"], app);
    const elsewhere = mkdtempSync(join(tmpdir(), "wasmlp-bundled-"));
    try {
      cpSync(join(app, "dist/main.js"), join(elsewhere, "main.mjs"));
      const pictures = join(root, "build/dist/pictures-test.h5");
      const out = await run(process.execPath, ["main.mjs", pictures], elsewhere);
      expect(out).toBe(`weights ${hash}\n50 examples of non-cat and cat\n`);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test("service-worker: no import(), no workers (G9, G12)", async () => {
    const app = await install("service-worker");
    await run("npm", ["run", "build"], app);
    const { said, weights, trouble } = await visit(await addressOf(app));
    expect({ weights, trouble }).toEqual({ weights: [hash], trouble: [] });
    expect(said).toMatch(/^Trained: 9\S+ % of the points are right/);
  });

  test("script: the package's files as they are, HDF5 too", async () => {
    const read = (options: string) => `import("wasmlp").then(async ({ readHdf5 }) => {
      const file = await fetch("./node_modules/wasmlp/build/dist/pictures-test.h5");
      const read = readHdf5(await file.arrayBuffer(), ${options});
      return read.then(({ count }) => count, ({ code, message }) => [code, message]);
    })`;
    const refused = "class { constructor() { setTimeout(() => this.onerror({})) } postMessage() {} terminate() {} }";
    const readToo = async (page: Page) => {
      expect(await page.evaluate(read("{}"))).toBe(50);
      const late = "readHdf5: a.h5 keeps its reader busy for more than 0.001 s; get the file again.";
      const busy = '{ name: "a.h5", maxSeconds: 0.001 }';
      expect(await page.evaluate(read(busy)), "it is ended").toEqual(["E_HDF5_DAMAGED", late]);
      for (const none of ["undefined", refused]) {
        await page.evaluate(`Worker = ${none}`); // a service worker's engine; a policy without blob:
        expect(await page.evaluate(read(busy)), "in place, without limit").toBe(50);
      }
    };
    const { weights, trouble } = await visit(await addressOf(await install("script")), 1, readToo);
    expect({ weights, trouble }).toEqual({ weights: [hash], trouble: [] });
  });

  test("strict-csp: in the page and in a worker by its address, both on one thread, and it says why", async () => {
    const { said, weights, trouble } = await visit(await start("server.js", [], await install("strict-csp")), 2);
    // the browser's own word on the threads that were tried
    expect(trouble.filter((line) => !/^console: .*worker from 'blob:.*"worker-src 'self'"/.test(line))).toEqual([]);
    expect(weights).toEqual([hash, hash]);
    const why = availableParallelism() > 1 ? "threads could not be started" : ""; // nobody tries on one core
    const how = String.raw`\(threads 1, ${why}\): 9\S+ % of the points are right\.`;
    expect(said).toMatch(new RegExp(`^Trained in the page ${how} Trained in the worker ${how}$`));
  });
});

// Their tools are 100 to 200 MB each, or compile for a minute.
describe.concurrent("examples with large tools", { timeout: 280_000 }, () => {
  const all = process.env.WASMLP_EXAMPLES === "all";
  const called = (name: string) => `${name}${all ? "" : ": SKIPPED, run with WASMLP_EXAMPLES=all"}`;
  for (const name of ["webpack", "jest", "parcel", "workerd"]) embedded.add(name);

  test.runIf(all)(called("webpack: as-loader makes the package's own kernels of its AssemblyScript"), async () => {
    const app = await install("webpack");
    expect(await run("npm", ["run", "build"], app)).toMatch(/compiled successfully/);
    const { said, loaded, ...rest } = await visit(await addressOf(app), 2);
    expect(rest).toEqual({ weights: [hash, hash], trouble: [] });
    expect(said).toMatch(/^The kernels inside: 9\S+ % of .* Those of as-loader: 9\S+ % of/);
    const [name] = /index\.\w+\.wasm$/.exec(loaded.find((url) => url.endsWith(".wasm"))!)!;
    const compiled = readFileSync(join(app, "dist", name));
    const ours = readFileSync(join(app, "node_modules/wasmlp/build/dist/kernels.wasm"));
    expect(compiled.equals(ours), "as-loader's kernels are the package's, byte for byte").toBe(true);
  });

  test.runIf(all)(called("jest"), async () => {
    const out = await run("npm", ["test"], await install("jest"));
    expect(/(?<=weights )\w+/.exec(out)![0]).toBe(hash);
  });

  test.runIf(all)(called("parcel"), async () => {
    const app = await install("parcel");
    await run("npm", ["run", "build"], app);
    const { said, weights, trouble } = await visit(await addressOf(join(app, "dist")));
    expect({ weights, trouble }).toEqual({ weights: [hash], trouble: [] });
    expect(said).toMatch(/^Trained: 9\S+ % of the points are right/);
  });

  test.runIf(all)(called("workerd: a module of the kernels"), async () => {
    const out = await run("npm", ["start"], await install("workerd"));
    expect(/(?<=weights )\w+/.exec(out)![0]).toBe(hash);
  });
});

test("no example app is without a test", () => {
  const apps = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...embedded].sort()).toEqual(apps.map(({ name }) => name).sort());
});
