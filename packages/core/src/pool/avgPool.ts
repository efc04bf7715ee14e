import { type WindowAxis, walkOf, windowAxes } from "../conv/window.js";
import { checkTensors, defineKernel } from "../device/defineKernel.js";
import { checkOptions, expectTensor } from "../options.js";
import { expectShape, sizeOf } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/pool.js";
import { type AvgPoolOptions, type PlaneGeometry, type PoolGeometry, poolGeometry } from "./geometry.js";
import { type PooledSize, pooledShape } from "./pooledShape.js";

/** A x: the mean of each window. y[p, l] = Σ x̃[p, pixel of tap k in window l] / divisor[l]     over taps k. */
export const avgPoolKernel = /* @__PURE__ */ defineKernel(
  "avgPool",
  (x, geometry) => averageOf(x, geometry, windowAxes(geometry), divisorsOf(geometry)),
  "floating",
  wasm.avgPool,
);

/** Aᵀ g: each window's gradient spread over its pixels. gradX[p, i] = Σ gradY[p, l] / divisor[l] over windows l that see i. */
export const avgPoolAdjointKernel = /* @__PURE__ */ defineKernel(
  "avgPoolAdjoint",
  (gradY, geometry) => spread(gradY, geometry, windowAxes(geometry), divisorsOf(geometry)),
  "floating",
  wasm.avgPoolAdjoint,
);

/** The sums of the pixels that windows see, divided. */
export function averageOf(
  x: Tensor,
  geometry: PlaneGeometry,
  axes: readonly WindowAxis[],
  divisors: Float64Array,
): Tensor {
  const y = allocate(x.device, geometry.yShape, x.dtype);
  const [xs, ys] = [valuesOf(x), valuesOf(y)];
  const [pixels, walk] = [sizeOf(geometry.inSize), walkOf(axes)];
  const sums = new Float64Array(divisors.length);
  for (let plane = 0; plane < geometry.planes; plane++) {
    sums.fill(0);
    walk((l, pixel) => {
      sums[l] += xs[plane * pixels + pixel];
    });
    for (let l = 0; l < sums.length; l++) ys[plane * sums.length + l] = sums[l] / divisors[l];
  }
  return y;
}

/** The adjoint of `averageOf`. */
export function spread(
  gradY: Tensor,
  geometry: PlaneGeometry,
  axes: readonly WindowAxis[],
  divisors: Float64Array,
): Tensor {
  const gradX = allocate(gradY.device, geometry.xShape, gradY.dtype);
  const [gys, gxs] = [valuesOf(gradY), valuesOf(gradX)];
  const walk = walkOf(axes);
  const image = new Float64Array(sizeOf(geometry.inSize));
  for (let plane = 0; plane < geometry.planes; plane++) {
    image.fill(0);
    walk((l, pixel) => {
      image[pixel] += gys[plane * divisors.length + l] / divisors[l];
    });
    gxs.set(image, plane * image.length);
  }
  return gradX;
}

/**
 * What the sum of each window is divided by: `divisorOverride`; or, with `countIncludePad`, the window's length clipped
 * to the padded image (in `ceilMode` the last one may reach beyond it); or its number of pixels inside the image.
 */
function divisorsOf(geometry: PoolGeometry): Float64Array {
  const { inSize, kernelSize, outSize, stride, padding, countIncludePad, divisorOverride } = geometry;
  const divisors = areasOf(
    inSize.map((length, axis) => {
      const [before, after] = padding[axis];
      return Array.from({ length: outSize[axis] }, (_, i) => {
        const start = i * stride[axis] - before;
        const end = Math.min(start + kernelSize[axis], length + after);
        return countIncludePad ? end - start : Math.min(end, length) - Math.max(start, 0);
      });
    }),
  );
  return divisorOverride === undefined ? divisors : divisors.fill(divisorOverride);
}

/** The areas of windows from their lengths along each axis: all products, the last axis fastest. */
export function areasOf(lengths: readonly (readonly number[])[]): Float64Array {
  return lengths.reduce(
    (areas, along) =>
      Float64Array.from(
        { length: areas.length * along.length },
        (_, at) => areas[Math.floor(at / along.length)] * along[at % along.length],
      ),
    Float64Array.of(1),
  );
}

/** The step of an average pooling as users call it; on tensors, or on Variables that remember it. */
export interface AvgPoolSteps<X, Y = X> {
  avgPool(x: X, geometry: PoolGeometry): Y;
}

/** The step of its adjoint. */
export interface AvgPoolAdjointSteps<X, Y = X> {
  avgPoolAdjoint(gradY: X, geometry: PoolGeometry): Y;
}

const OPTIONS = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];

/** The average pooling of spatial rank `rank` made of the given step. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function avgPooling<X extends TensorLike, Y extends X = X>(rank: number, steps: AvgPoolSteps<X, Y>) {
  const operator = `avgPool${rank}d`;
  return (x: X, kernelSize: number | readonly number[], options: AvgPoolOptions = {}): Y => {
    expectTensor(operator, "x", x);
    checkTensors(operator, "floating", [x]);
    checkOptions(operator, options, OPTIONS);
    return steps.avgPool(x, poolGeometry(operator, rank, x.shape, kernelSize, options));
  };
}

/** The adjoint of average pooling, of any rank, made of the given step. */
/* @__NO_SIDE_EFFECTS__ */
export function avgPoolingAdjoint<X extends TensorLike, Y extends X = X>(steps: AvgPoolAdjointSteps<X, Y>) {
  const operator = "avgPoolAdjoint";
  return (gradY: X, kernelSize: number | readonly number[], options: AvgPoolOptions & PooledSize): Y => {
    checkOptions(operator, options, ["inSize", ...OPTIONS]);
    const { inSize, ...pooling } = options;
    const xShape = pooledShape(operator, gradY, inSize);
    const geometry = poolGeometry(operator, inSize.length, xShape, kernelSize, pooling);
    expectShape(operator, "gradY", gradY.shape, geometry.yShape);
    checkTensors(operator, "floating", [gradY]);
    return steps.avgPoolAdjoint(gradY, geometry);
  };
}

type AvgPool = (x: Tensor, kernelSize: number | readonly number[], options?: AvgPoolOptions) => Tensor;

const steps: AvgPoolSteps<Tensor> = { avgPool: avgPoolKernel };

/** The mean of every window of a signal: `avgPool2d` with one spatial axis. */
export const avgPool1d: AvgPool = /* @__PURE__ */ avgPooling<Tensor>(1, steps);

/**
 * The mean of every window.
 *
 * @param x [N, C, H, W].
 * @param kernelSize The window in pixels, one number or [rows, columns].
 * @param options `stride` = kernelSize, `padding` 0 (at most half the window), `ceilMode` false,
 *   `countIncludePad` true, `divisorOverride` none.
 * @returns [N, C, OH, OW].
 * @throws {ShapeError} When the window exceeds the padded image, or padding exceeds half the window.
 * @example
 * avgPool2d(tensor([[[[1, 2], [4, 5]]]]), 2); // [[[[3]]]]
 */
export const avgPool2d: AvgPool = /* @__PURE__ */ avgPooling<Tensor>(2, steps);

/** The mean of every window of a volume: `avgPool2d` with three spatial axes. */
export const avgPool3d: AvgPool = /* @__PURE__ */ avgPooling<Tensor>(3, steps);

/**
 * The adjoint of `avgPool1d|2d|3d`: each window's gradient spread over its pixels, ⟨avgPool(x), g⟩ = ⟨x, avgPoolAdjoint(g)⟩.
 *
 * @param gradY [N, C, …out].
 * @param kernelSize As for the pooling.
 * @param options As for the pooling, and `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {ShapeError} When gradY is not of the shape that the pooling gives.
 * @example
 * avgPoolAdjoint(tensor([[[2, 8]]]), 2, { inSize: [5] }); // [[[1, 1, 4, 4, 0]]]
 */
export const avgPoolAdjoint: (
  gradY: Tensor,
  kernelSize: number | readonly number[],
  options: AvgPoolOptions & PooledSize,
) => Tensor = /* @__PURE__ */ avgPoolingAdjoint<Tensor>({ avgPoolAdjoint: avgPoolAdjointKernel });
