import { checkTensors } from "../device/defineKernel.js";
import { checkOptions, expectTensor, perAxis } from "../options.js";
import { tidy } from "../scope.js";
import { expectShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import {
  INTERPOLATE_OPTIONS,
  type InterpolateOptions,
  interpolateGeometry,
  spatialSize,
} from "./interpolateGeometry.js";
import { resampleKernel } from "./resample.js";
import { type ResampleGeometry, resampleTransposed } from "./resampleGeometry.js";

/** The options of the adjoint: those of the interpolation, and the size of its image. */
export interface InterpolateAdjointOptions extends InterpolateOptions {
  /** Lengths of the spatial axes of x: one number for all, or one each. */
  readonly inSize: number | readonly number[];
}

/** The step of an interpolation as users call it; on tensors, or on Variables that remember it. */
export interface ResampleSteps<X, Y = X> {
  resample(x: X, geometry: ResampleGeometry): Y;
}

/** Axis after axis. */
function resampled<X, Y extends X>(steps: ResampleSteps<X, Y>, x: X, geometries: readonly ResampleGeometry[]): Y {
  const [first, ...rest] = geometries;
  return tidy(() => rest.reduce((y, geometry) => steps.resample(y, geometry), steps.resample(x, first)));
}

/** The interpolation made of the given step. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function interpolating<X extends TensorLike, Y extends X = X>(steps: ResampleSteps<X, Y>) {
  const operator = "interpolate";
  return (x: X, options: InterpolateOptions): Y => {
    expectTensor(operator, "x", x);
    checkTensors(operator, "floating", [x]);
    checkOptions(operator, options, INTERPOLATE_OPTIONS);
    return resampled(steps, x, interpolateGeometry(operator, x.shape, x.dtype, options));
  };
}

/** The adjoint of interpolation made of the given step: the transposed matrices, in the other order. */
/* @__NO_SIDE_EFFECTS__ */
export function interpolatingAdjoint<X extends TensorLike, Y extends X = X>(steps: ResampleSteps<X, Y>) {
  const operator = "interpolateAdjoint";
  return (gradY: X, options: InterpolateAdjointOptions): Y => {
    expectTensor(operator, "gradY", gradY);
    checkTensors(operator, "floating", [gradY]);
    checkOptions(operator, options, ["inSize", ...INTERPOLATE_OPTIONS]);
    const { inSize, ...others } = options;
    const { length: rank } = spatialSize(operator, "gradY", gradY.shape);
    const xShape = [...gradY.shape.slice(0, 2), ...perAxis(operator, "inSize", inSize, rank, 1)];
    const geometries = interpolateGeometry(operator, xShape, gradY.dtype, others);
    expectShape(operator, "gradY", gradY.shape, geometries[geometries.length - 1].yShape);
    return resampled(steps, gradY, geometries.map(resampleTransposed).reverse());
  };
}

const steps: ResampleSteps<Tensor> = { resample: resampleKernel };

/**
 * The image at another size: every pixel of y is a weighted mean of pixels of x near its place,
 *
 *     y = R_W ⊗ R_H x     a sparse matrix along each spatial axis
 *
 * Pixels are areas of one size: the middle of y's pixel i is at (i + ½) · s − ½ in x, s = in / out; with `alignCorners` it is
 * at i · (in − 1) / (out − 1). "nearest" takes the pixel ⌊i · s⌋, "nearestExact" ⌊(i + ½) · s⌋; "linear", "bilinear" and
 * "trilinear" the line between two pixels of each axis, "bicubic" a cubic convolution of four (a = −¾); "area" is adaptive
 * average pooling. Where an image gets smaller nothing is smoothed but in "area".
 *
 * @param x [N, C, …] with 1 to 3 spatial axes, float32 or float64.
 * @param options Either `size`, or `scaleFactor`, of which then s = 1 / scaleFactor, whatever ⌊in · scaleFactor⌋ comes to;
 *   `mode` "nearest"; `alignCorners` false.
 * @returns [N, C, …size].
 * @throws {ShapeError} When x has no pixels, or not as many spatial axes as the mode takes.
 * @throws {RangeError} When a size is not a positive integer, or a factor not positive.
 * @throws {TypeError} When not exactly one of `size` and `scaleFactor` is given, or `alignCorners` is true with a mode that takes none.
 * PyTorch's "nearest" gives images of one channel other pixels than the same images beside others where a factor such as 1.1 comes
 * to the same size or to twice the size; here all are as those of several channels there.
 *
 * @see PyTorch's `torch.nn.functional.interpolate`, of which this has the values; Keys, "Cubic convolution interpolation for
 *   digital image processing" (1981), for "bicubic".
 * @example
 * interpolate(tensor([[[1, 3]]]), { scaleFactor: 2 }); // [[[1, 1, 3, 3]]]
 * interpolate(tensor([[[1, 3]]]), { size: 4, mode: "linear" }); // [[[1, 1.5, 2.5, 3]]]
 */
export const interpolate: (x: Tensor, options: InterpolateOptions) => Tensor =
  /* @__PURE__ */ interpolating<Tensor>(steps);

/**
 * The adjoint of `interpolate`: each gradient goes to the pixels that made up its own, by their weights,
 * ⟨interpolate(x), g⟩ = ⟨x, interpolateAdjoint(g)⟩. PyTorch's gradient is another one where a factor that is not 1 or 2 comes to
 * the same size or to twice the size, as 1.1 does of 5 pixels: there it takes short cuts that its forward map does not.
 *
 * @param gradY [N, C, …out].
 * @param options As for the interpolation, and `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {ShapeError} When gradY is not of the shape that the interpolation gives.
 * @example
 * interpolateAdjoint(tensor([[[1, 2, 3, 4]]]), { inSize: 2, scaleFactor: 2 }); // [[[3, 7]]]
 */
export const interpolateAdjoint: (gradY: Tensor, options: InterpolateAdjointOptions) => Tensor =
  /* @__PURE__ */ interpolatingAdjoint<Tensor>(steps);
