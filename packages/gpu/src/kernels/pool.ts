import type { Kernels, Tensor } from "@conv/core";
import { type PlaneGeometry, type PoolGeometry, sizeOf, stridesOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { axisNames, notANumber, offsetOf, positionOf } from "../source.js";
import { pixelsOf, pixelsOfBins, type TapAxis, visitTaps, windowsOf, windowsOfBins } from "./window.js";

type Names =
  | "maxPoolIndices" | "avgPool" | "avgPoolAdjoint"
  | "adaptiveMaxPoolIndices" | "adaptiveAvgPool" | "adaptiveAvgPoolAdjoint"; // biome-ignore format: two groups

/** Which pixels windows see, and how many count in each. */
interface Pooling {
  readonly operator: string;
  readonly geometry: PlaneGeometry;
  readonly key: unknown;
  pixels(at: readonly string[]): TapAxis[];
  windows(at: readonly string[]): TapAxis[];
  /** What the sum of the window at `at` is divided by. */
  area(at: readonly string[]): string;
}

/** Poolings over windows that slide evenly, and adaptive ones. */
export function pooling(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    maxPoolIndices: (x, geometry) => largest(maps, x, even("maxPoolIndices", geometry)),
    avgPool: (x, geometry) => average(maps, x, even("avgPool", geometry)),
    avgPoolAdjoint: (gradY, geometry) => spread(maps, gradY, even("avgPoolAdjoint", geometry)),
    adaptiveMaxPoolIndices: (x, geometry) => largest(maps, x, adaptive("adaptiveMaxPoolIndices", geometry)),
    adaptiveAvgPool: (x, geometry) => average(maps, x, adaptive("adaptiveAvgPool", geometry)),
    adaptiveAvgPoolAdjoint: (gradY, geometry) => spread(maps, gradY, adaptive("adaptiveAvgPoolAdjoint", geometry)),
  };
}

function even(operator: string, geometry: PoolGeometry): Pooling {
  const { inSize, kernelSize, outSize, stride, dilation, padding, countIncludePad, divisorOverride } = geometry;
  return {
    operator,
    geometry,
    key: [inSize, kernelSize, outSize, stride, dilation, padding, countIncludePad, divisorOverride],
    pixels: (at) => pixelsOf(geometry, at),
    windows: (at) => windowsOf(geometry, at),
    area: (at) => {
      if (divisorOverride !== undefined) return String(divisorOverride);
      const lengths = inSize.map((length, a) => {
        const [before, after] = padding[a];
        const [first, last] = [-before, (outSize[a] - 1) * stride[a] - before];
        const isWithin = last + kernelSize[a] <= length + (countIncludePad ? after : 0);
        if (isWithin && (countIncludePad || first >= 0)) return String(kernelSize[a]);
        const start = offsetOf([at[a]], [stride[a]], -before);
        const end = `Math.min(${offsetOf([at[a]], [stride[a]], kernelSize[a] - before)}, ${length + (countIncludePad ? after : 0)})`;
        return countIncludePad ? `(${end} - (${start}))` : `(${end} - Math.max(${start}, 0))`;
      });
      return lengths.join(" * ") || "1";
    },
  };
}

function adaptive(operator: string, geometry: PlaneGeometry): Pooling {
  const { inSize, outSize } = geometry;
  return {
    operator,
    geometry,
    key: [inSize, outSize],
    pixels: (at) => pixelsOfBins(geometry, at),
    windows: (at) => windowsOfBins(geometry, at),
    area: () => inSize.map((_, a) => `(bin${a}_end - bin${a}_start)`).join(" * ") || "1",
  };
}

/** Where in its image the largest pixel of each window stands: the first of equals; NaN wins. */
function largest(maps: Maps, x: Tensor, { operator, geometry, key, pixels }: Pooling): Tensor {
  const { planes, inSize, outSize, yShape } = geometry;
  return maps.map({
    operator,
    inputs: { x },
    shape: yShape,
    dtype: "int32",
    slabs: planes,
    key,
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...outSize], ["plane", ...axisNames("l", outSize)]);
      const { before, loops } = visitTaps(pixels(at.slice(1)), "p", (places) => {
        return `pixel = ${offsetOf(places, stridesOf(inSize))};
v = x[${offsetOf(["pixel", at[0]], [1, sizeOf(inSize)])}];
if (found < 0) { found = pixel; best = v; }
if (v > best) { found = pixel; best = v; }
if (${notANumber("v")}) { if (isNumber == 1) { found = pixel; best = v; isNumber = 0; } }`;
      });
      return [
        `${code}\n${before}\nlet found = -1;\nlet pixel = 0;\nlet best = 0;\nlet isNumber = 1;\nlet v = 0;\n${loops}`,
        "found",
      ];
    },
  });
}

/** The mean of each window. */
function average(maps: Maps, x: Tensor, { operator, geometry, key, pixels, area }: Pooling): Tensor {
  const { planes, inSize, outSize, yShape } = geometry;
  return maps.map({
    operator,
    inputs: { x },
    shape: yShape,
    slabs: planes,
    key,
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...outSize], ["plane", ...axisNames("l", outSize)]);
      const { before, loops } = visitTaps(pixels(at.slice(1)), "p", (places) => {
        return `sum += x[${offsetOf([...places, at[0]], [...stridesOf(inSize), sizeOf(inSize)])}];`;
      });
      return [`${code}\n${before}\nlet sum = 0;\n${loops}`, `sum / (${area(at.slice(1))})`];
    },
  });
}

/** The adjoint of the means: each window's share for each of its pixels, then for each pixel the sum over the windows that see it. */
function spread(maps: Maps, gradY: Tensor, { operator, geometry, key, pixels, windows, area }: Pooling): Tensor {
  const { planes, inSize, outSize, xShape, yShape } = geometry;
  const shares = maps.map({
    operator,
    inputs: { gradY },
    shape: yShape,
    slabs: planes,
    key: [key, "shares"],
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...outSize], ["plane", ...axisNames("l", outSize)]);
      const sizes = pixels(at.slice(1)).flatMap((axis) => axis.before ?? []);
      return [`${code}\n${sizes.join("\n")}`, `gradY[i] / (${area(at.slice(1))})`];
    },
  });
  const gradX = maps.map({
    operator,
    inputs: { shares },
    shape: xShape,
    slabs: planes,
    key,
    body: (count) => {
      const { code, at } = positionOf("i", [count, ...inSize], ["plane", ...axisNames("p", inSize)]);
      const { before, loops } = visitTaps(windows(at.slice(1)), "l", (places) => {
        return `sum += shares[${offsetOf([...places, at[0]], [...stridesOf(outSize), sizeOf(outSize)])}];`;
      });
      return [`${code}\n${before}\nlet sum = 0;\n${loops}`, "sum"];
    },
  });
  shares.dispose();
  return gradX;
}
