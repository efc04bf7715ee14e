import type { Kernels, Tensor } from "@conv/core";
import { type PadGeometry, sizeOf, stridesOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { axisNames, offsetOf, plus, positionOf, quotient } from "../source.js";
import { folded } from "./reduce.js";
import { type TapAxis, visitTaps } from "./window.js";

type Names = "pad" | "padAdjoint";

/** Borders of all modes, and their adjoints. */
export function padding(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    pad: (x, geometry) => {
      const { mode, value, planes, inSize, outSize, yShape } = geometry;
      if (x.size === 0) return maps.fill(yShape, x.dtype, value);
      const means = mode === "mean" ? meansOf(maps, "pad", x, planes) : undefined;
      const y = maps.map({
        operator: "pad",
        inputs: { x, ...(means && { means }) },
        numbers: means === undefined ? { value } : {},
        shape: yShape,
        slabs: planes,
        key: keyOf(geometry),
        body: (count) => {
          const { code, at } = positionOf("i", [count, ...outSize], ["plane", ...axisNames("q", outSize)]);
          const places = axisNames("p", inSize);
          const sources = places.map((name, a) => sourceOf(geometry, a, name, at[1 + a])).join("\n");
          const inside = places.map((name) => `if (${name} >= 0) {`).join(" ");
          const element = offsetOf([at[0], ...places], [sizeOf(inSize), ...stridesOf(inSize)]);
          const fill = means === undefined ? "value" : `means[${at[0]}]`;
          return [
            `${code}\n${sources}\nlet y = ${fill};\n${inside} y = x[${element}]; ${"}".repeat(places.length)}`,
            "y",
          ];
        },
      });
      means?.dispose();
      return y;
    },
    padAdjoint: (gradY, geometry) => {
      const { mode, planes, inSize, outSize, xShape } = geometry;
      const border = mode === "mean" ? borderOf(maps, gradY, geometry) : undefined;
      const means = border && meansOf(maps, "padAdjoint", border, planes, sizeOf(inSize));
      border?.dispose();
      const gradX = maps.map({
        operator: "padAdjoint",
        inputs: { gradY, ...(means && { means }) },
        shape: xShape,
        slabs: planes,
        key: keyOf(geometry),
        body: (count) => {
          const { code, at } = positionOf("i", [count, ...inSize], ["plane", ...axisNames("p", inSize)]);
          const axes = inSize.map((_, a) => copiesOf(geometry, a, at[1 + a]));
          const { before, loops } = visitTaps(axes, "q", (places) => {
            const element = offsetOf([at[0], ...places], [sizeOf(outSize), ...stridesOf(outSize)]);
            return plus("sum", `gradY[${element}]`, gradY.dtype);
          });
          return [`${code}\n${before}\nlet sum = ${means === undefined ? "0" : `means[${at[0]}]`};\n${loops}`, "sum"];
        },
      });
      means?.dispose();
      return gradX;
    },
  };
}

const keyOf = ({ mode, inSize, outSize, padding }: PadGeometry) => [mode, inSize, outSize, padding];

/** For each plane, the sum of its elements divided by `count`, by default their number. */
function meansOf(maps: Maps, operator: string, x: Tensor, planes: number, count = x.size / planes): Tensor {
  const runs = [
    { length: planes, isReduced: false },
    { length: x.size / planes, isReduced: true },
  ];
  const sums = folded(maps, operator, "add", x, runs, [planes]);
  const means = maps.map({ operator, inputs: { sums }, shape: [planes], slabs: planes, key: count, body: () => ["", `sums[i] / ${count}`] }); // biome-ignore format: one line
  sums.dispose();
  return means;
}

/** gradY on the border, 0 inside. */
function borderOf(maps: Maps, gradY: Tensor, geometry: PadGeometry): Tensor {
  const { planes, inSize, outSize, yShape } = geometry;
  return maps.map({
    operator: "padAdjoint",
    inputs: { gradY },
    shape: yShape,
    slabs: planes,
    key: [...keyOf(geometry), "border"],
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...outSize], ["plane", ...axisNames("q", outSize)]);
      const places = axisNames("p", inSize);
      const sources = places.map((name, a) => sourceOf(geometry, a, name, at[1 + a])).join("\n");
      const inside = places.map((name) => `if (${name} >= 0) {`).join(" ");
      return [`${code}\n${sources}\nlet y = gradY[i];\n${inside} y = 0; ${"}".repeat(places.length)}`, "y"];
    },
  });
}

/** Statements that leave in `name` the pixel that stands at place `at` of the padded axis, or −1. */
function sourceOf({ mode, inSize, outSize, padding }: PadGeometry, axis: number, name: string, at: string): string {
  const length = inSize[axis];
  const [before] = padding[axis];
  const moved = `let ${name} = ${offsetOf([at], [1], -before)};`;
  switch (mode) {
    case "circular": {
      const turns = Math.ceil(before / length) * length; // so that nothing is negative
      const bound = outSize[axis] + length;
      return `const ${name}_t = ${offsetOf([at], [1], turns - before)};
${quotient(`${name}_turn`, `${name}_t`, length, bound)}
const ${name} = ${name}_t - ${name}_turn * ${length};`;
    }
    case "reflect":
      return `${moved}\nif (${name} < 0) { ${name} = -${name}; }\nif (${name} >= ${length}) { ${name} = ${2 * (length - 1)} - ${name}; }`;
    case "replicate":
      return `${moved}\nif (${name} < 0) { ${name} = 0; }\nif (${name} >= ${length}) { ${name} = ${length - 1}; }`;
    default:
      return `${moved}\nif (${name} >= ${length}) { ${name} = -1; }`;
  }
}

/** From the pixel at `at` to its copies along the padded axis. */
function copiesOf({ mode, inSize, outSize, padding }: PadGeometry, axis: number, at: string): TapAxis {
  const [length, padded] = [inSize[axis], outSize[axis]];
  const [before, after] = padding[axis];
  const conditions = (name: string) => [`${name} >= 0`, `${name} < ${padded}`];
  const self = offsetOf([at], [1], before);
  switch (mode) {
    case "circular": {
      const turns = Math.ceil(before / length);
      return {
        taps: turns + 1 + Math.ceil(after / length),
        place: (name, k) => `const ${name} = ${offsetOf([at, k], [1, length], before - turns * length)};`,
        conditions,
      };
    }
    case "reflect":
      return {
        taps: 3, // itself, its image beyond the first pixel, and beyond the last
        place: (name, k) => `let ${name} = ${self};
if (${k} == 1) { ${name} = -1; if (${at} > 0) { ${name} = ${before} - ${at}; } }
if (${k} == 2) { ${name} = -1; if (${at} < ${length - 1}) { ${name} = ${2 * (length - 1) + before} - ${at}; } }`,
        conditions,
      };
    case "replicate":
      return {
        taps: 1 + before + after, // itself, those before the first pixel, and those after the last
        place: (name, k) => `let ${name} = ${self};
if (${k} > 0) { ${name} = -1; if (${k} <= ${before}) { if (${at} == 0) { ${name} = ${before} - ${k}; } } }
if (${k} > ${before}) { if (${at} == ${length - 1}) { ${name} = ${length - 1} + ${k}; } }`,
        conditions,
      };
    default:
      return { taps: 1, place: (name) => `const ${name} = ${self};`, conditions: () => [] };
  }
}
