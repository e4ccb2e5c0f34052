// The page with its policy, and the package's files below /wasmlp/. The page is also isolated from others, which would
// give it threads if the policy allowed worker-src blob:.
//
//   npm install && npm start

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const headers = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Where the file of an address is; null when there is none. */
function find(path) {
  if (path === "/") return new URL("index.html", import.meta.url);
  if (path === "/main.js") return new URL("main.js", import.meta.url);
  const name = /^\/wasmlp\/([\w-]+\.js)$/.exec(path)?.[1];
  return name ? new URL(name, import.meta.resolve("wasmlp/worker.js")) : null;
}

const server = createServer(async ({ url }, response) => {
  try {
    const file = find(url);
    const body = await readFile(file);
    const type = file.pathname.endsWith(".js") ? "text/javascript" : "text/html";
    response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
  } catch {
    response.writeHead(404, headers).end();
  }
});
server.listen(process.env.PORT ?? 8080, "localhost", () => console.log(`http://localhost:${server.address().port}/`));
