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

/** Share of the memory's budget that tables may take: the oldest make room. */
const SHARE = 1 / 32;

interface Kept extends Plan<unknown> {
  readonly address: number;
  readonly bytes: number;
}

/** The plans of an engine, by the time of their last use. */
interface Plans {
  readonly byKey: Map<string, Kept>;
  bytes: number;
}

const kept = new WeakMap<Engine["heap"], Plans>();

/** A plan, made once for a key. Its tables are put into the engine's memory, every number times 4: as offsets in bytes. */
export function planned<P>(
  { engine, take }: Workspace,
  key: string,
  make: () => { readonly plan: P; readonly tables: readonly Int32Array[] },
): Plan<P> {
  const { heap, memory, budget } = engine;
  const plans = kept.get(heap) ?? { byKey: new Map(), bytes: 0 };
  kept.set(heap, plans);
  const found = plans.byKey.get(key);
  if (found !== undefined) {
    plans.byKey.delete(key);
    plans.byKey.set(key, found); // now it is the youngest
    return found as Plan<P> & Kept;
  }
  const { plan, tables } = make();
  const distinct = [...new Set(tables)];
  const bytes = 4 * distinct.reduce((sum, table) => sum + table.length, 0);
  /** Drops the oldest plans until so many bytes are left; what is used at this moment is younger than all of them. */
  const drop = (most: number) => {
    for (const [oldest, gone] of plans.byKey) {
      if (plans.bytes <= most) return;
      plans.byKey.delete(oldest);
      plans.bytes -= gone.bytes;
      heap.give(gone.address);
    }
  };
  drop(Math.max(0, SHARE * budget - bytes));
  let address = heap.take(bytes);
  if (address === undefined) {
    drop(0);
    address = heap.take(bytes) ?? take(bytes); // which has no room either, and gives up
  }
  const places = new Map<Int32Array, number>();
  let end = address;
  for (const table of distinct) {
    new Int32Array(memory.buffer as ArrayBuffer, end, table.length).set(table.map((offset) => 4 * offset));
    places.set(table, end);
    end += 4 * table.length;
  }
  const made = { plan, at: (table: Int32Array) => places.get(table) as number, address, bytes };
  plans.byKey.set(key, made);
  plans.bytes += bytes;
  return made;
}
