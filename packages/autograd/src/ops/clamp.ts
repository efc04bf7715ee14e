import { type ClampOptions, clamp as clampTensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { clampBounds } from "@conv/core/operators";
import { defineOp } from "../defineOp.js";
import { type Input, inputOf, type Variable } from "../variable.js";
import { sub } from "./arithmetic.js";
import { where } from "./where.js";

const clampOp = /* @__PURE__ */ defineOp({
  name: "clamp",
  inputs: ["x"],
  forward: ({ x }, bounds: ClampOptions) => clampTensor(x, bounds),
  adjoint: {
    x: (gradY, { x }, { min, max }) => {
      const above = max === undefined ? gradY : where(kernels.step(sub(x, max).value), 0, gradY);
      return min === undefined ? above : where(kernels.step(sub(min, x).value), 0, above);
    },
  },
});

/** min(max(x, lower), upper), elementwise, as in `@conv/core`. The gradient passes from bound to bound, both included. */
export function clamp(x: Input, options: ClampOptions): Variable {
  return clampOp(inputOf("clamp", "x", x), clampBounds(options));
}
