// Builds everything generated: kernels (AssemblyScript), their base64, bundles (esbuild), types (tsc), pictures.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import { writePictures } from "./pictures.js";

process.chdir(new URL("..", import.meta.url).pathname);
const dist = "build/dist";
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
writeFileSync("build/.npmignore", ""); // without it npm pack would heed build/.gitignore and leave everything out

const { error, stderr } = await asc.main(["--target", "simd", "--config", "asconfig.json"]);
if (error) throw new Error(`asc: ${stderr.toString()}`);
const wasm = readFileSync("build/kernels.wasm");
const text = `// Generated from assembly/ by scripts/build.ts.\nexport const kernels =\n  "${wasm.toString("base64")}";\n`;
writeFileSync("build/kernels.ts", text);
copyFileSync("build/kernels.wasm", `${dist}/kernels.wasm`);

await build({
  entryPoints: {
    index: "src/index.ts",
    node: "src/node/index.ts",
    cli: "src/cli.ts",
    "hdf5-worker": "src/node/hdf5-worker.ts",
  },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  packages: "external",
  external: ["node:*"],
  chunkNames: "[name]-[hash]",
  logLevel: "warning",
});

execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
// The pictures take longest and change least: drawn again only when what draws them has changed.
const sources = ["scripts/pictures.ts", "src/random.ts", "src/math.ts", "assembly/constants.ts"].concat(
  readdirSync("scripts/pictures").map((name) => `scripts/pictures/${name}`),
);
const hash = createHash("sha256");
for (const source of sources) hash.update(readFileSync(source));
const drawn = `build/pictures-${hash.digest("hex").slice(0, 16)}`;
if (!existsSync(drawn)) {
  await writePictures(`${drawn}.new`);
  renameSync(`${drawn}.new`, drawn);
}
cpSync(drawn, dist, { recursive: true });
