// @conv/autograd/testing: is this adjoint the adjoint, and this gradient the gradient?
export { type AdjointReport, checkAdjoint } from "./checkAdjoint.js";
export { type CheckGradientOptions, checkGradient, type GradientEntry, type GradientReport } from "./checkGradient.js";
