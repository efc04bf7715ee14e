// @conv/nn's init: the first values of weights, each a function of their shape.

// biome-ignore-all assist/source/organizeImports: the order is that of the mathematics

export type { InitOptions } from "./options.js";
export { type FanMode, type Nonlinearity, calculateGain, fanIn, fanOut } from "./fans.js";
export { type DiracOptions, constant, zeros, ones, eye, dirac } from "./constant.js";
export {
  type NormalOptions,
  type TruncNormalOptions,
  type UniformOptions,
  uniform,
  normal,
  truncNormal,
} from "./draws.js";
export {
  type KaimingOptions,
  type XavierOptions,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
} from "./scaled.js";
export { type OrthogonalOptions, orthogonal } from "./orthogonal.js";
