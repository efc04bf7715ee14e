import type { Kernels, Tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { offsetOf, positionOf } from "../source.js";

/** A kernel takes no more arrays than this: WebGPU has eight, one for the result. */
const ARRAYS = 7;

/** Tensors joined along an axis: tensor t is [outer, lengths[t], inner]. */
export function concat(maps: Maps): Pick<Kernels<Tensor>, "concat"> {
  /** Joins neighbours, then what came of them, until one is left. */
  const join = (
    tensors: readonly Tensor[],
    lengths: readonly number[],
    outer: number,
    inner: number,
    shape: readonly number[],
  ): Tensor => {
    if (tensors.length <= ARRAYS) return joined(maps, tensors, lengths, outer, inner, shape);
    const groups = Array.from({ length: Math.ceil(tensors.length / ARRAYS) }, (_, g) => g * ARRAYS);
    const totals = groups.map((g) => lengths.slice(g, g + ARRAYS).reduce((sum, length) => sum + length, 0));
    const parts = groups.map((g, at) => {
      const some = [tensors.slice(g, g + ARRAYS), lengths.slice(g, g + ARRAYS)] as const;
      return joined(maps, ...some, outer, inner, [outer, totals[at], inner]);
    });
    const y = join(parts, totals, outer, inner, shape);
    for (const part of parts) part.dispose();
    return y;
  };
  return {
    concat: (tensors, { outer, lengths, inner, yShape }) => {
      const full = tensors.filter((x) => x.size > 0);
      if (full.length === 0) return maps.fill(yShape, tensors[0].dtype, 0);
      // where there is nothing to interleave, tensors of any size can follow one another
      if (outer === 1 && sizeOf(yShape) > maps.engine.arrays.maxElements) return maps.append("concat", full, yShape);
      return join(full, lengths.filter((length) => length > 0), outer, inner, yShape); // biome-ignore format: one line
    },
  };
}

function joined(
  maps: Maps,
  tensors: readonly Tensor[],
  lengths: readonly number[],
  outer: number,
  inner: number,
  shape: readonly number[],
): Tensor {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return maps.map({
    operator: "concat",
    inputs: Object.fromEntries(tensors.map((x, t) => [`x${t}`, x])),
    shape,
    slabs: outer,
    key: [lengths, inner],
    body: (count) => {
      const { code, at } = positionOf("i", [count, total * inner], ["o", "j"]);
      const code2 = [`${code}\nlet y = 0;`];
      let start = 0;
      lengths.forEach((length, t) => {
        const [from, to] = [start * inner, (start + length) * inner];
        code2.push(
          `if (${at[1]} >= ${from}) { if (${at[1]} < ${to}) { y = x${t}[${offsetOf([at[0], at[1]], [length * inner, 1], -from)}]; } }`,
        );
        start += length;
      });
      return [code2.join("\n"), "y"];
    },
  });
}
