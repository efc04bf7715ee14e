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

/** Whether this is the page that remembers: of several tabs, the first. */
const isOurs = new Promise<boolean>((resolve) => {
  if (navigator.locks === undefined) return resolve(true);
  const keep = () => {
    resolve(true);
    return new Promise<never>(() => {}); // until the page is closed
  };
  navigator.locks.request(KEY, { signal: AbortSignal.timeout(PATIENCE) }, keep).catch(() => resolve(false));
});

/** Saves the session in IndexedDB. A browser that has none, or no room, costs the memory, not the run. */
export async function save(saved: Saved): Promise<void> {
  try {
    if (await isOurs) await set(KEY, saved);
  } catch (error) {
    console.info("The session cannot be saved:", String(error));
  }
}

/** The session of before, if there is one. */
export async function open(): Promise<Saved | undefined> {
  try {
    return (await isOurs) ? await get<Saved>(KEY) : undefined;
  } catch {
    return undefined;
  }
}
