import { get, set } from "idb-keyval";
import type { Run } from "./curve.js";

/** What survives a reload. */
export interface Saved {
  /** All runs that are compared; the last is the current one. */
  readonly runs: readonly Run[];
  /** Of the current one, from which it goes on. */
  readonly checkpoint: Uint8Array;
  /** It went on when this was saved. */
  readonly wasRunning: boolean;
}

const KEY = "session-1";

/** Saves the session in IndexedDB. A browser that has none, or no room, costs the memory, not the run. */
export async function save(saved: Saved): Promise<void> {
  await set(KEY, saved).catch((error: unknown) => console.info("The session cannot be saved:", String(error)));
}

/** The session of before, if there is one. */
export async function open(): Promise<Saved | undefined> {
  return get<Saved>(KEY).catch(() => undefined);
}
