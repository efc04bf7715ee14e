import * as kernels from "@conv/core/kernels";
import { preluShape, tidy } from "@conv/core/operators";
import { type Input, inputOf, peek, type Variable } from "../variable.js";
import { mul } from "./arithmetic.js";
import { reshape } from "./reshape.js";
import { where } from "./where.js";

/**
 * x above 0, w·x below, elementwise, x [N, C, …] with a slope for each channel, w [C]; or one for all, w [1].
 *
 *     gradX = gradY where x > 0, else w·gradY     so w at x = 0, as in PyTorch
 *     gradW = Σ gradY·x where x ≤ 0               over all that share the slope
 *
 * Keeps where x > 0; the slopes if x needs a gradient; and x where it is not above 0, if w does.
 *
 * Shapes, types and errors: as in `@conv/core`.
 *
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers" (arXiv:1502.01852).
 * @example
 * const [x, w] = [variable(tensor([-2, 0, 3])), variable(tensor([0.25]))];
 * sum(prelu(x, w)).backward();
 * x.grad; // [0.25, 0.25, 1]
 * w.grad; // [-2]
 */
export function prelu(x: Input, w: Input): Variable {
  const [v, slopes] = [inputOf("prelu", "x", x), inputOf("prelu", "w", w)];
  return tidy(() => {
    const slope = reshape(slopes, preluShape(v.shape, slopes.shape));
    const above = kernels.step(peek(v));
    return where(above, v, mul(where(above, 0, v), slope)); // not 0·∞ in w's gradient
  });
}
