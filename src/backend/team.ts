// Threads that run a plan together: they are started once, load a plan each time, and are told how many steps to do.
// What they do in a step is assembly/step.ts's. A thread that fails ends the whole team with an error.

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

/** Threads with a plan loaded. */
export interface Team {
  /**
   * Does up to `count` steps, as Machine.steps does, on all threads. `stop` is looked at between panels; the step it
   * interrupts is not finished. Rejects with E_WORKER when a thread fails; the plan's memory is then of no use.
   */
  run(count: number): Promise<number>;
  stop(): void;
}

/** Threads waiting for plans. They use no processor time while they wait and do not keep the process alive. */
export class Pool {
  readonly threads: number;
  #members: Thread[] = [];
  #answers: ((answer: ThreadReply) => void)[] = [];

  constructor(threads: number) {
    this.threads = threads;
  }

  /** Loads a plan into all threads, which are started if they are not there. */
  async load({ module, memory, join }: Shared, plan: Plan): Promise<Team> {
    const header = new Int32Array(memory.buffer, plan.program, P.HYPER / 4);
    const entry = plan.request.architecture.dtype === "float64" ? "stepsFloat64" : "stepsFloat32";
    const { program } = plan;
    header[P.Header.spins] = this.threads <= countCores() ? SPINS.own : SPINS.shared;
    this.#start();
    await this.#ask((thread) => ({ module, memory, join, program, thread, entry }), header);
    return {
      run: async (count) => {
        beginDispatch(header);
        const answers = await this.#ask(() => ({ steps: count }), header);
        return (answers[0] as { done: number }).done;
      },
      stop: () => Atomics.store(header, P.Header.stop, 1),
    };
  }

  /** Lets go of the plan, and keeps the threads. */
  release(): void {
    for (const member of this.#members) member.post(null);
  }

  /** Ends all threads, also in the middle of their work. The next load starts new ones. */
  end(): void {
    const members = this.#members;
    this.#members = [];
    for (const member of members) member.end();
    for (const answer of this.#answers) answer({ failed: "it was told to end" });
  }

  #start(): void {
    if (this.#members.length > 0) return;
    const members: Thread[] = [];
    for (let i = 0; i < this.threads; i++) {
      const fail = (reason: string) => {
        if (this.#members !== members) return; // it was ended by us
        if (this.#answers[i]) this.#answers[i]!({ failed: reason });
        else this.end(); // between two requests: the next load starts anew
      };
      members.push(startThread(script, (answer) => this.#answers[i]?.(answer as ThreadReply), fail));
      members[i]!.hold(false);
    }
    this.#members = members;
  }

  // Sends every thread its request and waits for all replies. On the first failure the others are woken and ended.
  async #ask(order: (thread: number) => ThreadRequest, header: Int32Array): Promise<ThreadReply[]> {
    const members = this.#members;
    if (members.length === 0) throw failure("a thread ended while it waited");
    const answers = members.map(
      (member, i) =>
        new Promise<ThreadReply>((resolve, reject) => {
          this.#answers[i] = (answer) => {
            if ("failed" in answer) reject(new Error(`thread ${i + 1} of ${members.length}: ${answer.failed}`));
            else resolve(answer);
          };
          member.hold(true);
          member.post(order(i));
        }),
    );
    try {
      return await Promise.all(answers);
    } catch (cause) {
      this.#answers = [];
      Atomics.store(header, P.Header.failed, 1);
      Atomics.add(header, P.Header.generation, 1);
      Atomics.notify(header, P.Header.generation);
      this.end();
      throw failure((cause as Error).message, cause);
    } finally {
      this.#answers = [];
      for (const member of members) member.hold(false);
    }
  }
}

function failure(reason: string, cause?: unknown): InputError {
  return new InputError(
    "E_WORKER",
    `fit: a worker thread ended before its work was done (${reason}); the weights are those before this call: run fit again, or with threads: 1.`,
    { cause },
  );
}
