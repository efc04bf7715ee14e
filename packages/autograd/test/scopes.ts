import { type Tensor, tensor } from "@conv/core";
import { type Variable, variable } from "../src/index.js";

/** The elements; none, if there is nothing. */
export const numbers = (x: Tensor | Variable | undefined): number[] => [...(x?.dataSync() ?? [])];

/** Another tensor with the same elements. */
export const copyOf = (x: Tensor): Tensor => tensor(x.dataSync(), x.shape, { dtype: x.dtype });

/** A leaf of one axis. */
export const leaf = (...values: number[]): Variable => variable(tensor(values));

/** The same, without a gradient. */
export const fixed = (...values: number[]): Variable => variable(tensor(values), { requiresGrad: false });

/** Whether it was disposed of. */
export function isGone(x: Tensor | Variable | undefined): boolean {
  if (x === undefined) throw new Error("there is nothing that could be gone");
  try {
    x.dataSync();
    return false;
  } catch (error) {
    if (!String(error).includes("was disposed of")) throw error;
    return true;
  }
}
