// @conv/nn's init: the first values of weights, each a function of their shape. The order is that of the mathematics.

import { constant, dirac, eye, ones, zeros } from "./constant.js";
import { normal, truncNormal, uniform } from "./draws.js";
import { calculateGain, fanIn, fanOut } from "./fans.js";
import { orthogonal } from "./orthogonal.js";
import { kaimingNormal, kaimingUniform, xavierNormal, xavierUniform } from "./scaled.js";

/**
 * The first values of weights, as `torch.nn.init` has them, but as functions of a shape.
 *
 * It is an object, not a namespace: bundlers drop it where nobody uses it. The tensors are on the cpu: set them before the
 * model is moved elsewhere, or move them too, `.to(device)`.
 *
 * @example
 * layer.weight.value = init.xavierUniform(layer.weight.shape);
 */
export const init = {
  calculateGain,
  fanIn,
  fanOut,
  constant,
  zeros,
  ones,
  eye,
  dirac,
  uniform,
  normal,
  truncNormal,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
  orthogonal,
} as const;
