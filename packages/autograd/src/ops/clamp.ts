import { type ClampOptions, clamp as clampTensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { clampBounds } from "@conv/core/operators";
import { defineOwnOp } from "../defineOp.js";
import { type Input, inputOf, peek, type Variable } from "../variable.js";
import { sub } from "./arithmetic.js";
import { where } from "./where.js";

const clampOp = /* @__PURE__ */ defineOwnOp({
  name: "clamp",
  inputs: ["x"],
  forward: ({ x }, bounds: ClampOptions) => clampTensor(x, bounds),
  adjoint: {
    x: (gradY, { x }, { min, max }) => {
      const above = max === undefined ? gradY : where(kernels.step(peek(sub(x, max))), 0, gradY);
      return min === undefined ? above : where(kernels.step(peek(sub(min, x))), 0, above);
    },
  },
});

/**
 * min(max(x, lower), upper), elementwise.
 *
 *     gradX = gradY where lower ≤ x ≤ upper, else 0     bounds included, as in PyTorch
 *
 * At NaN the gradient passes; in PyTorch it is 0 there. Keeps x for the way back.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @example
 * const x = variable(tensor([-1, 0, 3, 6, 7]));
 * sum(clamp(x, { min: 0, max: 6 })).backward();
 * x.grad; // [0, 1, 1, 1, 0]
 */
export function clamp(x: Input, options: ClampOptions): Variable {
  return clampOp(inputOf("clamp", "x", x), clampBounds(options));
}
