import type { Evaluation } from "@conv/nn";
import { get, set } from "idb-keyval";
import type { Run } from "./curve.js";
import type { Phase } from "./run.js";

/** What survives a reload. */
export interface Saved {
  /** All runs that are compared; the last is the current one. */
  readonly runs: readonly Run[];
  /** Of the current one, from which it goes on. */
  readonly checkpoint: Uint8Array;
  /** How it stood. */
  readonly phase: Phase;
  /** Its last validation. */
  readonly evaluation: Pick<Evaluation, "labels" | "predictions"> | undefined;
}

const KEY = "session-2";
/** Milliseconds until a page that is being reloaded has let go of the lock. */
const PATIENCE = 500;
/** Milliseconds after which a run begins without the session of before. */
const SOON = 2000;

/** Whether this is the page that remembers: of several tabs, the first. */
const isOurs = new Promise<boolean>((resolve) => {
  if (navigator.locks === undefined) return resolve(true);
  const keep = () => {
    resolve(true);
    return new Promise<never>(() => {}); // until the page is closed
  };
  navigator.locks.request(KEY, { signal: AbortSignal.timeout(PATIENCE) }, keep).catch(() => resolve(false));
});

/**
 * Saves the session in IndexedDB, if this is the page that remembers. A browser without room costs the memory, not the run.
 *
 * @returns Whether nothing went wrong.
 */
export async function save(saved: Saved): Promise<boolean> {
  try {
    if (await isOurs) await set(KEY, saved);
    return true;
  } catch {
    return false;
  }
}

/** The session of before, if there is one, and if the browser finds it soon. */
export async function open(): Promise<Saved | undefined> {
  const found = isOurs.then((ours) => (ours ? get<Saved>(KEY) : undefined)).catch(() => undefined);
  return Promise.race([found, new Promise<undefined>((resolve) => setTimeout(resolve, SOON))]);
}
