import { checkTensors, defineKernel } from "../device/defineKernel.js";
import type { TypedArray } from "../dtype.js";
import { isInt32 } from "../maps/promote.js";
import { roundSums } from "../maps/sums.js";
import { checkLengths, checkOptions, expectTensor } from "../options.js";
import { expectShape, sizeOf } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { type Patches, patches, patchesAdjoint } from "../wasm/patches.js";
import type { Pair } from "./padding.js";
import { type PadGeometry, type PadMode, type PadOptions, padGeometry } from "./padGeometry.js";
import { OUTSIDE, tableOf, type WindowAxis } from "./window.js";

/** The pixel of an axis of `length` that stands at position `at`, which may lie beyond its ends; or OUTSIDE. */
function sourceOf(mode: PadMode, at: number, length: number): number {
  if (at >= 0 && at < length) return at;
  switch (mode) {
    case "circular":
      return ((at % length) + length) % length;
    case "reflect":
      return at < 0 ? -at : 2 * (length - 1) - at;
    case "replicate":
      return at < 0 ? 0 : length - 1;
    default:
      return OUTSIDE;
  }
}

/** For each pixel of the padded image, along each axis, that of the image that it copies, or OUTSIDE: windows of one tap. */
function sourceAxes({ mode, inSize, outSize, padding }: PadGeometry): readonly WindowAxis[] {
  return inSize.map((length, axis) => {
    const [before] = padding[axis];
    const pixels = Int32Array.from({ length: outSize[axis] }, (_, i) => sourceOf(mode, i - before, length));
    return { inSize: length, taps: 1, windows: outSize[axis], pixels };
  });
}

/** The same as a map to patches. */
function patchesOf(geometry: PadGeometry): Patches {
  const { mode, planes, value } = geometry;
  return { planes, axes: sourceAxes(geometry), fill: value, isMean: mode === "mean" };
}

/**
 * P x: the image with a border of pixels around it.
 *
 *     y[i] = x[source(i)],  or the fill value where there is no source: 0, a constant, or the image's mean
 */
export const padKernel = /* @__PURE__ */ defineKernel(
  "pad",
  (x, geometry) => {
    const y = allocate(x.device, geometry.yShape, x.dtype);
    const [xs, ys, sources] = [valuesOf(x), valuesOf(y), tableOf(sourceAxes(geometry))];
    const pixels = sizeOf(geometry.inSize);
    for (let plane = 0; plane < geometry.planes; plane++) {
      const fill = geometry.mode === "mean" ? meanOf(xs, plane * pixels, pixels) : geometry.value;
      for (let i = 0; i < sources.length; i++) {
        ys[plane * sources.length + i] = sources[i] === OUTSIDE ? fill : xs[plane * pixels + sources[i]];
      }
    }
    return y;
  },
  "same",
  (x, geometry) => patches(x, geometry.yShape, patchesOf(geometry)),
);

/**
 * Pᵀ g: each padded pixel's gradient goes back to the pixel it copied; what reached a mean goes evenly to all pixels.
 *
 *     gradX[j] = Σ gradY[i] over i with source(i) = j,  + (Σ gradY[i] over the border) / pixels  in mode mean
 */
export const padAdjointKernel = /* @__PURE__ */ defineKernel(
  "padAdjoint",
  (gradY, geometry) => {
    const [gys, sources] = [valuesOf(gradY), tableOf(sourceAxes(geometry))];
    const pixels = sizeOf(geometry.inSize);
    const sums = new Float64Array(geometry.planes * pixels);
    for (let plane = 0; plane < geometry.planes; plane++) {
      const first = plane * pixels;
      let border = 0;
      for (let i = 0; i < sources.length; i++) {
        const g = gys[plane * sources.length + i];
        if (sources[i] === OUTSIDE) border += g;
        else sums[first + sources[i]] += g;
      }
      if (geometry.mode !== "mean") continue;
      for (let j = 0; j < pixels; j++) sums[first + j] += border / pixels;
    }
    return roundSums("padAdjoint", sums, gradY, geometry.xShape);
  },
  "same",
  (gradY, geometry) => patchesAdjoint(gradY, geometry.xShape, patchesOf(geometry)),
);

function meanOf(values: TypedArray, offset: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[offset + i];
  return sum / count;
}

/**
 * Checks that x can hold its border: a mean, or a value that is no int32, needs floats.
 *
 * @throws {TypeError} When x is int32 and cannot.
 */
export function checkPadded(operator: string, x: TensorLike, { mode, value }: PadGeometry): void {
  const isWhole = mode !== "mean" && isInt32(value);
  checkTensors(operator, isWhole ? "same" : "floating", [x]);
}

/** The steps of padding as users call it; on tensors, or on Variables that remember them. */
export interface PadSteps<X, Y = X> {
  pad(x: X, geometry: PadGeometry): Y;
  padAdjoint(gradY: X, geometry: PadGeometry): Y;
}

/** The options of `padAdjoint`. */
export interface PadAdjointOptions extends PadOptions {
  /** Lengths of the padded axes before padding. */
  readonly inSize: readonly number[];
}

/** `pad` made of the given step. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function padding<X extends TensorLike, Y extends X = X>(steps: Pick<PadSteps<X, Y>, "pad">) {
  return (x: X, padding: readonly (number | Pair)[], options: PadOptions = {}): Y => {
    expectTensor("pad", "x", x);
    const geometry = padGeometry(x.shape, padding, options);
    checkPadded("pad", x, geometry);
    return steps.pad(x, geometry);
  };
}

/** `padAdjoint` made of the given step. */
/* @__NO_SIDE_EFFECTS__ */
export function paddingAdjoint<X extends TensorLike, Y extends X = X>(steps: Pick<PadSteps<X, Y>, "padAdjoint">) {
  return (gradY: X, padding: readonly (number | Pair)[], options: PadAdjointOptions): Y => {
    expectTensor("padAdjoint", "gradY", gradY);
    checkOptions("padAdjoint", options, ["inSize", "mode", "value"]);
    const { inSize, ...padOptions } = options;
    const lengths = checkLengths("padAdjoint", "inSize", inSize, "the padded axes");
    const xShape = [...gradY.shape.slice(0, gradY.shape.length - lengths.length), ...lengths];
    const geometry = padGeometry(xShape, padding, padOptions, "padAdjoint");
    expectShape("padAdjoint", "gradY", gradY.shape, geometry.yShape);
    checkPadded("padAdjoint", gradY, geometry);
    return steps.padAdjoint(gradY, geometry);
  };
}

type Pad = (x: Tensor, padding: readonly (number | Pair)[], options?: PadOptions) => Tensor;
type PadAdjoint = (gradY: Tensor, padding: readonly (number | Pair)[], options: PadAdjointOptions) => Tensor;

/**
 * A tensor with a border around its last axes.
 *
 * @param padding [before, after] in pixels, or one number for both, for each of the last axes, outermost first.
 * @param options `mode` "zeros": see `PadMode`; `value` for mode "constant", 0.
 * @returns x's shape, each of these axes longer by before + after.
 * @throws {ShapeError} When the mode cannot reach so far (`reflect`: at most in − 1 pixels).
 * @throws {TypeError} When an option is unknown, or x is int32 and the border is not.
 * @example
 * pad(tensor([1, 2, 3]), [[2, 0]], { mode: "circular" }); // [2, 3, 1, 2, 3]
 */
export const pad: Pad = /* @__PURE__ */ padding<Tensor>({ pad: padKernel });

/**
 * The adjoint of `pad`: the gradient of the image from that of the padded image.
 *
 *     ⟨pad(x), g⟩ = ⟨x, padAdjoint(g)⟩
 *
 * @param gradY Of the padded image's shape.
 * @param options `inSize`: the lengths of the padded axes before padding; `mode` as for `pad`.
 * @returns Of the image's shape.
 * @throws {ShapeError} When gradY is not of the shape that this padding gives.
 * @example
 * padAdjoint(tensor([1, 2, 3, 4, 5]), [[2, 0]], { inSize: [3], mode: "circular" }); // [3, 5, 7]
 */
export const padAdjoint: PadAdjoint = /* @__PURE__ */ paddingAdjoint<Tensor>({ padAdjoint: padAdjointKernel });
