import type { DType } from "@conv/core";
import type { Program } from "./kernelCache.js";
import type { GpuStorage } from "./storage.js";

/** Elements that follow one another: the first, and how many. */
export type Section = (from: number, count: number) => readonly [start: number, size: number];

/** How two results become one. */
export type Merge = "add" | "max" | "min";

/** A map to compute, part by part: see `Arrays.compute`. */
export interface Task {
  /** The operator, as errors name it. */
  readonly operator: string;
  readonly inputs: readonly GpuStorage[];
  readonly numbers?: readonly number[] | undefined;
  readonly dtype: DType;
  readonly size: number;
  /** The number of equal slabs the map falls into along its outermost axis; 1 if it cannot be divided. */
  readonly slabs: number;
  /** For each input, what `count` slabs beginning with slab `from` read of it; undefined: all of it. */
  readonly sections: readonly (Section | undefined)[];
  /** How the slabs' results become one; by default they stand one after another. */
  readonly merge?: Merge | undefined;
  /** The kernel of that many slabs. */
  program(slabs: number): Program;
}
