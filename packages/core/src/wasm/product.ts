import { run } from "./run.js";
import { type Plan, planned } from "./tables.js";
import type { Workspace } from "./workspace.js";

/** A matrix, or a stack of them: element (i, j) of matrix n is at items[n] + rows[i] + columns[j]. */
export interface Operand {
  readonly items: Int32Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** C = A · B for every item, or sums of such products. */
export interface Product {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Operand;
  /** How many products each item sums up, if not one; and how far apart they are in A and B. */
  readonly terms?: { readonly counts: Int32Array; readonly a: number; readonly b: number };
  /** Whether A and B have changed places. */
  readonly isTransposed?: boolean;
  /** Whether A may be the same in many calls, as filters are: it is packed beforehand, and the panels are kept. */
  readonly isKept?: boolean;
}

/** The matrix whose rows are the columns of this one. */
export const transposedOperand = ({ items, rows, columns }: Operand): Operand => ({
  items,
  rows: columns,
  columns: rows,
});

/** The same products transposed, Cᵀ = Bᵀ · Aᵀ. */
export function transposedProduct({ a, b, c, terms, isTransposed = false }: Product): Product {
  const [left, right, result] = [b, a, c].map(transposedOperand);
  const swapped = { a: left, b: right, c: result, isTransposed: !isTransposed };
  return terms === undefined ? swapped : { ...swapped, terms: { counts: terms.counts, a: terms.b, b: terms.a } };
}

/** The tile that the module computes at once, and steps of the sum that it packs at once. */
const [TILE_ROWS, TILE_COLUMNS, DEPTH] = [4, 8, 256];
/** The largest block of C that a chunk works on at once, [rows, columns]: packed, its operands fit into the second cache. */
const BLOCK = [512, 128] as const;
/** How many chunks there shall be, where there is work enough: several for each thread, so that none waits long. */
const CHUNKS = 8;
/** Multiply-adds of a chunk, at least. */
const CHUNK_WORK = 2 ** 17;
/** Multiply-adds in a nanosecond, about. */
const PACE = 20;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** The sizes of a product as the module needs them. */
interface ProductPlan extends Product {
  readonly work: number;
  readonly block: readonly [rows: number, columns: number];
  readonly chunks: number;
  readonly scratch: number;
  /** Whether many blocks share what they need of A, so that it is packed beforehand; and how. */
  readonly packing: Packing | undefined;
}

interface Packing {
  /** The different places of A. */
  readonly items: Int32Array;
  /** Where each of all items finds its panels. */
  readonly packedItems: Int32Array;
  /** Numbers in the panels of one. */
  readonly size: number;
}

/** A product with its tables in memory. */
export type PlannedProduct = Plan<ProductPlan>;

/** A product, worked out once for a key. */
export function plannedProduct(workspace: Workspace, key: string, make: () => Product): PlannedProduct {
  return planned(workspace, key, () => {
    const product = make();
    const { a, b, c, terms, isKept = false } = product;
    const [m, n, k, items] = [c.rows.length, c.columns.length, a.columns.length, c.items.length];
    const depth = k * (terms?.counts.reduce((sum, count) => sum + count, 0) ?? items);
    const work = m * n * depth;
    const block = blockOf(m, n, items, work);
    const down = Math.ceil(m / block[0]);
    const blocks = items * down * Math.ceil(n / block[1]);
    const distinct = Int32Array.from(new Set(a.items));
    const isShared = terms === undefined && (isKept || blocks >= 4 * distinct.length * down);
    const size = roundUp(m, TILE_ROWS) * k;
    const packing = isShared
      ? { items: distinct, packedItems: a.items.map((at) => distinct.indexOf(at) * size), size }
      : undefined;
    const [tall, wide] = [roundUp(block[0], TILE_ROWS), roundUp(block[1], TILE_COLUMNS)];
    const plan: ProductPlan = {
      ...product,
      work,
      block,
      chunks: Math.max(1, Math.min(blocks, 512, Math.ceil(work / CHUNK_WORK))),
      scratch: 4 * ((isShared ? 0 : tall * DEPTH) + wide * DEPTH + tall * wide),
      packing,
    };
    const tables = [a, b, c].flatMap((operand) => Object.values(operand) as Int32Array[]);
    if (terms !== undefined) tables.push(terms.counts);
    if (packing !== undefined) tables.push(packing.items, packing.packedItems);
    return { plan, tables };
  });
}

/** How large the blocks of C are: smaller than they might be, if there were too few of them. */
function blockOf(m: number, n: number, items: number, work: number): readonly [number, number] {
  let [rows, columns] = [Math.min(BLOCK[0], roundUp(m, TILE_ROWS)), Math.min(BLOCK[1], roundUp(n, TILE_COLUMNS))];
  const wanted = Math.min(CHUNKS, work / CHUNK_WORK);
  const blocks = () => items * Math.ceil(m / rows) * Math.ceil(n / columns);
  while (blocks() < wanted && (rows > 32 || columns > 32)) {
    if (rows >= columns) rows = roundUp(rows / 2, TILE_ROWS);
    else columns = roundUp(columns / 2, TILE_COLUMNS);
  }
  return [rows, columns];
}

/** Numbers that are added to C: where they are, and whether there is one for each row, or for each column. */
export interface Bias {
  readonly at: number;
  readonly of: "rows" | "columns";
  /** How many products have numbers of their own, before they begin again. */
  readonly groups: number;
}

/** Computes a product of what is at these addresses. `panels`: where A is in panels, if it is already. */
export function multiply(
  workspace: Workspace,
  planned: PlannedProduct,
  places: { readonly a: number; readonly b: number; readonly c: number; readonly panels?: number | undefined },
  bias?: Bias,
): void {
  const { plan, at } = planned;
  const { a, b, c, terms, block, chunks, scratch, work, packing } = plan;
  const sizes = [c.rows.length, c.columns.length, a.columns.length, c.items.length];
  let { panels } = places;
  if (packing !== undefined && panels === undefined) {
    panels = workspace.take(panelBytes(planned));
    packPanels(workspace, planned, places.a, panels);
  }
  const leftItems = packing === undefined ? a.items : packing.packedItems;
  run(
    workspace,
    "product",
    [
      ...[panels ?? places.a, at(a.rows), at(a.columns), places.b, at(b.rows), at(b.columns)],
      ...[places.c, at(c.rows), at(c.columns), ...sizes, at(leftItems), at(b.items), at(c.items)],
      ...(terms === undefined ? [0, 0, 0] : [at(terms.counts), 4 * terms.a, 4 * terms.b]),
      ...[
        ...block,
        bias?.at ?? 0,
        Number(bias?.of === "columns"),
        Number(packing !== undefined),
        chunks,
        bias?.groups ?? 1,
      ],
    ],
    { chunks, scratch, cost: work / PACE },
  );
}

/** Bytes of A in panels. */
export function panelBytes({ plan: { packing } }: PlannedProduct): number {
  return packing === undefined ? 0 : 4 * packing.size * packing.items.length;
}

/** Packs A, as the product's blocks share it. */
export function packPanels(workspace: Workspace, { plan, at }: PlannedProduct, a: number, panels: number): void {
  const { items, size } = plan.packing as Packing;
  const [m, k] = [plan.c.rows.length, plan.a.columns.length];
  const parts = Math.max(1, Math.min(Math.ceil(m / TILE_ROWS), Math.ceil(size / 65536)));
  const words = [a, at(plan.a.rows), at(plan.a.columns), m, k, items.length, at(items), panels, 4 * size, parts];
  run(workspace, "packRows", words, { chunks: parts * items.length, cost: (size * items.length) / 2 });
}
