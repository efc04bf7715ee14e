import { Variable } from "@conv/autograd";
import type { Tensor } from "@conv/core";
import { held } from "@conv/core/operators";

/** Of tensors that were moved to a device that cannot answer at once: what they are copies of. */
const originals = new WeakMap<Tensor, Tensor>();

/** Notes that a tensor is a copy of one that can be read at once. */
export function noteOriginal(copy: Tensor, original: Tensor): void {
  if (copy !== original) originals.set(copy, original);
}

/** The same elements where they can be read at once; undefined if there is no such place. */
export function readableOf(x: Tensor | Variable): Tensor | undefined {
  const own = x instanceof Variable ? x[held] : x;
  if (own.device.isHost) return own;
  const original = originals.get(own);
  return original === undefined || original.isDisposed ? undefined : original;
}
