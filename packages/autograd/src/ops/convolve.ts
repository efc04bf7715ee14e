import { type ConvMatrixOptions, eye } from "@conv/core";
import {
  type ConvSteps,
  convMatrixGeometry,
  convolution,
  linearMap,
  sizeOf,
  transposedConvolution,
} from "@conv/core/operators";
import { type Input, inputOf, type Variable } from "../variable.js";
import { add } from "./arithmetic.js";
import { conv, convAdjointX, convAdjointXOp } from "./conv.js";
import { padOp } from "./pad.js";
import { reshape } from "./reshape.js";

/** The convolutions of `@conv/core`, made of steps that remember. */
const steps: ConvSteps<Input, Variable> = { pad: padOp, conv, add, reshape };

/** Cross-correlation of a batch of signals [N, C, W] with a bank of filters, as in `@conv/core`. */
export const conv1d = /* @__PURE__ */ convolution<Input, Variable>(1, steps);
/** Cross-correlation of a batch of images [N, C, H, W] with a bank of filters, as in `@conv/core`. */
export const conv2d = /* @__PURE__ */ convolution<Input, Variable>(2, steps);
/** Cross-correlation of a batch of volumes [N, C, D, H, W] with a bank of filters, as in `@conv/core`. */
export const conv3d = /* @__PURE__ */ convolution<Input, Variable>(3, steps);

const transposedSteps = { add, reshape, convAdjointX: convAdjointXOp };

/** Transposed convolution of a batch of signals [N, C, W], w [C, O/G, K], as in `@conv/core`. */
export const convTranspose1d = /* @__PURE__ */ transposedConvolution<Input, Variable>(1, transposedSteps);
/** Transposed convolution of a batch of images [N, C, H, W], w [C, O/G, KH, KW], as in `@conv/core`. */
export const convTranspose2d = /* @__PURE__ */ transposedConvolution<Input, Variable>(2, transposedSteps);
/** Transposed convolution of a batch of volumes [N, C, D, H, W], w [C, O/G, KD, KH, KW], as in `@conv/core`. */
export const convTranspose3d = /* @__PURE__ */ transposedConvolution<Input, Variable>(3, transposedSteps);

/** y = x wᵀ + b: x […, in], w [out, in], b [out]; as in `@conv/core`. */
export const linear: (x: Input, w: Input, b?: Input) => Variable = /* @__PURE__ */ linearMap<Input, Variable>({
  conv,
  add,
  reshape,
});

/** Ŵ, dense, as in `@conv/core`. Its rows are Ŵᵀ of unit vectors: one for every pixel of y. */
export function convMatrix(w: Input, options: ConvMatrixOptions): Variable {
  const filters = inputOf("convMatrix", "w", w);
  const { outChannels, outSize, xShape } = convMatrixGeometry(filters, options);
  const pixels = outChannels * sizeOf(outSize);
  const { dtype, device } = filters;
  const units = reshape(eye(pixels, { dtype, device }), [pixels, outChannels, ...outSize]);
  return reshape(convAdjointX(units, filters, options), [pixels, sizeOf(xShape)]);
}
