import type { Tensor } from "../tensor.js";
import type { Engine } from "./engine.js";
import type { Workspace } from "./workspace.js";

/** What was made of a tensor's elements, for later calls: filters in panels, or transformed. */
interface Prepared {
  readonly heap: Engine["heap"];
  /** Where it is, from the second call on. */
  address: number | undefined;
}

/** By the array of a tensor's elements, which never change, and by what was made of them. */
const prepared = new WeakMap<object, Map<string, Prepared>>();

const forgotten = new FinalizationRegistry<Prepared>(({ heap, address }) => {
  if (address !== undefined) heap.give(address);
});

/**
 * Something made of a tensor's elements: made anew the first time, as training needs it, whose weights are new at each
 * step; from the second time on kept as long as the elements are.
 *
 * @returns Its address.
 */
export function preparedFrom(
  { engine, take }: Workspace,
  x: Tensor,
  key: string,
  bytes: number,
  make: (address: number) => void,
): number {
  const values = x.storage as object;
  const all = prepared.get(values) ?? new Map<string, Prepared>();
  prepared.set(values, all);
  const found = all.get(key);
  if (found?.address !== undefined && found.heap === engine.heap) return found.address;
  const lasting =
    found?.heap === engine.heap && engine.heap.used + bytes < engine.budget ? engine.heap.take(bytes) : undefined;
  const address = lasting ?? take(bytes);
  make(address);
  const entry: Prepared = { heap: engine.heap, address: lasting };
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
  for (const { heap, address } of all.values()) if (address !== undefined) heap.give(address);
}
