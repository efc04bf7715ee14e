import type { Kernels, Tensor } from "@conv/core";
import type { Maps } from "../maps.js";
import { offsetOf, plus, positionOf } from "../source.js";

type Names = "gather" | "gatherAdjoint";

/** Elements at given positions of an axis, and the adjoint: x [outer, length, inner], indices and y [outer, count, inner]. */
export function gathering(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    gather: (x, indices, { outer, length, count, inner, yShape }) => {
      if (x.size === 0) return maps.fill(yShape, x.dtype, Number.NaN); // no index is one of an element
      return maps.map({
        operator: "gather",
        inputs: { x, indices },
        numbers: { none: Number.NaN }, // for an index that is none
        shape: yShape,
        slabs: outer,
        key: [length, count, inner],
        body: (slabs) => {
          const { code, at } = positionOf("i", [slabs, count, inner], ["o", "k", "p"]);
          return [
            `${code}
const j = indices[i];
let y = none;
if (j >= 0) { if (j < ${length}) { y = x[${offsetOf([at[0], "j", at[2]], [length * inner, inner, 1])}]; } }`,
            "y",
          ];
        },
      });
    },
    gatherAdjoint: (gradY, indices, { outer, length, count, inner, xShape }) =>
      maps.map({
        operator: "gatherAdjoint",
        inputs: { gradY, indices },
        shape: xShape,
        slabs: outer,
        key: [length, count, inner],
        body: (slabs) => {
          const { code, at } = positionOf("i", [slabs, length, inner], ["o", "l", "p"]);
          return [
            `${code}
const j = ${at[1]};
const base = ${offsetOf([at[0], at[2]], [count * inner, 1])};
let sum = 0;
for (let k = 0; k < ${count}; k++) {
if (indices[base + k * ${inner}] == j) { ${plus("sum", `gradY[base + k * ${inner}]`, gradY.dtype)} }
}`,
            "sum",
          ];
        },
      }),
  };
}
