// Builds the page into a folder that any static host can serve.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { readHdf5 } from "../src/dataset/hdf5.js";
import { checkSameKind } from "../src/dataset.js";

/**
 * Writes the page into `folder`. Each script is one file, so that what has come once needs no server any more. `pictures`
 * is the folder with the embedded pictures' HDF5 files. */
export async function buildWeb(folder: string, pictures: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: ["web/start.ts", "web/page.ts", "web/worker.ts", "web/style.css"],
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*"],
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(`web/${name}`, `${folder}/${name}`);
  writeFileSync(`${folder}/pictures.bin.gz`, await packPictures(pictures));
}

/** A line of JSON, then x and y of both sets as bytes; web/worker/data.ts reads it. Spares the page the HDF5 library. */
async function packPictures(folder: string): Promise<Uint8Array> {
  const [train, test] = await Promise.all(
    ["train", "test"].map((name) => readHdf5(readFileSync(`${folder}/pictures-${name}.h5`))),
  );
  checkSameKind(train!, test!);
  const { shape, classes } = train!;
  const header = `${JSON.stringify({ shape, classes, counts: [train!.count, test!.count] })}\n`;
  const parts = [train!, test!].flatMap(({ x, y }) => [x as Uint8Array, Uint8Array.from(y)]);
  return gzipSync(Buffer.concat([Buffer.from(header), ...parts]), { level: 9 });
}
