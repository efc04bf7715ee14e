import type { Kernels, Tensor } from "@conv/core";
import { sizeOf, stridesOf } from "@conv/core/operators";
import { ALL, type Maps } from "../maps.js";
import { axisNames, offsetOf, positionOf } from "../source.js";
import { withBorder, withOuterWindows } from "./convBorder.js";
import { folded } from "./reduce.js";
import { pixelsOf, visitTaps, windowsOf } from "./window.js";

type Names = "conv" | "convAdjointX" | "convAdjointW";
type ConvGeometry = Parameters<Kernels<Tensor>["conv"]>[2];

/** What the texts depend on. */
const keyOf = ({ inChannels, outChannels, groups, inSize, kernelSize, outSize, stride, dilation, padding }: ConvGeometry) => [
  inChannels, outChannels, groups, inSize, kernelSize, outSize, stride, dilation, padding,
]; // biome-ignore format: a list

/** gradW has few elements, each a long sum over images and places: it is formed in pieces, for so many threads. */
const THREADS = 2 ** 16;

/** One trilinear form, three maps; sizes as in @conv/core. What is read around the edges stands there as zeros if that pays. */
export function convolution(maps: Maps): Pick<Kernels<Tensor>, Names> {
  return {
    conv: (x, w, geometry, bias) =>
      bias !== undefined && (x.size === 0 || w.size === 0)
        ? biasOnly(maps, bias, geometry)
        : withBorder(maps, x, geometry, (wide, inner) => conv(maps, wide, w, inner, bias)),
    convAdjointX: (gradY, w, geometry) =>
      withOuterWindows(maps, gradY, geometry, (wide, inner) => convAdjointX(maps, wide, w, inner)),
    convAdjointW: (x, gradY, geometry) => convAdjointW(maps, x, gradY, geometry), // zeros do not pay here
  };
}

/** y[n, o, l] = bias[o] + Σ x[n, c, pixel of tap k in window l] · w[o, c, k] over channels c of o's group, and taps k. */
function conv(maps: Maps, x: Tensor, w: Tensor, geometry: ConvGeometry, bias: Tensor | undefined): Tensor {
  const { batch, groups, inChannels, outChannels, inSize, kernelSize, outSize } = geometry;
  const [channels, filters, taps, pixels] = [
    inChannels / groups,
    outChannels / groups,
    sizeOf(kernelSize),
    sizeOf(inSize),
  ];
  return maps.map({
    operator: "conv",
    inputs: { x, w, ...(bias === undefined ? {} : { bias }) },
    shape: geometry.yShape,
    slabs: batch,
    sections: { w: ALL, bias: ALL },
    key: keyOf(geometry),
    body: (count) => {
      const lengths = [count, groups, filters, ...outSize];
      const { code, at } = positionOf("i", lengths, ["n", "g", "f", ...axisNames("l", outSize)]);
      const [n, g, f, ...windows] = at;
      const strides = stridesOf(inSize);
      const { before, loops } = visitTaps(pixelsOf(geometry, windows), "p", (places, tap) => {
        return `sum += x[${offsetOf([...places, "xAt"], [...strides, 1])}] * w[${offsetOf([tap, "wAt"], [1, 1])}];`;
      });
      return [
        `${code}
const o = ${offsetOf([g, f], [filters, 1])};
${before}
let sum = ${bias === undefined ? "0" : "bias[o]"};
for (let c = 0; c < ${channels}; c++) {
const xAt = ${offsetOf([n, g, "c"], [inChannels * pixels, channels * pixels, pixels])};
const wAt = ${offsetOf(["o", "c"], [channels * taps, taps])};
${loops}
}`,
        "sum",
      ];
    },
  });
}

/** gradX[n, c, p] = Σ gradY[n, o, l] · w[o, c, k] over filters o of c's group, and windows l whose tap k sees p. */
function convAdjointX(maps: Maps, gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const { batch, groups, inChannels, outChannels, inSize, kernelSize, outSize } = geometry;
  const [channels, filters, taps, windows] = [
    inChannels / groups,
    outChannels / groups,
    sizeOf(kernelSize),
    sizeOf(outSize),
  ];
  return maps.map({
    operator: "convAdjointX",
    inputs: { gradY, w },
    shape: geometry.xShape,
    slabs: batch,
    sections: { w: ALL },
    key: keyOf(geometry),
    body: (count) => {
      const lengths = [count, groups, channels, ...inSize];
      const { code, at } = positionOf("i", lengths, ["n", "g", "c", ...axisNames("p", inSize)]);
      const [n, g, c, ...pixels] = at;
      const strides = stridesOf(outSize);
      const { before, loops } = visitTaps(windowsOf(geometry, pixels), "l", (places, tap) => {
        return `sum += gradY[${offsetOf([...places, "yAt"], [...strides, 1])}] * w[${offsetOf([tap, "wAt"], [1, 1])}];`;
      });
      return [
        `${code}
${before}
let sum = 0;
for (let f = 0; f < ${filters}; f++) {
const o = ${offsetOf([g, "f"], [filters, 1])};
const yAt = ${offsetOf([n, "o"], [outChannels * windows, windows])};
const wAt = ${offsetOf(["o", c], [channels * taps, taps])};
${loops}
}`,
        "sum",
      ];
    },
  });
}

/**
 * gradW[o, c, k] = Σ x[n, c, pixel of tap k in window l] · gradY[n, o, l] over images n and windows l. Few results, each a long
 * sum: every thread adds up some images, or some rows of windows of one image; then the pieces are added.
 */
function convAdjointW(maps: Maps, x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor {
  const { batch, groups, inChannels, outChannels, inSize, kernelSize, outSize, wShape, stride, dilation, padding } =
    geometry;
  const [channels, filters, pixels, windows] = [
    inChannels / groups,
    outChannels / groups,
    sizeOf(inSize),
    sizeOf(outSize),
  ];
  const [rows = 1] = outSize;
  const wanted = Math.ceil(Math.min(THREADS, maps.engine.arrays.maxElements / 2) / Math.max(1, sizeOf(wShape)));
  const images = divisorBelow(batch, wanted); // how many pieces the batch makes
  const parts = images === batch ? divisorBelow(rows, Math.ceil(wanted / Math.max(1, batch))) : 1; // and each image
  const pieces = images * parts;
  const partial = maps.map({
    operator: "convAdjointW",
    inputs: { x, gradY },
    shape: [pieces, ...wShape],
    slabs: pieces === 1 ? batch : images,
    merge: pieces === 1 ? "add" : undefined,
    key: [...keyOf(geometry), images, parts],
    body: (count) => {
      const lengths = [pieces === 1 ? 1 : count, parts, groups, filters, channels, ...kernelSize];
      const names = ["piece", "part", "g", "f", "c", ...axisNames("k", kernelSize)];
      const { code, at } = positionOf("i", lengths, names);
      const [piece, part, g, f, c, ...taps] = at;
      const imagesEach = pieces === 1 ? count : batch / images;
      const open = outSize.length === 0 ? ["let row = 0;"] : [];
      outSize.forEach((length, a) => {
        const [before] = padding[a];
        const steps = a === 0 ? rows / parts : length;
        const last = (length - 1) * stride[a] + (kernelSize[a] - 1) * dilation[a] - before;
        if (a === outSize.length - 1) open.push("let row = 0;"); // one long sum would lose its last terms
        open.push(`for (let s${a} = 0; s${a} < ${steps}; s${a}++) {`);
        open.push(`const l${a} = ${a === 0 ? offsetOf([part, "s0"], [steps, 1]) : `s${a}`};`);
        open.push(`const p${a} = ${offsetOf([`l${a}`, taps[a]], [stride[a], dilation[a]], -before)};`);
        if (before > 0) open.push(`if (p${a} >= 0) {`);
        if (last >= inSize[a]) open.push(`if (p${a} < ${inSize[a]}) {`);
      });
      const xElement = offsetOf([...axisNames("p", inSize), "xAt"], [...stridesOf(inSize), 1]);
      const yElement = offsetOf([...axisNames("l", outSize), "yAt"], [...stridesOf(outSize), 1]);
      return [
        `${code}
const channel = ${offsetOf([g, c], [channels, 1])};
const o = ${offsetOf([g, f], [filters, 1])};
let sum = 0;
for (let m = 0; m < ${imagesEach}; m++) {
const n = ${offsetOf([piece, "m"], [imagesEach, 1])};
const xAt = ${offsetOf(["n", "channel"], [inChannels * pixels, pixels])};
const yAt = ${offsetOf(["n", "o"], [outChannels * windows, windows])};
${open.join("\n")}
row += x[${xElement}] * gradY[${yElement}];
${"}".repeat(braces(open.slice(open.indexOf("let row = 0;"))))}
sum += row;
${"}".repeat(braces(open.slice(0, open.indexOf("let row = 0;"))))}
}`,
        "sum",
      ];
    },
  });
  const runs = [
    { length: pieces, isReduced: true },
    { length: sizeOf(wShape), isReduced: false },
  ];
  const gradW = folded(maps, "convAdjointW", "add", partial, runs, wShape);
  partial.dispose();
  return gradW;
}

/** How many blocks the lines open. */
const braces = (lines: readonly string[]): number => lines.filter((line) => line.endsWith("{")).length;

/** y where there is nothing to add up but the bias. */
function biasOnly(maps: Maps, bias: Tensor, { batch, outChannels, outSize, yShape }: ConvGeometry): Tensor {
  return maps.map({
    operator: "conv",
    inputs: { bias },
    shape: yShape,
    slabs: batch,
    sections: { bias: ALL },
    key: [outChannels, outSize, "bias"],
    body: (count) => {
      const { code, at } = positionOf("i", [count, outChannels, sizeOf(outSize)], ["n", "o", "l"]);
      return [code, `bias[${at[1]}]`];
    },
  });
}

/** The largest divisor of n that is at most `most`; 1 at least. */
function divisorBelow(n: number, most: number): number {
  let d = Math.max(1, Math.min(n, most));
  while (n % d !== 0) d--;
  return d;
}
