import type { Kernels, Tensor } from "@conv/core";
import { sizeOf, stridesOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { axisNames, offsetOf, plus, positionOf } from "../source.js";
import { pixelsOf, visitTaps, windowsOf } from "./window.js";

type Names = "im2col" | "col2im";

/** Patches as columns, and the adjoint: x [N, C, …in] and columns [N, C·K, L]. */
export function patches(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    im2col: (x, geometry) => {
      const { inSize, kernelSize, outSize, stride, dilation, padding } = geometry;
      const [batch, channels] = x.shape;
      return maps.map({
        operator: "im2col",
        inputs: { x },
        shape: [batch, channels * sizeOf(kernelSize), sizeOf(outSize)],
        slabs: batch * channels,
        key: [inSize, kernelSize, outSize, stride, dilation, padding],
        body: (planes) => {
          const names = ["plane", ...axisNames("k", kernelSize), ...axisNames("l", outSize)];
          const { code, at } = positionOf("i", [planes, ...kernelSize, ...outSize], names);
          const axes = pixelsOf(geometry, at.slice(1 + kernelSize.length));
          const places = axisNames("p", inSize);
          const before = axes.map((axis, a) => axis.place(places[a], at[1 + a])).join("\n");
          const conditions = axes.flatMap((axis, a) => axis.conditions(places[a], at[1 + a]));
          const element = offsetOf([at[0], ...places], [sizeOf(inSize), ...stridesOf(inSize)]);
          const read = conditions.reduceRight(
            (inner, condition) => `if (${condition}) { ${inner} }`,
            `y = x[${element}];`,
          );
          return [`${code}\n${before}\nlet y = 0;\n${read}`, "y"];
        },
      });
    },
    col2im: (columns, geometry) => {
      const { inSize, kernelSize, outSize, stride, dilation, padding } = geometry;
      const [taps, windows] = [sizeOf(kernelSize), sizeOf(outSize)];
      const [batch, rows] = columns.shape;
      return maps.map({
        operator: "col2im",
        inputs: { columns },
        shape: [batch, rows / taps, ...inSize],
        slabs: (batch * rows) / taps,
        key: [inSize, kernelSize, outSize, stride, dilation, padding],
        body: (planes) => {
          const { code, at } = positionOf("i", [planes, ...inSize], ["plane", ...axisNames("p", inSize)]);
          const { before, loops } = visitTaps(windowsOf(geometry, at.slice(1)), "l", (places, tap) => {
            const element = offsetOf([at[0], `(${tap})`, ...places], [taps * windows, windows, ...stridesOf(outSize)]);
            return plus("sum", `columns[${element}]`, columns.dtype);
          });
          return [`${code}\n${before}\nlet sum = 0;\n${loops}`, "sum"];
        },
      });
    },
  };
}
