// A test stand for single operations: a program of a few records in a memory of which every byte is known. What a record
// may write is said beforehand; that nothing else was written, not even a byte between the operands, is looked at after
// each run. A twin runs the same beside it and must give the same bytes.

import { expect } from "vitest";
import * as P from "../assembly/program.js";
import type { Backend, Machine } from "../src/backend.js";
import type { DType } from "../src/catalogue.js";
import { createProgram, type Over } from "../src/plan/program.js";
import type { Plan } from "../src/plan.js";

type Values = Uint8Array | Int32Array | Float32Array | Float64Array;

/** An operand: where it is, and its numbers. */
export interface Operand<Numbers extends Values = Values> {
  readonly address: number;
  readonly type: { new (memory: ArrayBufferLike, offset: number, length: number): Numbers };
  readonly length: number;
}

const CANARY = 0xff; // all of these make a NaN of either type
const GUARD = 128; // bytes of canaries before and behind each operand, at least
const ROOM = 4096; // for the program

/** A stand for operations on numbers of `dtype`; with a `twin` that must give the same bytes, or null. */
export function createStand(backend: Backend, twin: Backend | null, dtype: DType) {
  const program = createProgram();
  const Numbers = dtype === "float64" ? Float64Array : Float32Array;
  const operands: { operand: Operand; values: Values | null; written: boolean }[] = [];
  let top = P.RESERVED + ROOM;
  let machines: Machine[] = [];

  function place<N extends Values>(type: Operand<N>["type"], length: number, values: N | null, written: boolean) {
    const address = Math.ceil((top + GUARD) / 64) * 64;
    const operand: Operand<N> = { address, type, length };
    top = address + length * (type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
    operands.push({ operand, values, written });
    return operand;
  }
  const typeOf = <N extends Values>(values: N) => values.constructor as unknown as Operand<N>["type"];

  /** Numbers that are only read. */
  const input = <N extends Values>(values: N) => place(typeOf(values), values.length, values, false);
  /** Numbers that are read and written. */
  const inout = <N extends Values>(values: N) => place(typeOf(values), values.length, values, true);
  /** Room for results; NaN until they are there. */
  const output = (length: number) => place<Float32Array | Float64Array>(Numbers as never, length, null, true);
  const doubles = (length: number) => place<Float64Array>(Float64Array, length, null, true);

  /** Room for what the kernels copy for themselves, of which the twin has no need. */
  const room = (length: number) => {
    const operand = output(length);
    rooms.add(operand);
    return operand;
  };

  const scratch = place<Uint8Array>(Uint8Array, P.SCRATCH_HEAD, null, true);
  const rooms = new Set<Operand>([scratch]); // notes, too

  /** Loads a program of one phase that has the emitted records. */
  function load(
    over: Over,
    emit: (emit: typeof program.emit) => void,
    header: Partial<Record<keyof typeof P.Header, number>> = {},
    hyper: Partial<Record<keyof typeof P.Hyper, number>> = {},
  ): void {
    program.phase("forward", over, 1);
    emit(program.emit);
    const image = program.image({ threads: 1, scratch: scratch.address, ...header });
    const values = new Float64Array(image.buffer, P.HYPER, (P.RECORDS - P.HYPER) / 8);
    for (const [name, value] of Object.entries(hyper)) values[P.Hyper[name as keyof typeof P.Hyper]] = value;
    expect(image.length).toBeLessThanOrEqual(ROOM);
    const bytes = top + GUARD;
    const plan = { request: { architecture: { dtype } }, program: P.RESERVED, bytes, image, phases: program.phases };
    machines = [backend, ...(twin ? [twin] : [])].map((one) => one.load(plan as unknown as Plan));
    for (const { memory } of machines) {
      new Uint8Array(memory, P.RESERVED + image.length, bytes - P.RESERVED - image.length).fill(CANARY);
      for (const { operand, values: own } of operands) if (own) viewOf(operand, memory).set(own as never);
    }
  }

  function viewOf<N extends Values>({ type: Type, address, length }: Operand<N>, memory = machines[0]!.memory): N {
    return new Type(memory, address, length);
  }

  // What may not change: all but the kernels' constants, the program and what is written.
  function untouched(memory: ArrayBufferLike): Uint8Array {
    const bytes = new Uint8Array(memory.slice(P.RESERVED + ROOM, top + GUARD));
    for (const { operand, written } of operands) {
      if (written) bytes.fill(0, operand.address - P.RESERVED - ROOM, endOf(operand) - P.RESERVED - ROOM);
    }
    return bytes;
  }
  const endOf = ({ type, address, length }: Operand) =>
    address + length * (type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;

  function checked<Result>(work: (machine: Machine) => Result): Result {
    const results = machines.map((machine) => {
      const before = untouched(machine.memory);
      const result = work(machine);
      const after = untouched(machine.memory);
      if (Buffer.compare(before, after) !== 0) {
        const place = after.findIndex((byte, i) => byte !== before[i]);
        expect.fail(placeOf(P.RESERVED + ROOM + place));
      }
      return result;
    });
    if (results.length > 1) {
      expect(results[1]).toEqual(results[0]);
      for (const { operand, written } of operands) {
        if (!written || rooms.has(operand)) continue;
        const [own, other] = machines.map(({ memory }) => viewOf(operand, memory));
        expect(Buffer.compare(bytesOf(own!), bytesOf(other!)), "the twin's bytes").toBe(0);
      }
    }
    return results[0]!;
  }
  const bytesOf = (values: Values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

  function placeOf(address: number): string {
    const i = operands.findIndex(({ operand }) => address < operand.address) - 1;
    const number = i < 0 ? operands.length - 1 : i;
    return `byte ${address - operands[number]!.operand.address} from the start of operand ${number} is written`;
  }

  return {
    ...{ Numbers, input, inout, output, room, doubles, load, emit: program.emit },
    run: (from: number, to: number) => checked((machine) => machine.run(0, from, to)),
    once: () => checked((machine) => machine.once(0)),
    /** The numbers of an operand as they are now. */
    read: (operand: Operand): number[] => Array.from(viewOf(operand)),
    /** A word of the header, a hyperparameter. */
    word: (name: keyof typeof P.Header) => new Int32Array(machines[0]!.memory, P.RESERVED)[P.Header[name]]!,
    hyper: (name: keyof typeof P.Hyper) => new Float64Array(machines[0]!.memory, P.RESERVED + P.HYPER)[P.Hyper[name]]!,
  };
}

export type Stand = ReturnType<typeof createStand>;
