// Threads that run plans together. There is one crew of them in a process, as many threads as the largest team wants;
// it is started when it is first wanted, shared by all trainings, whose dispatches take turns, and ended some seconds
// after the last one. What threads do in a step is assembly/step.ts's. A thread that fails ends the whole crew, and with
// it every training on it.

import * as P from "../../assembly/program.js";
import { script } from "../../build/thread.js";
import { InputError } from "../errors.js";
import { countCores, startThread, type Thread } from "../host.js";
import type { Plan } from "../plan.js";
import type { Shared } from "./machine.js";
import { beginDispatch } from "./step.js";
import type { ThreadReply, ThreadRequest } from "./team/thread.js";

// How often a thread looks before it goes to sleep at a meeting. With a core for each thread, for some milliseconds: if
// they slept sooner, two threads that the system put on one core would take turns there, and it would see no reason to
// give them two. With fewer cores than threads, a thread that waits leaves its core to the others at once.
const SPINS = { own: 5_000_000, shared: 500 };
// Milliseconds that an idle crew waits for the next training: longer than a pause between two, much less than a person
// would want its memory kept.
const IDLE = 2000;

/** Threads with a plan loaded. */
export interface Team {
  /**
   * Does up to `count` steps, as Machine.steps does, on all threads or the first `some`, when it is this team's turn.
   * Rejects with E_WORKER when a thread fails; the plan's memory is then of no use.
   */
  run(count: number, some?: number): Promise<number>;
  /** For good: looked at between panels; a step that it interrupts is not finished, a later one not begun. */
  stop(): void;
  /** Lets the plan go. */
  close(): void;
}

let crew: Crew | null = null;
let plans = 0;

/** Whether so many threads are there already. */
export const areStarted = (threads: number): boolean => (crew?.size() ?? 0) >= threads;

/**
 * Loads a plan into `threads` threads; steps may be done meanwhile, as a thread writes nothing but the kernels' constants
 * into the memory, which are there. Rejects with E_WORKER where they cannot be started.
 */
export async function openTeam({ module, memory, join }: Shared, plan: Plan, threads: number): Promise<Team> {
  crew ??= createCrew(() => {
    crew = null;
  });
  const own = crew;
  const id = plans++;
  const header = new Int32Array(memory.buffer, plan.program, P.HYPER / 4);
  const entry = plan.request.architecture.dtype === "float64" ? "stepsFloat64" : "stepsFloat32";
  const { program } = plan;
  header[P.Header.spins] = threads <= countCores() ? SPINS.own : SPINS.shared;
  let stopped = false;
  let leave: (() => void) | null = null; // out of the queue
  own.enter();
  try {
    await own.ask(threads, (thread) => ({ id, module, memory, join, program, thread, entry }));
  } catch (error) {
    own.exit();
    throw error;
  }
  const work = async (count: number, some: number) => {
    if (stopped) return 0;
    leave = null;
    header[P.Header.threads] = some; // one, after steps without the team
    beginDispatch(header);
    const answers = await own.ask(some, () => ({ id, steps: count }));
    return (answers[0] as { done: number }).done;
  };
  return {
    run: (count, some = threads) =>
      new Promise((resolve, reject) => {
        leave = () => resolve(0);
        own.turn(() => work(count, some)).then(resolve, reject);
      }),
    stop() {
      stopped = true;
      Atomics.store(header, P.Header.stop, 1);
      leave?.();
    },
    close() {
      own.tell(threads, { id, close: true });
      own.exit();
    },
  };
}

/** Threads that answer one request at a time. */
interface Crew {
  size(): number;
  /** Sends a request to each of the first `threads` threads and waits for all replies. Rejects with E_WORKER. */
  ask(threads: number, request: (thread: number) => ThreadRequest): Promise<ThreadReply[]>;
  /** Sends what has no reply. */
  tell(threads: number, request: ThreadRequest): void;
  /** Calls `work` when all that was asked for before is done. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** A team more; a team less. */
  enter(): void;
  exit(): void;
}

function createCrew(onEnd: () => void): Crew {
  const members: Thread[] = [];
  let teams = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let ended: string | null = null; // why there are no threads any more
  // of the requests that wait for replies: a load may wait beside a dispatch
  const waiting = new Map<number, { reply(thread: number, reply: ThreadReply): void; fail(reason: string): void }>();
  let asked = 0;

  function end(reason: string): void {
    if (ended !== null) return;
    ended = reason;
    onEnd();
    for (const member of members) member.end();
    for (const { fail } of waiting.values()) fail(reason);
  }

  function grow(threads: number): void {
    for (let i = members.length; i < threads; i++) {
      const heard = (message: unknown) => {
        const { request, reply } = message as { request: number; reply: ThreadReply };
        waiting.get(request)?.reply(i, reply);
      };
      members[i] = startThread(script, heard, (reason) => end(`thread ${i + 1} of ${members.length}: ${reason}`));
      members[i]!.hold(false);
    }
  }

  async function ask(threads: number, requestOf: (thread: number) => ThreadRequest): Promise<ThreadReply[]> {
    if (ended === null) {
      try {
        grow(threads);
      } catch (error) {
        end((error as Error).message); // the engine starts no thread at all
      }
    }
    if (ended !== null) throw failure(ended);
    const request = asked++;
    try {
      return await new Promise((resolve, reject) => {
        const replies: ThreadReply[] = [];
        let missing = threads;
        waiting.set(request, {
          reply(thread, reply) {
            if ("failed" in reply) end(`thread ${thread + 1} of ${threads}: ${reply.failed}`);
            replies[thread] = reply;
            if (--missing === 0) resolve(replies);
          },
          fail: (reason) => reject(failure(reason)),
        });
        for (let i = 0; i < threads; i++) {
          members[i]!.hold(true);
          members[i]!.post({ request, order: requestOf(i) });
        }
      });
    } finally {
      waiting.delete(request);
      if (waiting.size === 0) for (const member of members) member.hold(false);
    }
  }

  return {
    size: () => members.length,
    ask,
    tell(threads, order) {
      if (ended === null) for (const member of members.slice(0, threads)) member.post({ request: -1, order });
    },
    turn(work) {
      const result = queue.then(work);
      queue = result.catch(() => {});
      return result;
    },
    enter() {
      teams++;
      clearTimeout(idle);
    },
    exit() {
      if (--teams > 0) return;
      idle = setTimeout(() => end("nobody wanted it any more"), IDLE);
      (idle as { unref?: () => void }).unref?.();
    },
  };
}

function failure(reason: string): InputError {
  return new InputError(
    "E_WORKER",
    `fit: a worker thread ended before its work was done (${reason}); the weights are those before this call: run fit again, or with threads: 1.`,
  );
}
