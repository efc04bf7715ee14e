import type * as core from "@conv/core";
import * as ops from "../../src/index.js";
import type { Operator } from "./case.js";

/** What `@conv/autograd` exports that is no operator. */
export const NOT_OPERATORS: readonly Operator[] = [
  "Variable",
  "variable",
  "enableGrad",
  "noGrad",
  "backward",
  "grad",
  "checkpoint",
  "isRecomputing",
  "keep",
  "scope",
  "defineOp",
  "defineLinear",
  "checkAdjoint",
  "checkGradient",
];

/** What `@conv/core` exports that is no differentiable map, and why. */
export const NOT_DIFFERENTIABLE = {
  Tensor: "values, not a map",
  tensor: "makes a tensor of numbers",
  zeros: "makes a constant",
  ones: "makes a constant",
  full: "makes a constant",
  arange: "makes a constant",
  eye: "makes a constant",
  createRandom: "makes random numbers",
  convGeometry: "works out sizes",
  matrix: "a view of an array",
  transposed: "a view of an array",
  gemm: "works on views of arrays, in place: matmul is the map",
  step: "its derivative is 0 wherever it has one",
  argmax: "gives indices",
  oneHot: "of indices",
  cpu: "a device",
  BackendError: "an error",
  ShapeError: "an error",
} as const;

/** The name of a differentiable map of `@conv/core`. */
type Differentiable = Exclude<keyof typeof core, keyof typeof NOT_DIFFERENTIABLE>;

/** A function of the same arguments. */
type SameArguments<F> = F extends (...args: infer Arguments) => unknown ? (...args: Arguments) => unknown : never;

/** Every differentiable map of `@conv/core`, here: it compiles only if each takes the arguments that core's does. */
export const differentiable: { readonly [Name in Differentiable]: SameArguments<(typeof core)[Name]> } = ops;
