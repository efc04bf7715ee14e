import type { Shape, Tensor } from "@conv/core";
import { resample } from "@conv/core/kernels";
import { resampleGeometry, type Tap, tidy } from "@conv/core/operators";

/**
 * Images at another size, of which a smaller one is made of all pixels of x: pixel i along an axis is the mean of the pixels
 * around its place (i + ½) · s, s = inSize/outSize, with the weights of a triangle of half width max(s, 1) pixels. So it is
 * `interpolate` of mode "bilinear" where it gets no smaller. A sparse matrix along each axis.
 *
 * @param x [N, C, …inSize], float32 or float64.
 * @returns [N, C, …outSize]; x itself where that is its size.
 * @see `torch.nn.functional.interpolate` with `antialias=True`.
 */
export function antialiased(x: Tensor, outSize: Shape): Tensor {
  const ratio = (axis: number) => outSize[axis] / x.shape[axis + 2];
  const axes = outSize.map((_, axis) => axis).filter((axis) => ratio(axis) !== 1);
  axes.sort((a, b) => ratio(a) - ratio(b)); // where it gets smallest comes first: little is left to compute
  return tidy(() =>
    axes.reduce((y, axis) => {
      const rowOf = (i: number) => triangle(i, y.shape[axis + 2], outSize[axis]);
      return resample(y, resampleGeometry(y.shape, axis + 2, outSize[axis], rowOf));
    }, x),
  );
}

/** The pixels whose centres are nearer to that of pixel i than the triangle is wide, the nearer the more. */
function triangle(i: number, inSize: number, outSize: number): Tap[] {
  const scale = inSize / outSize;
  const [centre, radius] = [(i + 0.5) * scale, Math.max(scale, 1)];
  const first = Math.max(0, Math.floor(centre - radius + 0.5));
  const end = Math.min(inSize, Math.floor(centre + radius + 0.5));
  const heights = Array.from({ length: end - first }, (_, k) =>
    Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / radius),
  );
  const total = heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height, k) => [first + k, height / total]);
}
