import { Tensor } from "../tensor.js";

/** What `compute` makes of a table of integers, which a job on tensors beside `like` takes as one of them. */
export function withTable(
  like: Tensor,
  table: readonly number[] | Int32Array,
  compute: (table: Tensor) => Tensor | undefined,
): Tensor | undefined {
  const words = new Tensor(like.device, [table.length], "int32", new Int32Array(table));
  const y = compute(words);
  words.dispose();
  return y;
}
