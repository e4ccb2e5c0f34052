// The package as a stranger gets it: packed, installed into an empty folder, used through its command and its API.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Analysis, checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wasmlp-package-"));
const shell = process.platform === "win32";
const npm = (...options: string[]) =>
  execFileSync("npm", options, { cwd: folder, encoding: "utf8", shell, stdio: ["ignore", "pipe", "ignore"] });
const bin = join(folder, "node_modules", ".bin", "wasmlp");

let files: string[] = [];
let tarball: string;

beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    shell,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files: list }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  tarball = join(folder, filename);
  files = list.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  npm("install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, filename));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("the tarball holds what is needed and nothing else", () => {
  const odd = files.filter(
    (path) => !/^(build\/dist\/|assembly\/[\w-]+\.ts$|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(path),
  );
  expect(odd).toEqual([]);
  for (const path of [
    "cli.js",
    "index.js",
    "kernels.wasm",
    "pictures-train.h5",
    "pictures-test.h5",
    "slim.js",
    "worker.js",
    "kernels-threads.wasm",
    "web/index.html",
    "web/page.js",
    "web/worker.js",
    "web/pictures.bin.gz",
  ]) {
    expect(files).toContain(`build/dist/${path}`);
  }
  expect(files).toContain("build/dist/types/src/index.d.ts");
  // most of it is the embedded pictures, for Node and for the page, and the readers of foreign files
  expect(statSync(tarball).size).toBeLessThan(8_000_000);
  const { scripts, dependencies, main, types } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // for those that read no exports: Parcel, import resolvers (G7)
  for (const path of [main, types]) expect(files.map((file) => `./${file}`)).toContain(path);
  for (const hook of ["preinstall", "install", "postinstall", "prepare"]) expect(scripts[hook]).toBeUndefined();
  expect(Object.keys(dependencies).sort()).toEqual(["asciichart", "commander", "h5wasm"]);
  expect(files).toContain("build/dist/licences.txt");
});

test("declarations hold no code, and a network is called what it is (G17)", () => {
  const folder = join(root, "build/dist/types");
  const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".d.ts"))
    .map((path) => statSync(join(folder, path)).size);
  expect(sizes.length).toBeGreaterThan(50);
  expect(Math.max(...sizes)).toBeLessThan(120_000); // the kernels as text are larger
  const script = `import { Network } from "wasmlp"; console.log(new Network({ inputs: 1, layers: [1] }));
    try { new Network({ inputs: 1, layers: [1] }).layers[0] = 9; } catch { console.log("frozen"); }`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  expect(out).toMatch(/^Network \{.*\}\nfrozen\n$/s);
});

test("publint and attw find nothing", async () => {
  const pack = { tarball: new Uint8Array(readFileSync(tarball)).buffer };
  expect((await publint({ pack })).messages).toEqual([]);
  // the entries with code; the package is ES modules only, which older ways of resolving cannot follow
  const attw = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)));
  const { problems } = (await checkPackage(attw, { entrypoints: [".", "./slim"] })) as Analysis;
  const old = ["node10", "node16-cjs"];
  expect(problems.filter((problem) => !("resolutionKind" in problem && old.includes(problem.resolutionKind)))).toEqual(
    [],
  );
});

test("the kernels import a memory and nothing else, and use no relaxed SIMD", async () => {
  const module = await WebAssembly.compile(readFileSync(join(root, "build/dist/kernels.wasm")));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
  expect(readFileSync(join(root, "build/kernels.wat"), "utf8")).not.toContain("relaxed");
});

test("those of fused numerics use the two operations that are probed, and no other of relaxed SIMD", () => {
  const text = readFileSync(join(root, "build/kernels-relaxed.wat"), "utf8");
  const found = new Set([...text.matchAll(/\w+\.\w*relaxed\w*/g)].map(([operation]) => operation));
  expect([...found].sort()).toEqual(["f32x4.relaxed_madd", "f64x2.relaxed_madd"]);
});

test("the command trains on the embedded pictures, saves, inspects and evaluates", () => {
  const model = join(folder, "cats.safetensors");
  const run = (...options: string[]) =>
    execFileSync(bin, options, { cwd: folder, encoding: "utf8", shell, stdio: ["ignore", "pipe", "pipe"] });
  const lines = run("train", "--iterations", "20", "--json", "--save", model)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ event: "start", layers: [12288, 20, 7, 5, 1], parameters: 245973, backend: "wasm" });
  expect(lines.at(-1)).toMatchObject({ event: "end", iterations: 20 });
  expect(existsSync(model)).toBe(true);
  expect(run("inspect", model)).toContain("245");
  expect(run("evaluate", model, join(folder, "node_modules/wasmlp/build/dist/pictures-test.h5"))).toContain("cat");
});

test("the API of the README's first lines works", () => {
  writeFileSync(
    join(folder, "try.js"),
    `import { readFile, writeFile } from "node:fs/promises";
     import { Network, readHdf5 } from "wasmlp";
     const read = async (name) => readHdf5(await readFile(new URL(import.meta.resolve("wasmlp/" + name))));
     const train = await read("pictures-train.h5");
     const test = await read("pictures-test.h5");
     const network = new Network({ inputs: train.features, layers: [20, 7, 5, 1], init: "lecun", seed: 1 });
     const history = await network.fit(train, { iterations: 30, learningRate: 0.0075, validation: test });
     const { cost } = await network.evaluate(test);
     await writeFile("net.safetensors", network.save());
     console.log(JSON.stringify({ costs: history.costs.length, finite: Number.isFinite(cost), count: (await network.predict(test.x)).length }));`,
  );
  const out = execFileSync(process.execPath, ["try.js"], { cwd: folder, encoding: "utf8" });
  expect(JSON.parse(out)).toEqual({ costs: 1, finite: true, count: 50 });
  expect(statSync(join(folder, "net.safetensors")).size).toBeGreaterThan(245_973 * 4);
});

test("a bundle for browsers holds no node: module, leaves HDF5 to be loaded later, and is small", async () => {
  const entry = join(folder, "app.js");
  writeFileSync(entry, 'import { Network } from "wasmlp"; globalThis.Network = Network;');
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    metafile: true,
    entryPoints: [entry],
    outdir: join(folder, "out"),
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const first = outputFiles.find(({ path }) => path.endsWith("app.js"))!;
  expect(/(from|import|import\() ?"node:/.test(first.text)).toBe(false);
  // HDF5, the worker, plain TypeScript and the other builds of the kernels are loaded when they are first wanted
  const core = new Set(["out/app.js"]);
  for (const path of core) {
    for (const { kind, path: imported } of metafile.outputs[path]!.imports) {
      if (kind === "import-statement") core.add(imported);
    }
  }
  const contentsOf = (path: string) => outputFiles.find((file) => file.path === join(folder, path))!.contents;
  const size = [...core].reduce((sum, path) => sum + gzipSync(contentsOf(path)).length, 0);
  expect(outputFiles.length - core.size).toBeGreaterThanOrEqual(6);
  expect(size).toBeGreaterThan(20_000);
  expect(size).toBeLessThan(155_000); // the sentences of the doctor are a fifth of it
}, 120_000);
