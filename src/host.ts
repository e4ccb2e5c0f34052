// What the engine we run in has to offer: cores, shared memory, workers, V8's switches. The same code in Node and in
// browsers, with no import of either.

/** The part of Node's process that is used here. */
interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule(name: string): unknown;
  cpuUsage?(): { readonly user: number; readonly system: number };
}

/** Node's os, as far as it is used here. */
interface Os {
  availableParallelism(): number;
  cpus(): { readonly times: Readonly<Record<"user" | "nice" | "sys" | "irq", number>> }[];
}

/** A worker of Node or of a browser, as far as it is used here. */
export interface Thread {
  /** Sends a message, giving away what `transfer` names. */
  post(message: unknown, transfer?: ArrayBuffer[]): void;
  /** Whether it keeps the process alive; browsers have no such thing. */
  hold(alive: boolean): void;
  end(): void;
}

const node = (globalThis as { process?: NodeProcess }).process;

// One of Node's own modules, without an import, which bundlers for browsers would stumble over; undefined elsewhere.
export function builtin<T>(name: string): T | undefined {
  return node?.versions?.node === undefined ? undefined : (node.getBuiltinModule(`node:${name}`) as T | undefined);
}

/** Processor cores this program may use, at least 1. */
export function countCores(): number {
  const os = builtin<Os>("os");
  if (os) return os.availableParallelism();
  return (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1;
}

const SPAN = 100; // milliseconds: the system counts in steps of 10
const STALE = 10_000; // what was so long ago says nothing of now
const MOST_ASKED = 16; // cores: to ask takes 0.14 ms on two, and longer the more there are
let counted = { at: Number.NEGATIVE_INFINITY, busy: 0 }; // milliseconds that others have used all processors
let ofOthers = Number.NaN;

/**
 * Processor cores that other programs use, on average since it was asked before, a tenth of a second ago or more. NaN
 * where that is not known: at first, in browsers, and where this program may not use all of the cores, or they are many.
 */
export function coresOfOthers(): number {
  const now = performance.now();
  if (now - counted.at < SPAN) return ofOthers;
  const os = builtin<Os>("os");
  const own = os && node?.cpuUsage?.(); // of all threads of this program, in microseconds
  const cores = countCores();
  if (!own || cores > MOST_ASKED) return Number.NaN;
  const cpus = os.cpus();
  if (cpus.length !== cores) return Number.NaN;
  const busy = cpus.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const last = counted;
  counted = { at: now, busy: busy - (own.user + own.system) / 1000 };
  const span = now - last.at;
  ofOthers = span < STALE ? (counted.busy - last.busy) / span : Number.NaN;
  return ofOthers;
}

/** Why this engine cannot run threads; null when it can. */
export function whyNoThreads(): string | null {
  if (typeof SharedArrayBuffer === "undefined") {
    return "the page is not cross-origin isolated, so it has no shared memory";
  }
  if (node?.versions?.node !== undefined) {
    return null;
  }
  return typeof Worker === "undefined" ? "there are no workers here" : null;
}

/** What Node's threads can be held to; browsers' cannot. */
export interface ThreadLimits {
  /** Most memory of its JavaScript. What it writes is not for the user then, and flags of the caller not for it. */
  readonly heapMegabytes: number;
}

/**
 * Starts a thread that runs `source`: a script's text, or its address. Its messages go to `onMessage`, its end and the
 * reason to `onEnd`. Throws where there are no threads, or none may be started.
 */
export function startThread(
  source: string | URL,
  onMessage: (message: unknown) => void,
  onEnd: (reason: string) => void,
  limits?: ThreadLimits,
): Thread {
  const threads = builtin<typeof import("node:worker_threads")>("worker_threads");
  if (threads) {
    const worker = new threads.Worker(source, {
      ...{ eval: typeof source === "string", name: "wasmlp" },
      ...(limits && { execArgv: [], env: {}, stderr: true, stdout: true }),
      ...(limits && { resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes } }),
    });
    if (limits) for (const written of [worker.stdout, worker.stderr]) written.resume();
    worker.on("message", onMessage);
    worker.on("messageerror", (error) => onEnd(error.message));
    // an error may overtake messages that were sent before it; the exit comes last
    let reason: string | undefined;
    worker.on("error", (error) => {
      reason = error.message;
    });
    worker.on("exit", (code) => onEnd(reason ?? `it exited with code ${code}`));
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      hold: (alive) => (alive ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  }
  const own = typeof source === "string";
  const url = own ? URL.createObjectURL(new Blob([source], { type: "text/javascript" })) : source.href;
  const worker = new Worker(url, { name: "wasmlp" });
  worker.onmessage = ({ data }) => {
    if (own) URL.revokeObjectURL(url);
    onMessage(data);
  };
  worker.onerror = (event) => onEnd(event.message || "it could not be started; the page's policy may forbid it");
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: () => {},
    end: () => worker.terminate(),
  };
}

interface Port {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  on?(event: "message", listener: (message: unknown) => void): void;
  onmessage?: ((event: { data: unknown }) => void) | null;
}

/** What a worker has to talk with whoever started it. */
export function port<In, Out>() {
  const own = builtin<{ parentPort: Port }>("worker_threads")?.parentPort ?? (globalThis as unknown as Port);
  return {
    post: (message: Out, transfer: ArrayBuffer[] = []) => own.postMessage(message, transfer),
    listen: (listener: (message: In) => void) => {
      if (own.on) own.on("message", (message) => listener(message as In));
      else own.onmessage = ({ data }) => listener(data as In);
    },
  };
}

const v8 = () => builtin<{ setFlagsFromString(flag: string): void }>("v8");
const nodeVersion = Number.parseInt(node?.versions?.node ?? "0", 10);

/**
 * Switches on fused multiply-add where V8 has it behind a flag, which is on Node 20. To be called before the kernels are
 * compiled. For the whole process, and never undone.
 */
export function switchOnFusing(): void {
  if (nodeVersion < 21) v8()?.setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/**
 * Switches on that V8 joins pairs of vectors to 256 bits, an experiment of V8's from Node 24 on; and why it cannot be had,
 * empty where it can. To be called before the kernels are compiled. For the whole process, and never undone.
 */
export function switchOnWideVectors(): string {
  const engine = v8();
  if (!engine || nodeVersion < 24)
    return `${node ? `Node ${nodeVersion}` : "this engine"} cannot join vectors, Node 24 and later can`;
  engine.setFlagsFromString("--experimental-wasm-revectorize");
  return "";
}
