import type { DType, Kernels, Tensor } from "@conv/core";
import { sizeOf, stridesOf } from "@conv/core/operators";
import type { Body, Maps } from "../maps.js";
import { axisNames, offsetOf, plus, positionOf } from "../source.js";
import { visitTaps, type Window, windowsOf } from "./window.js";

type Names = "gather" | "gatherAdjoint";
type GatherGeometry = Parameters<Kernels<Tensor>["gather"]>[2];

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
    gatherAdjoint: (gradY, indices, geometry) => {
      const { outer, length, count, inner, xShape, windows } = geometry;
      return maps.map({
        operator: "gatherAdjoint",
        inputs: { gradY, indices },
        shape: xShape,
        slabs: outer,
        key: [length, count, inner, windows && [windows.inSize, windows.outSize, windows.kernelSize, windows.stride, windows.dilation, windows.padding]], // biome-ignore format: one line
        body: (slabs) =>
          windows === undefined ? amongAll(slabs, geometry, gradY.dtype) : amongWindows(slabs, windows, gradY.dtype),
      });
    },
  };
}

/** The gradients of one element among those of all indices of its plane. */
function amongAll(slabs: number, { length, count, inner }: GatherGeometry, dtype: DType): Body {
  const { code, at } = positionOf("i", [slabs, length, inner], ["o", "l", "p"]);
  return [
    `${code}
const j = ${at[1]};
const base = ${offsetOf([at[0], at[2]], [count * inner, 1])};
let sum = 0;
for (let k = 0; k < ${count}; k++) {
if (indices[base + k * ${inner}] == j) { ${plus("sum", `gradY[base + k * ${inner}]`, dtype)} }
}`,
    "sum",
  ];
}

/** The gradients of one pixel among those of the windows that see it. */
function amongWindows(slabs: number, windows: Window, dtype: DType): Body {
  const { inSize, outSize } = windows;
  const { code, at } = positionOf("i", [slabs, ...inSize], ["plane", ...axisNames("p", inSize)]);
  const [plane, ...pixels] = at;
  const { before, loops } = visitTaps(windowsOf(windows, pixels), "l", (places) => {
    return `k = ${offsetOf([plane, ...places], [sizeOf(outSize), ...stridesOf(outSize)])};
if (indices[k] == pixel) { ${plus("sum", "gradY[k]", dtype)} }`;
  });
  return [
    `${code}
const pixel = ${offsetOf(pixels, stridesOf(inSize))};
${before}
let sum = 0;
let k = 0;
${loops}`,
    "sum",
  ];
}
