import { type ConvOptions, type ConvTransposeOptions, Tensor } from "@conv/core";
import { type ConvSteps, convolution, linearMap, transposedConvolution } from "@conv/core/operators";
import { asVariable, type Variable } from "../variable.js";
import { add } from "./arithmetic.js";
import { conv, convAdjointXOp } from "./conv.js";
import { padOp } from "./pad.js";
import { reshape } from "./reshape.js";

type Input = Variable | Tensor;

const steps: ConvSteps<Variable> = { pad: padOp, conv, add, reshape };

/** The options with their bias, if it is a tensor, as a Variable. What are no options stays as it is, to be refused. */
function withVariable<Options extends { readonly bias?: Input | undefined }>(options: Options) {
  const bias = options?.bias;
  return (bias instanceof Tensor ? { ...options, bias: asVariable(bias) } : options) as Options & { bias?: Variable };
}

/** The convolution of `@conv/core`, made of steps that remember. */
function convolve(rank: number) {
  const convolveVariables = convolution(rank, steps);
  return (x: Input, w: Input, options: ConvOptions<Input> = {}): Variable =>
    convolveVariables(asVariable(x), asVariable(w), withVariable(options));
}

/** Cross-correlation of a batch of signals [N, C, W] with a bank of filters, as in `@conv/core`. */
export const conv1d = /* @__PURE__ */ convolve(1);
/** Cross-correlation of a batch of images [N, C, H, W] with a bank of filters, as in `@conv/core`. */
export const conv2d = /* @__PURE__ */ convolve(2);
/** Cross-correlation of a batch of volumes [N, C, D, H, W] with a bank of filters, as in `@conv/core`. */
export const conv3d = /* @__PURE__ */ convolve(3);

/** The transposed convolution of `@conv/core`, made of steps that remember. */
function transposed(rank: number) {
  const convolveVariables = transposedConvolution<Variable>(rank, { ...steps, convAdjointX: convAdjointXOp });
  return (x: Input, w: Input, options: ConvTransposeOptions<Input> = {}): Variable =>
    convolveVariables(asVariable(x), asVariable(w), withVariable(options));
}

/** Transposed convolution of a batch of signals [N, C, W], w [C, O/G, K], as in `@conv/core`. */
export const convTranspose1d = /* @__PURE__ */ transposed(1);
/** Transposed convolution of a batch of images [N, C, H, W], w [C, O/G, KH, KW], as in `@conv/core`. */
export const convTranspose2d = /* @__PURE__ */ transposed(2);
/** Transposed convolution of a batch of volumes [N, C, D, H, W], w [C, O/G, KD, KH, KW], as in `@conv/core`. */
export const convTranspose3d = /* @__PURE__ */ transposed(3);

const linearVariables = /* @__PURE__ */ linearMap<Variable>(steps);

/** y = x wᵀ + b: x […, in], w [out, in], b [out]. The convolution without spatial axes. */
export function linear(x: Input, w: Input, b?: Input): Variable {
  return linearVariables(asVariable(x), asVariable(w), b === undefined ? undefined : asVariable(b));
}
