import * as kernels from "@conv/core/kernels";
import { defineOwnOp } from "../defineOp.js";
import { mul, neg } from "./arithmetic.js";
import { ofEach } from "./cast.js";
import { exp } from "./exp.js";

const erfOp = /* @__PURE__ */ defineOwnOp({
  name: "erf",
  inputs: ["x"],
  forward: ({ x }) => kernels.erf(x),
  adjoint: { x: (gradY, { x }) => mul(gradY, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))) },
});

/** 2/√π ∫₀ˣ e^{−t²} dt, elementwise; gradX = gradY·2/√π·e^{−x²}. Keeps x. Types and errors: as in `@conv/core`. */
export const erf = /* @__PURE__ */ ofEach("erf", erfOp);
