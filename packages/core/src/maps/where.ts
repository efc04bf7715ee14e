import { defineKernel } from "../device/defineKernel.js";
import { expectTensor } from "../options.js";
import { broadcastShapes } from "../shape.js";
import { allocate, type Tensor, valuesOf } from "../tensor.js";
import * as wasm from "../wasm/elementwise.js";
import { promoted } from "./promote.js";
import { rowsOf } from "./rows.js";

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
  wasm.where,
);

/**
 * a where the condition is not 0, else b; elementwise with broadcasting. What is not chosen does not matter: a NaN there
 * does no harm.
 *
 * @param condition A tensor of any type.
 * @param a A tensor or a number; a and b are promoted to one type.
 * @param b Likewise.
 * @example
 * where(tensor([1, 0, -2]), tensor([1, 2, 3]), 9); // [1, 9, 3]
 */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  expectTensor("where", "condition", condition);
  const choose = (left: Tensor, right: Tensor) => whereKernel(condition, left, right);
  return promoted("where", [a, b], choose, "any", condition.device);
}
