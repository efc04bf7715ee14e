import { keep } from "@conv/autograd";
import { Tensor } from "@conv/core";

/** Tensors by name. */
type Named = Readonly<Record<string, Tensor>>;

/** Other tensors of the same elements, which outlive every scope: the caller's, to be given back. */
export function viewsOf(state: Named): Named {
  return Object.fromEntries(Object.entries(state).map(([name, x]) => [name, keep(Tensor.view(x, x.shape))]));
}

/** Disposes of tensors. */
export function giveBack(state: Named): void {
  for (const x of Object.values(state)) x.dispose();
}
