import { formatShape, isSameShape, type Shape } from "../shape.js";
import { Tensor } from "../tensor.js";

/** How far a value may lie from the expected one: |got − expected| ≤ atol + rtol·|expected|. */
export interface Tolerance {
  /** Relative part. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute part. Default 1e-6. */
  readonly atol?: number;
}

/**
 * Compares two tensors, or a tensor and the values it should have.
 *
 * @returns Undefined when they agree, else a sentence that names the first entry that differs. NaN equals NaN.
 */
export function allClose(
  got: Tensor,
  expected: Tensor | ArrayLike<number>,
  tolerance: Tolerance = {},
): string | undefined {
  const { rtol = 1e-5, atol = 1e-6 } = tolerance;
  if (expected instanceof Tensor && !isSameShape(got.shape, expected.shape)) {
    return `the shape is ${formatShape(got.shape)}, expected ${formatShape(expected.shape)}`;
  }
  const [gs, es] = [got.dataSync(), expected instanceof Tensor ? expected.dataSync() : expected];
  if (gs.length !== es.length) return `there are ${gs.length} elements, expected ${es.length}`;
  const isClose = (g: number, e: number) =>
    Object.is(g, e) || g === e || (Number.isFinite(e) && Math.abs(g - e) <= atol + rtol * Math.abs(e));
  let bad = -1;
  let count = 0;
  for (let i = gs.length - 1; i >= 0; i--) {
    if (isClose(gs[i], es[i])) continue;
    bad = i;
    count++;
  }
  if (bad < 0) return undefined;
  return `element [${indexOf(bad, got.shape).join(", ")}] is ${gs[bad]}, expected ${es[bad]} (${count} of ${gs.length} differ)`;
}

function indexOf(at: number, shape: Shape): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}
