import type { Engine } from "./engine.js";
import type { Workspace } from "./workspace.js";

/**
 * Offsets of the points of a grid, in row-major order: Σ iₐ·strides_a over all indices. Whatever a kernel reads or writes
 * of an image, of filters, or of a matrix, is a grid, or the sum of two.
 */
export function grid(lengths: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  let points = Int32Array.of(offset);
  lengths.forEach((length, axis) => {
    const finer = new Int32Array(points.length * length);
    points.forEach((point, p) => {
      for (let i = 0; i < length; i++) finer[p * length + i] = point + i * strides[axis];
    });
    points = finer;
  });
  return points;
}

/** What was worked out for one geometry: its tables, in the engine's memory. */
export interface Plan<P> {
  readonly plan: P;
  /** The address of each table. */
  readonly at: (table: Int32Array) => number;
}

/** How many plans are kept: the geometries of a large network. */
const MOST = 256;

const kept = new WeakMap<Engine["heap"], Map<string, Kept>>();

/**
 * A plan, made once for a key. Its tables are put into the engine's memory, every number times 4: as offsets in bytes.
 */
export function planned<P>(
  { engine, take }: Workspace,
  key: string,
  make: () => { readonly plan: P; readonly tables: readonly Int32Array[] },
): Plan<P> {
  const plans: Map<string, Kept> = kept.get(engine.heap) ?? new Map();
  kept.set(engine.heap, plans);
  const found = plans.get(key);
  if (found !== undefined) return found as Plan<P> & Kept;
  const { plan, tables } = make();
  const distinct = [...new Set(tables)];
  const bytes = 4 * distinct.reduce((sum, table) => sum + table.length, 0);
  const address = engine.heap.take(bytes) ?? take(bytes); // which has no room either, and gives up
  const places = new Map<Int32Array, number>();
  let end = address;
  for (const table of distinct) {
    new Int32Array(engine.memory.buffer as ArrayBuffer, end, table.length).set(table.map((offset) => 4 * offset));
    places.set(table, end);
    end += 4 * table.length;
  }
  const made = { plan, at: (table: Int32Array) => places.get(table) as number, address };
  plans.set(key, made);
  if (plans.size > MOST) {
    const [oldest, { address: gone }] = plans.entries().next().value as [string, Kept];
    plans.delete(oldest);
    engine.heap.give(gone);
  }
  return made;
}

interface Kept extends Plan<unknown> {
  readonly address: number;
}
