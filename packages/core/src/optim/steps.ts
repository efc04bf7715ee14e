import { defineKernel } from "../device/defineKernel.js";
import { allocate, valuesOf } from "../tensor.js";
import { together } from "../wasm/optim.js";

/*
 * What the steps of optimizers are made of: maps of tensors of one shape, element by element, each of which reads and
 * writes every number once. Each has one result, as all kernels, and writes it to a new place:
 *
 *     SGD       g ← g + λp;   v ← m·v + (1 − d)·g;   p ← p − lr·v           blend, blend, blend
 *     Adam      m ← β₁m + (1 − β₁)g;   v ← β₂v + (1 − β₂)g²                 blend, blendSquare
 *               p ← (1 − lr·λ)·p − lr/c₁ · m / (√v/√c₂ + ε)                 descend
 *     RMSprop   v ← αv + (1 − α)g²;   u ← μu + g / (√v + ε)                 blendSquare, descend
 */

/** α·a + β·b. */
export const blendKernel = /* @__PURE__ */ defineKernel(
  "blend",
  (a, b, { alpha, beta }) => {
    const y = allocate(a.device, a.shape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    for (let i = 0; i < ys.length; i++) ys[i] = alpha * as[i] + beta * bs[i];
    return y;
  },
  "floating",
  (a, b, { alpha, beta }) => together("blend", [a, b], [alpha, beta]),
);

/** α·a + β·b². */
export const blendSquareKernel = /* @__PURE__ */ defineKernel(
  "blendSquare",
  (a, b, { alpha, beta }) => {
    const y = allocate(a.device, a.shape, a.dtype);
    const [as, bs, ys] = [valuesOf(a), valuesOf(b), valuesOf(y)];
    for (let i = 0; i < ys.length; i++) ys[i] = alpha * as[i] + beta * bs[i] * bs[i];
    return y;
  },
  "floating",
  (a, b, { alpha, beta }) => together("blendSquare", [a, b], [alpha, beta]),
);

/** α·p + β·m / (γ·√v + ε). */
export const descendKernel = /* @__PURE__ */ defineKernel(
  "descend",
  (p, m, v, { alpha, beta, gamma, eps }) => {
    const y = allocate(p.device, p.shape, p.dtype);
    const [ps, ms, vs, ys] = [valuesOf(p), valuesOf(m), valuesOf(v), valuesOf(y)];
    for (let i = 0; i < ys.length; i++) ys[i] = alpha * ps[i] + (beta * ms[i]) / (gamma * Math.sqrt(vs[i]) + eps);
    return y;
  },
  "floating",
  (p, m, v, { alpha, beta, gamma, eps }) => together("descend", [p, m, v], [alpha, beta, gamma, eps]),
);
