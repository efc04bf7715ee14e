import { Tensor } from "../tensor.js";

/** What `compute` makes of a table of integers, which a job on tensors beside `like` takes as one of them. */
export function withTable(
  like: Tensor,
  table: readonly number[],
  compute: (table: Tensor) => Tensor | undefined,
): Tensor | undefined {
  const words = new Tensor(like.device, [table.length], "int32", Int32Array.from(table));
  const y = compute(words);
  words.dispose();
  return y;
}

/** Values along spatial axes, at most three, with others in front that make them three; undefined where there are more. */
export function threeAxes<T>(values: readonly T[], other: T): readonly T[] | undefined {
  return values.length > 3 ? undefined : [other, other, other, ...values].slice(-3);
}
