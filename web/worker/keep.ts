// The training under way, kept in the browser, so that a reload or a crash does not lose it: one record in IndexedDB, and
// a lock that says whose it is, as long as a page trains. Where nothing can be kept, nothing is, and nobody is told.

import type { CostRecord, Diagnosis, NetworkOptions } from "../../src/index.js";
import type { Left } from "../protocol.js";

const NAME = "wasmlp-training"; // of database, store, record and lock
const MOMENT = 200; // milliseconds, in which another look at it is over

/** How far a training is. */
export interface Standing {
  readonly checkpoint: Uint8Array<ArrayBuffer>;
  readonly costs: readonly CostRecord[];
  readonly diagnoses: readonly Diagnosis[];
  /** Share of its iterations that is done. */
  readonly share: number;
  /** Seconds since its begin, without those in which nobody was at it. */
  readonly wallSeconds: number;
}

/** A training as it is kept. */
export interface Kept extends Left, Standing {
  /** What its network is, where the settings do not say it: of one that was trained on. */
  readonly network: NetworkOptions | null;
}

/**
 * Takes the lock and resolves with what gives it back; null where another page has it, after a moment, and where there
 * are no locks.
 */
export function hold(signal = AbortSignal.timeout(MOMENT)): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve(null); // of an address that is neither https nor this machine
    const held = () => new Promise<void>((release) => resolve(release));
    navigator.locks.request(NAME, { signal }, held).catch(() => resolve(null));
  });
}

/** The training that was kept last and not dropped, once no page is at it; null where there is none. */
export async function findLeft(): Promise<Kept | null> {
  const release = await hold(new AbortController().signal);
  release?.();
  return release && readKept();
}

/** The training that was kept last and not dropped; null where there is none. */
export const readKept = (): Promise<Kept | null> =>
  inStore<Kept | undefined>("readonly", (store) => store.get(NAME)).then(
    (kept) => kept ?? null,
    () => null,
  );

/** Keeps a training, in the place of the one before. */
export const writeKept = (kept: Kept) => inStore("readwrite", (store) => store.put(kept, NAME)).catch(() => {});

export const dropKept = () => inStore("readwrite", (store) => store.delete(NAME)).catch(() => {});

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME);
  opening.onupgradeneeded = () => opening.result.createObjectStore(NAME);
  const database = await resultOf(opening);
  try {
    return await resultOf(work(database.transaction(NAME, mode).objectStore(NAME)));
  } finally {
    database.close();
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
