// assembly/ is not TypeScript enough for the linter (decorators before functions): the one rule that found something in it
// is held here.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../assembly/", import.meta.url);

test.each(readdirSync(folder))("%s uses every name it imports", (name) => {
  const source = readFileSync(new URL(name, folder), "utf8");
  const imports = /^import (?:\{([^}]*)\}|\* as (\w+)) from [^;]*;$/gm;
  const code = source.replaceAll(imports, "");
  const names = [...source.matchAll(imports)].flatMap(([, list, all]) => all ?? list!.split(",").map((n) => n.trim()));
  const unused = names.filter((imported) => imported && !new RegExp(`\\b${imported}\\b`).test(code));
  expect(unused).toEqual([]);
});
