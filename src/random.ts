// The one source of random numbers: the Mersenne Twister MT19937 with the semantics of NumPy's legacy RandomState, so
// that seed 1 draws the numbers that numpy.random draws after seed(1). Not for secrets.

import { log64 } from "./math.js";
import { check } from "./options/check.js";
import { number, whole } from "./options/type.js";

const WORDS = 624;
const SHIFT = 397;
const WORD = number(whole(0, 2 ** 32 - 1));

/**
 * Random numbers from a seed, a whole number from 0 to 2^32 − 1: the streams of numpy.random.RandomState(seed).
 *
 * Throws InputError E_OPTION for any other seed. Source: https://doi.org/10.1145/272991.272995 (MT19937)
 */
export class Random {
  readonly #state = new Uint32Array(WORDS);
  #used = WORDS;
  // The polar method gives normal numbers in pairs; the second one waits here.
  #second = Number.NaN;

  constructor(seed: number) {
    check("Random", "seed", WORD, seed);
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const last = state[i - 1]!;
      state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  /** One number from [0, 1), a multiple of 2^-53; numpy's random_sample(). */
  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * One number from the normal distribution of mean 0 and standard deviation 1, by the polar method; numpy's randn().
   */
  normal(): number {
    const second = this.#second;
    if (!Number.isNaN(second)) {
      this.#second = Number.NaN;
      return second;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const stretch = Math.sqrt((-2 * log64(square)) / square);
      this.#second = stretch * x;
      return stretch * y;
    }
  }

  /**
   * One whole number from 0 to `max` inclusive, max ≤ 2^32 − 1, all equally likely; as numpy's shuffle draws them.
   * Throws E_OPTION for any other max.
   */
  integer(max: number): number {
    check("integer", "max", WORD, max);
    return this.#draw(max);
  }

  #draw(max: number): number {
    if (max === 0) return 0;
    // the smallest mask of ones that covers max: draws above max are thrown away
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.#next() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /** The numbers 0 to n − 1 in a random order (Fisher and Yates's shuffle); numpy's permutation(n). Throws E_OPTION. */
  permutation(n: number): Int32Array {
    check("permutation", "n", number(whole(0, 2 ** 31 - 1)), n);
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#draw(i);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }

  /** Where the stream is: to go on from there with restore. Not in the middle of a pair of normal numbers. */
  state(): number[] {
    return [...this.#state, this.#used];
  }

  /** Goes on from where state() was called. */
  restore(state: ArrayLike<number>): void {
    for (let i = 0; i < WORDS; i++) this.#state[i] = state[i]!;
    this.#used = state[WORDS]!;
    this.#second = Number.NaN;
  }

  #next(): number {
    if (this.#used === WORDS) this.#refill();
    let y = this.#state[this.#used++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < WORDS - SHIFT; i++) state[i] = state[i + SHIFT]! ^ twisted(state[i]!, state[i + 1]!);
    for (let i = WORDS - SHIFT; i < WORDS - 1; i++) {
      state[i] = state[i + SHIFT - WORDS]! ^ twisted(state[i]!, state[i + 1]!);
    }
    state[WORDS - 1] = state[SHIFT - 1]! ^ twisted(state[WORDS - 1]!, state[0]!);
    this.#used = 0;
  }
}

// The recurrence's matrix, times the upper bit of one word with the others of the next.
function twisted(word: number, next: number): number {
  const y = (word & 0x80000000) | (next & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
