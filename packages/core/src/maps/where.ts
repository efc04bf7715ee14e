import { checkDTypes, defineKernel } from "../device/defineKernel.js";
import { broadcastShapes } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import { asTensor } from "./elementwise.js";
import { rowsOf } from "./strided.js";

/** The kernel of `where`. */
export const whereKernel = /* @__PURE__ */ defineKernel(
  "where",
  (condition, a, b) => {
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
    const y = allocate(a.device, shape, a.dtype);
    const [cs, as, bs, ys] = [valuesOf(condition), valuesOf(a), valuesOf(b), valuesOf(y)];
    const { starts, length, steps } = rowsOf(shape, shape, condition.shape, a.shape, b.shape);
    const [, cStep, aStep, bStep] = steps;
    for (const [yRow, cRow, aRow, bRow] of starts) {
      for (let i = 0; i < length; i++) {
        ys[yRow + i] = cs[cRow + i * cStep] === 0 ? bs[bRow + i * bStep] : as[aRow + i * aStep];
      }
    }
    return y;
  },
  "any",
);

/**
 * a where the condition is not 0, else b; elementwise with broadcasting. What is not chosen does not matter: a NaN there
 * does no harm.
 *
 * @param condition A tensor of any type.
 * @param a A tensor, or a number, which takes the other's dtype and device.
 * @param b Likewise.
 * @throws {TypeError} When a and b have two dtypes.
 */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  const [left, right] = [asTensor(a, b), asTensor(b, a)];
  checkDTypes("where", "same", [left, right]);
  return whereKernel(condition, left, right);
}
