// What brings examples into a training's memory: all of them at the start, or of a source one stage after the other,
// the next of which is read while the steps of this one run. In either case an epoch visits each example once, in an
// order that follows from the seed.

import { type DataSource, openStages } from "../dataset/source.js";
import type { Dataset } from "../dataset.js";
import { type Pace, paced } from "../pace.js";
import { viewOf } from "../plan.js";
import { Random } from "../random.js";
import { filling, type Session } from "../session.js";
import type { TrainingOptions } from "./options.js";
import type { TrainingState } from "./state.js";
import type { Stop } from "./stop.js";

export interface Feed {
  /** Examples of an epoch. */
  readonly count: number;
  /** Makes ready what the next step reads: a new order where an epoch begins, a new stage where one does. */
  prepare(state: TrainingState): Promise<void> | void;
  /** Steps from this iteration on for which that is enough. */
  stepsAhead(iteration: number): number;
  /** Row of the data in which the example at this place of the memory stands. */
  rowAt(place: number): number;
}

/** Of data that are in memory as a whole. */
export function feedFromMemory(count: number, { shuffle, stepsPerEpoch }: TrainingOptions): Feed {
  return {
    count,
    prepare({ session, iteration, random }) {
      if (shuffle && iteration % stepsPerEpoch === 0) session.order.set(random.permutation(count));
    },
    stepsAhead: (iteration) => (shuffle ? stepsPerEpoch - (iteration % stepsPerEpoch) : Number.POSITIVE_INFINITY),
    rowAt: (place) => place,
  };
}

/**
 * Of a source, to a session with room for a stage, whole batches or all examples. Where an epoch is shuffled, its parts
 * come in a drawn order, and the examples of a stage do. One stage is read once; its orders, and so all bits, are those
 * of data in memory.
 */
export function feedFromSource(
  session: Session,
  source: DataSource,
  options: TrainingOptions,
  weightsOf: ((data: Dataset) => Float64Array) | null,
  pace: Pace,
  stop: Stop,
): Feed {
  const { count, parts, anyOrder } = source;
  const { batch, stepsPerEpoch, shuffle, iterations } = options;
  const rows = session.plan.request.count;
  const stepsPerStage = Math.ceil(rows / batch);
  const several = rows < count;
  const mixed = shuffle && several && anyOrder;
  const stages = openStages(source, rows);
  let loaded: { readonly first: number; readonly order: Int32Array | null } | null = null;
  let ahead: { readonly first: number; readonly data: Promise<Dataset> } | null = null;

  async function load(order: Int32Array | null, first: number): Promise<void> {
    const data = await stop.during(ahead?.first === first ? ahead.data : stages.read(order, first));
    ahead = null;
    await paced(filling(session, data), pace);
    const { plan, machine } = session;
    if (weightsOf) viewOf(plan, machine.memory, plan.weights).set(weightsOf(data));
    loaded = { first, order };
  }

  // The stage after this one, whose order is drawn when it begins: here only looked at.
  function readAhead({ random, parts: order, iteration }: TrainingState, first: number): void {
    if (!several || iteration + stepsPerStage >= iterations) return;
    const next = first + rows < count ? first + rows : 0;
    const nextOrder = next === 0 && mixed ? permutationAhead(random, parts.length) : mixed ? order : null;
    const data = stages.read(nextOrder, next);
    data.catch(() => {}); // told where it is waited for
    ahead = { first: next, data };
  }

  return {
    count,
    async prepare(state) {
      const step = state.iteration % stepsPerEpoch;
      const first = Math.floor(step / stepsPerStage) * rows;
      const begins = step % stepsPerStage === 0;
      if (begins && first === 0 && mixed) state.parts = state.random.permutation(parts.length);
      if (several ? begins || loaded?.first !== first : loaded === null) {
        await load(mixed ? state.parts : null, first);
        session.setStage(Math.min(rows, count - first), begins ? 0 : session.batch().first);
        if (begins) orderStage(state, first);
        readAhead(state, first);
      } else if (begins) orderStage(state, first);
    },
    stepsAhead: (iteration) => {
      const step = iteration % stepsPerEpoch;
      return Math.min(stepsPerStage - (step % stepsPerStage), stepsPerEpoch - step);
    },
    rowAt(place) {
      const { first, order } = loaded!;
      if (order === null) return first + place;
      let [at, left] = [0, first + place];
      for (; left >= parts[order[at]!]!; at++) left -= parts[order[at]!]!;
      return left + parts.slice(0, order[at]).reduce((sum, rows) => sum + rows, 0);
    },
  };

  function orderStage({ random }: TrainingState, first: number): void {
    if (shuffle) session.order.set(random.permutation(Math.min(rows, count - first)));
  }
}

// What a generator will draw next, without drawing it.
function permutationAhead(random: Random, length: number): Int32Array {
  const copy = new Random(0);
  copy.restore(random.state());
  return copy.permutation(length);
}
