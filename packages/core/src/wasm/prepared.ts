import type { Tensor } from "../tensor.js";
import type { Engine } from "./engine.js";

/** What is needed of a workspace. */
interface Place {
  readonly engine: Engine;
  readonly call: number;
  take(bytes: number): number;
}

/** What was made of a tensor's elements, for later calls: filters in panels, or transformed. */
interface Prepared {
  readonly heap: Engine["heap"];
  readonly address: number;
  /** The number of the only call that may use it; undefined once it is kept. */
  readonly call: number | undefined;
}

/** By the array of a tensor's elements, which never change, and by what was made of them. */
const prepared = new WeakMap<object, Map<string, Prepared>>();

const forgotten = new FinalizationRegistry<Prepared>(({ heap, address }) => heap.give(address));

/**
 * Something made of a tensor's elements: made anew the first time, as training needs it, whose weights are new at each
 * step; from the second time on kept as long as the elements are.
 *
 * @returns Its address.
 */
export function preparedFrom(
  { engine, take, call }: Place,
  x: Tensor,
  key: string,
  bytes: number,
  make: (address: number) => void,
): number {
  const { heap, budget } = engine;
  const values = x.storage as object;
  const all = prepared.get(values) ?? new Map<string, Prepared>();
  prepared.set(values, all);
  const found = all.get(key);
  const isMine = found?.heap === heap;
  if (isMine && (found.call === undefined || found.call === call)) return found.address;
  const lasting = isMine && heap.used + bytes < budget ? heap.take(bytes) : undefined;
  const address = lasting ?? take(bytes);
  try {
    make(address);
  } catch (error) {
    if (lasting !== undefined) heap.give(lasting);
    throw error;
  }
  const entry = { heap, address, call: lasting === undefined ? call : undefined };
  all.set(key, entry);
  if (lasting !== undefined) forgotten.register(values, entry, values);
  return address;
}

/** Gives back what was made of these elements. */
export function forget(values: object): void {
  const all = prepared.get(values);
  if (all === undefined) return;
  prepared.delete(values);
  forgotten.unregister(values);
  for (const { heap, address, call } of all.values()) if (call === undefined) heap.give(address);
}
