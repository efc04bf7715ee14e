import { type LpPoolSteps, lpPooling } from "@conv/core/operators";
import type { Input, Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { avgPool } from "./avgPool.js";
import { pow } from "./pow.js";
import { where } from "./where.js";

const steps: LpPoolSteps<Input, Variable> = {
  avgPool,
  pow,
  mul,
  // The slope of a root at 0 is infinite, that of a norm at 0 is taken as 0.
  root: (x, degree) => (degree === 1 ? pow(x, 1) : where(x, pow(where(x, x, 1), 1 / degree), 0)),
};

/**
 * The p-norm of every window, y = (Σ xᵖ)^{1/p}: x [N, C, …] with 1 to 3 spatial axes, p = `normType` > 0.
 *
 *     gradX = Σ gradY·(x/y)ᵖ⁻¹     over the windows that see the pixel
 *
 * In a window of zeros it is 0, as in PyTorch, unless p = 1. Keeps x and the sums for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @see Sermanet, Chintala and LeCun, "Convolutional neural networks applied to house numbers digit classification"
 *   (arXiv:1204.3968).
 * @example
 * const x = variable(tensor([[[0, 4, 3, 0]]]));
 * sum(lpPool(x, 2, 2)).backward();
 * x.grad; // [[[0, 1, 1, 0]]]
 */
export const lpPool = /* @__PURE__ */ lpPooling<Input, Variable>(steps);
/** The p-norm of every window of a signal: `lpPool` of x [N, C, W]. */
export const lpPool1d = /* @__PURE__ */ lpPooling<Input, Variable>(steps, 1);
/** The p-norm of every window of an image: `lpPool` of x [N, C, H, W]. */
export const lpPool2d = /* @__PURE__ */ lpPooling<Input, Variable>(steps, 2);
/** The p-norm of every window of a volume: `lpPool` of x [N, C, D, H, W]. */
export const lpPool3d = /* @__PURE__ */ lpPooling<Input, Variable>(steps, 3);
