// wasmlp serve: the page on this machine. Its files are read once and answered from memory by their exact address, on
// loopback only, to a browser that names this machine as the host.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.js";
import type { Io } from "./io.js";

export interface ServeOptions {
  /** 0 takes any that is free. */
  port: number;
  /** Whether to open the browser. */
  open?: boolean;
  /** Ends the serving, as Ctrl+C does. */
  signal?: AbortSignal;
}

const LOOPBACK = "127.0.0.1";
const NAMES = ["localhost", LOOPBACK, "[::1]"];
const ALLOW = { Allow: "GET, HEAD" };
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self' blob:", // threads are started from text
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** On every answer, also errors. The first three isolate the page, which gives it shared memory and so threads. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".map": "application/json",
  ".wasm": "application/wasm",
  ".gz": "application/gzip", // the page unpacks it itself
  ".bin": "application/octet-stream",
  ".h5": "application/octet-stream",
};

interface Page {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

/** A server for the files of `folder`, each at its own path below "/", index.html also at "/". */
export function createPageServer(folder: URL | string): Server {
  const pages = readPages(typeof folder === "string" ? folder : fileURLToPath(folder));
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = answer(request, pages, (server.address() as AddressInfo).port);
    response.writeHead(status, { ...HEADERS, ...headers });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  // a request without Host is refused below, with all headers
  const server = createServer({ requireHostHeader: false }, listener);
  server.on("checkExpectation", listener);
  server.on("clientError", (_, socket) => refuseSocket(socket, "400 Bad Request"));
  server.on("connect", (_, socket) => {
    release(socket);
    refuseSocket(socket, "405 Method Not Allowed", ALLOW);
  });
  server.on("upgrade", (_, socket) => {
    release(socket);
    refuseSocket(socket, "400 Bad Request");
  });
  return server;
}

function readPages(folder: string): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const type = TYPES[extname(entry.name)] ?? "application/octet-stream";
    const tag = `"${createHash("sha256").update(bytes).digest("base64url")}"`;
    pages.set(`/${relative(folder, path).split(sep).join("/")}`, { bytes, type, tag });
  }
  const index = pages.get("/index.html");
  if (index) pages.set("/", index);
  return pages;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | string;
}

function answer({ method, url, headers, rawHeaders }: IncomingMessage, pages: Map<string, Page>, port: number): Answer {
  const refuse = (status: number, sentence: string, more: Answer["headers"] = {}): Answer => ({
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", Connection: "close", ...more },
    body: `${sentence}\n`,
  });
  // another name for this machine may be a foreign site's (DNS rebinding)
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === "host");
  // browsers leave out port 80
  const own = NAMES.some((name) => hosts[0] === `${name}:${port}` || (port === 80 && hosts[0] === name));
  if (hosts.length !== 1 || !own) return refuse(421, `This server answers to http://localhost:${port}/ only.`);
  if (method !== "GET" && method !== "HEAD") {
    return refuse(405, "Only GET and HEAD are answered here.", ALLOW);
  }
  const page = pages.get(url!.split("?")[0]!);
  if (!page) return refuse(404, "There is no such file here.");
  const { bytes, type, tag } = page;
  if (headers["if-none-match"] === tag) return { status: 304, headers: { ETag: tag }, body: "" };
  return { status: 200, headers: { ETag: tag, "Content-Type": type, "Content-Length": bytes.length }, body: bytes };
}

// For what is not a request, or asks for another protocol.
function refuseSocket(socket: Duplex, status: string, more: Readonly<Record<string, string>> = {}): void {
  if (!socket.writable) return;
  const lines = Object.entries({ ...HEADERS, ...more, "Content-Length": "0", Connection: "close" });
  socket.end(`HTTP/1.1 ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
}

// After "connect" and "upgrade" the server neither hears the socket's errors, which would end the process, nor closes
// it.
function release(socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
}

/**
 * Serves until a signal comes, and returns 0. Throws E_PORT when the port is taken, E_FILE_MISSING without the page.
 */
export async function serve(
  { port, open = false, signal }: ServeOptions,
  io: Io,
  folder: URL | string = new URL("./web/", import.meta.url),
): Promise<number> {
  let server: Server;
  try {
    server = createPageServer(folder);
  } catch (cause) {
    throw new InputError("E_FILE_MISSING", "serve: the page is not there; build it with npm run build.", { cause });
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "EADDRINUSE" ? "is taken" : `cannot be used (${cause.code})`;
    const message = `serve: port ${port} ${reason}; pass another with --port, or --port 0 for any free one.`;
    throw new InputError("E_PORT", message, { cause });
  });
  const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const ended = ending(signal); // before anybody knows the address
  io.out(`The page is at ${address} (Ctrl+C ends it).`);
  if (open) openBrowser(address, io);
  await ended;
  server.close();
  server.closeAllConnections();
  return 0;
}

/** Resolves at SIGINT, SIGTERM or the abort of `signal`, and leaves no listener behind. */
function ending(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      process.off("SIGINT", end).off("SIGTERM", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    process.on("SIGINT", end).on("SIGTERM", end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

function openBrowser(address: string, io: Io): void {
  const commands: Partial<Record<NodeJS.Platform, string[]>> = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };
  const [command, ...options] = commands[process.platform] ?? ["xdg-open"];
  const browser = spawn(command!, [...options, address], { detached: true, stdio: "ignore" });
  const remark = () => io.err(`no browser could be opened; open ${address} yourself`);
  browser.on("error", remark);
  browser.on("exit", (code) => code && remark());
  browser.unref();
}
