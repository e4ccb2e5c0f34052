// The page's server against requests that no browser sends: raw sockets, foreign names, other methods.

import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Io } from "../src/cli/io.js";
import { createPageServer, serve } from "../src/cli/serve.js";

const HEADERS: Record<string, string> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};
const TYPES: Record<string, string> = {
  "index.html": "text/html; charset=utf-8",
  "main.js": "text/javascript; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "licence.txt": "text/plain; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "photo.png": "image/png",
  "rows.json": "application/json",
  "main.js.map": "application/json",
  "kernels.wasm": "application/wasm",
  "pictures.bin.gz": "application/gzip",
  "deep/er/data.bin": "application/octet-stream",
  "train.h5": "application/octet-stream",
  "no-extension": "application/octet-stream",
};
const SECRET = "what nobody outside may read";
const FILES: Record<string, string> = {
  "index.html": "<!doctype html><title>page</title>",
  "main.js": "export {};",
  "style.css": "body {}",
  "deep/er/data.bin": "0123456789",
};
for (const name in TYPES) FILES[name] ??= `content of ${name}`;

const root = mkdtempSync(join(tmpdir(), "wasmlp-serve-"));
const folder = join(root, "web");
let server: Server;
let port: number;

beforeAll(async () => {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  writeFileSync(join(root, "secret.txt"), SECRET);
  writeFileSync(join(root, "web.txt"), SECRET);
  server = createPageServer(folder);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Sends bytes as they are and reads until the server closes the connection. */
function send(request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let all = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request, "latin1"));
    socket.setEncoding("latin1");
    socket.setTimeout(5000, () => reject(new Error(`no answer to ${JSON.stringify(request.slice(0, 80))}`)));
    socket.on("data", (chunk) => {
      all += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", ...body] = all.split("\r\n\r\n");
      const [status = "", ...lines] = head.split("\r\n");
      const headers = lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      });
      resolve({ status: Number(status.split(" ")[1]), headers: new Map(headers), body: body.join("\r\n\r\n") });
    });
  });
}
const get = (target: string, { method = "GET", host = `localhost:${port}`, more = "" } = {}) =>
  send(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);

function expectHeaders({ headers }: Answer): void {
  for (const [name, value] of Object.entries(HEADERS)) expect(headers.get(name), name).toBe(value);
}

test("its files, each at its address, with type and length; / is the page", async () => {
  for (const [name, content] of [...Object.entries(FILES), ["", FILES["index.html"]!]] as const) {
    const answer = await get(`/${name}?v=1`);
    expect([answer.status, answer.body, answer.headers.get("content-length")]).toEqual([
      200,
      content,
      `${content.length}`,
    ]);
    expectHeaders(answer);
  }
  for (const [name, type] of Object.entries(TYPES)) {
    const { headers } = await get(`/${name}`);
    expect([headers.get("content-type"), headers.get("content-encoding")], name).toEqual([type, undefined]);
  }
});

test("HEAD gets the headers of GET and no body", async () => {
  const head = await get("/main.js", { method: "HEAD" });
  expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, "", "10"]);
  expectHeaders(head);
  const none = await get("/none.js", { method: "HEAD" });
  expect([none.status, none.body]).toEqual([404, ""]);
  expectHeaders(none);
});

test("a file that has not changed is not sent again", async () => {
  const tag = (await get("/main.js")).headers.get("etag")!;
  const answer = await get("/main.js", { more: `If-None-Match: ${tag}\r\n` });
  expect([answer.status, answer.body]).toEqual([304, ""]);
  expectHeaders(answer);
  expect((await get("/main.js", { more: 'If-None-Match: "other"\r\n' })).status).toBe(200);
});

test("no address gets anything but the files", async () => {
  const ups = ["..", "%2e%2e", "%2E%2E", ".%2e", "%252e%252e", "..%00", "%c0%ae%c0%ae", "%u002e%u002e", "....", "..;"];
  const slashes = ["/", "\\", "%2f", "%5c", "%252f", "//", "/./"];
  const targets = ups.flatMap((up) => slashes.map((slash) => `/${up}${slash}secret.txt`));
  targets.push(
    ...["/deep/../../secret.txt", "/deep/%2e%2e/%2e%2e/secret.txt", "/../web.txt", "/..web/main.js", "//main.js"],
    ...[
      "/main.js/",
      "/./main.js",
      "/MAIN.JS",
      "/main.js%00",
      "/main.js%20",
      "/%6dain.js",
      "/deep",
      "/deep/",
      "/deep/er",
    ],
    ...["/main.js#x", "main.js", "../secret.txt", "*", `http://localhost/main.js`, "file:///etc/passwd", "/etc/passwd"],
    ...[
      "/proc/self/environ",
      "/C:\\secret.txt",
      "/\\\\host\\share",
      "/~root",
      "/constructor",
      "/__proto__",
      "/toString",
    ],
    ...[
      `/${"a".repeat(7000)}`,
      `/${"../".repeat(500)}etc/passwd`,
      "/?../secret.txt/..",
      `/${"%2e%2e%2f".repeat(300)}x`,
    ],
  );
  expect(targets.length).toBeGreaterThan(100);
  for (const target of targets) {
    const answer = await get(target);
    const what = target.slice(0, 80);
    expectHeaders(answer);
    expect(answer.body, what).not.toContain(SECRET);
    // "/?…" is the page itself, as a query changes nothing
    if (target.startsWith("/?")) expect(answer.body).toBe(FILES["index.html"]);
    else expect([400, 404], what).toContain(answer.status);
  }
});

test("only this machine's names are hosts", async () => {
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    expect((await get("/", { host })).status, host).toBe(200);
  }
  const wrong = [
    ...["localhost", "127.0.0.1", "[::1]", "", " ", "evil.example", `evil.example:${port}`, `localhost:${port + 1}`],
    ...[
      `localhost.:${port}`,
      `localhost:0${port}`,
      `LOCALHOST.evil:${port}`,
      `127.0.0.1.nip.io:${port}`,
      `0.0.0.0:${port}`,
    ],
    ...[`127.1:${port}`, `2130706433:${port}`, `localhost:${port}@evil.example`, `evil.example#localhost:${port}`],
    ...[`localhost:${port},evil.example`, `xlocalhost:${port}`, `localhost:${port}/`, `[::]:${port}`, `::1:${port}`],
    ...[`127.0.0.1:${port}:80`, `localhost\t:${port}`, `user@localhost:${port}`],
  ];
  expect(wrong.length).toBeGreaterThanOrEqual(20);
  for (const host of wrong) {
    const answer = await get("/", { host });
    expect(answer.status, host).toBeGreaterThanOrEqual(400);
    expect(answer.body, host).not.toContain("<title>");
    expectHeaders(answer);
  }
  for (const hosts of [
    "",
    `Host: localhost:${port}\r\nHost: evil.example\r\n`,
    `Host: evil.example\r\nhost: localhost:${port}\r\n`,
  ]) {
    const answer = await send(`GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
    expect([answer.status, answer.body.includes("<title>")], hosts).toEqual([421, false]);
    expectHeaders(answer);
  }
  // an absolute address does not stand for a Host
  expect((await get(`http://localhost:${port}/`, { host: "evil.example" })).status).toBe(421);
});

test("on port 80 the host may come without it, as browsers send it", async () => {
  const address = vi.spyOn(server, "address").mockReturnValue({ address: "127.0.0.1", family: "IPv4", port: 80 });
  try {
    for (const host of ["localhost", "127.0.0.1", "[::1]", "localhost:80"]) {
      expect((await get("/", { host })).status, host).toBe(200);
    }
    for (const host of [`localhost:${port}`, "evil.example", "evil.example:80", "localhost:", ""]) {
      expect((await get("/", { host })).status, host).toBe(421);
    }
  } finally {
    address.mockRestore();
  }
});

test("only GET and HEAD are methods", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "SEARCH"]) {
    const answer = await get("/", { method });
    expect([answer.status, answer.headers.get("allow")], method).toEqual([405, "GET, HEAD"]);
    expectHeaders(answer);
  }
  for (const [method, status] of [
    ["CONNECT", 405],
    ["get", 400],
    ["HACK", 400],
    ["\u0000", 400],
  ] as const) {
    const answer = await get(method === "CONNECT" ? "localhost:1" : "/", { method });
    expect([answer.status, answer.body], method).toEqual([status, ""]);
    expect(answer.headers.get("allow"), method).toBe(status === 405 ? "GET, HEAD" : undefined);
    expectHeaders(answer);
  }
});

test("what is no request is refused, with all headers, and the next one is served", async () => {
  const host = `Host: localhost:${port}\r\n`;
  for (const request of [
    "nonsense\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    `GET / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc`,
    `GET / HTTP/1.1\r\n${host}X: ${"x".repeat(40_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", // TLS
  ]) {
    const answer = await send(request);
    expect([answer.status, answer.body], request.slice(0, 60)).toEqual([400, ""]);
    expectHeaders(answer);
  }
  const expecting = await get("/", { more: "Expect: magic\r\n" });
  expectHeaders(expecting);
  expect((await get("/")).status).toBe(200);
});

test("a peer that breaks off or never closes after CONNECT or an upgrade harms nothing", async () => {
  const host = `Host: localhost:${port}\r\n`;
  for (const request of [
    `CONNECT localhost:1 HTTP/1.1\r\n${host}\r\n`,
    `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ]) {
    // an error nobody hears would end this process
    const broken = connect(port, "127.0.0.1", () => broken.write(request));
    await new Promise((resolve) => broken.once("data", resolve));
    broken.resetAndDestroy();

    const kept = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => kept.write(request));
    kept.resume();
    await new Promise((resolve) => kept.once("end", resolve));
    const open = () => promisify(server.getConnections.bind(server))();
    await expect.poll(open, { timeout: 3000 }).toBe(0);
    kept.destroy();
  }
  expect((await get("/")).status).toBe(200);
});

test("it listens on loopback only", () => {
  expect(server.address()).toMatchObject({ address: "127.0.0.1" });
});

describe("serve", () => {
  /** Lines on stdout and stderr, and the first of stdout. */
  function fakeIo() {
    const lines = { out: [] as string[], err: [] as string[] };
    let told = (_: string) => {};
    const first = new Promise<string>((resolve) => {
      told = resolve;
    });
    const out = (line: string) => {
      lines.out.push(line);
      told(line);
    };
    const err = (line: string) => void lines.err.push(line);
    const stdin = () => Promise.resolve(new Uint8Array());
    const io: Io = {
      ...{ out, err, stdin, status: () => {}, live: false, columns: 80, style: (_, text) => text },
      lost: new AbortController().signal,
    };
    return { io, lines, first };
  }

  test("prints its address, closes kept connections when it ends, and leaves no listener", async () => {
    const before = process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
    const { io, lines, first } = fakeIo();
    const stop = new AbortController();
    const code = serve({ port: 0, signal: stop.signal }, io, folder);
    const [, own] = /^The page is at http:\/\/localhost:(\d+)\/ \(Ctrl\+C ends it\)\.$/.exec(await first)!;
    const kept = connect(Number(own), "127.0.0.1", () =>
      kept.write(`GET / HTTP/1.1\r\nHost: localhost:${own}\r\n\r\n`),
    );
    kept.on("error", () => {});
    await new Promise((resolve) => kept.once("data", resolve));
    kept.write("GET / HTTP/1.1\r\n"); // half a request, as an idle connection is closed anyway
    await (await fetch(`http://127.0.0.1:${own}/`)).text();
    stop.abort();
    await new Promise((resolve) => kept.once("close", resolve));
    expect([await code, lines.out.length, lines.err]).toEqual([0, 1, []]);
    expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(before);
  });

  test("a signal that came before ends it at once", async () => {
    expect(await serve({ port: 0, signal: AbortSignal.abort() }, fakeIo().io, folder)).toBe(0);
  });

  test.skipIf(process.platform === "win32")("a browser that does not open is one remark", async () => {
    const { io, lines, first } = fakeIo();
    const stop = new AbortController();
    vi.stubEnv("PATH", root);
    const code = serve({ port: 0, open: true, signal: stop.signal }, io, folder);
    await first;
    vi.unstubAllEnvs();
    await expect.poll(() => lines.err).toEqual([expect.stringMatching(/^no browser could be opened; open http:/)]);
    stop.abort();
    expect(await code).toBe(0);
  });

  test("a missing page and a taken port are the user's errors", async () => {
    await expect(serve({ port: 0 }, fakeIo().io, join(root, "none"))).rejects.toMatchObject({
      code: "E_FILE_MISSING",
      message: "serve: the page is not there; build it with npm run build.",
    });
    await expect(serve({ port }, fakeIo().io, folder)).rejects.toMatchObject({
      code: "E_PORT",
      message: `serve: port ${port} is taken; pass another with --port, or --port 0 for any free one.`,
    });
  });
});

describe("the command", () => {
  const cli = fileURLToPath(new URL("../build/dist/cli.js", import.meta.url));

  test.each(["SIGINT", "SIGTERM"] as const)(
    "prints the address, serves the built page, ends with 0 on %s",
    async (signal) => {
      const child = spawn(process.execPath, [cli, "serve", "--port", "0"]);
      const line = await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
      const [, address] = /^The page is at (http:\/\/localhost:\d+\/) \(Ctrl\+C ends it\)\.\n$/.exec(line)!;
      const response = await fetch(address!);
      expect(await response.text()).toBe(readFileSync(new URL("../web/index.html", import.meta.url), "utf8"));
      child.kill(signal);
      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
    },
  );

  test("a port that is taken or no port is told", async () => {
    const fail = (text: string) =>
      promisify(execFile)(process.execPath, [cli, "serve", "--port", text]).catch((e) => e);
    const taken = await fail(String(port));
    expect([taken.code, taken.stderr]).toEqual([
      1,
      `wasmlp: port ${port} is taken; pass another with --port, or --port 0 for any free one. [E_PORT]\n`,
    ]);
    const wrong = await fail("65536");
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Pass a whole number from 0 to 65535")]);
  });
});
