import { type ConvGeometry, type ConvMatrixOptions, eye } from "@conv/core";
import {
  type ConvSteps,
  convMatrixGeometry,
  convolution,
  linearMap,
  sizeOf,
  tidy,
  transposedConvolution,
} from "@conv/core/operators";
import { type Input, inputOf, type Variable } from "../variable.js";
import { add } from "./arithmetic.js";
import { biasedConv, conv, convAdjointX, convAdjointXOp } from "./conv.js";
import { padOp } from "./pad.js";
import { reshape } from "./reshape.js";

/** The convolutions of `@conv/core`, made of steps that remember. */
const steps: ConvSteps<Input, Variable> = { pad: padOp, conv: maybeBiased };

/** y = conv(x, w), with a bias or without. */
function maybeBiased(x: Input, w: Input, geometry: ConvGeometry, b?: Input): Variable {
  return b === undefined ? conv(x, w, geometry) : biasedConv(x, w, b, geometry);
}

/** Cross-correlation of a batch of signals: `conv2d` with one spatial axis, x [N, C, W], w [O, C/G, K] → [N, O, OW]. */
export const conv1d = /* @__PURE__ */ convolution<Input, Variable>(1, steps);
/**
 * Cross-correlation of a batch of images with a bank of filters: x [N, C, H, W], w [O, C/G, KH, KW] → [N, O, OH, OW].
 *
 *     y[n, o, i, j] = Σ x̃[n, c₀ + c, i·s + p·d − top, j·s + q·d − left] · w[o, c, p, q] + b[o]     over c, p, q
 *
 * With images as vectors y = Ŵ x (see `convMatrix`), and for one filter y = X̂ w, where X̂ᵀ is `im2col(x)`:
 *
 *     gradX = Ŵᵀ gradY     `convAdjointX`: each pixel of gradY lays the kernel down where its window stood
 *     gradW = X̂ᵀ gradY     `convAdjointW`: each weight gets Σ gradY · the pixel that it met
 *     gradBias[o] = Σ gradY[n, o, i, j]     over n, i, j
 *
 * The border of a `paddingMode` passes its gradients on to the pixels it was made of, as in `pad`.
 *
 * Keeps x (padded, unless with zeros) if w needs a gradient, and w if x does; never the columns. Each gradient costs as
 * many multiply-adds as y. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285); Chellapilla, Puri
 *   and Simard, "High performance convolutional neural networks for document processing" (2006).
 * @example
 * const [x, w] = [variable(tensor([[[[1, 10, 100]]]])), variable(tensor([[[[2, 3]]]]))];
 * conv2d(x, w).backward(tensor([[[[1, 5]]]]));
 * x.grad; // [[[[2, 13, 15]]]]
 * w.grad; // [[[[51, 510]]]]
 */
export const conv2d = /* @__PURE__ */ convolution<Input, Variable>(2, steps);
/**
 * Cross-correlation of a batch of volumes: `conv2d` with three spatial axes.
 *
 * x [N, C, D, H, W], w [O, C/G, KD, KH, KW] → [N, O, OD, OH, OW].
 */
export const conv3d = /* @__PURE__ */ convolution<Input, Variable>(3, steps);

const transposedSteps = { add, reshape, convAdjointX: convAdjointXOp };

/**
 * Transposed convolution of a batch of signals: `convTranspose2d` with one spatial axis.
 *
 * x [N, C, W], w [C, O/G, K] → [N, O, OW].
 */
export const convTranspose1d = /* @__PURE__ */ transposedConvolution<Input, Variable>(1, transposedSteps);
/**
 * Ŵᵀ x, the adjoint of a convolution as a map of its own: x [N, C, H, W], w [C, O/G, KH, KW] → [N, O, OH, OW].
 *
 *     y[n, o, i·s + p·d − before, j·s + q·d − before] += x[n, c, i, j] · w[c, o, p, q]     for all i, j, p, q
 *
 * Its own adjoint is the convolution, with the same stride, padding, dilation and groups:
 *
 *     gradX = Ŵ gradY     conv2d(gradY, w), without windows that only an `outputPadding` makes room for
 *     gradW = convAdjointW(gradY, x)     each weight gets Σ x · the gradY that it was laid on
 *     gradBias[o] = Σ gradY[n, o, i, j]     over n, i, j
 *
 * Keeps x if w needs a gradient, and w if x does. Options, defaults and errors: as in `@conv/core`.
 *
 * @see Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks" (CVPR 2010); Dumoulin and Visin
 *   (arXiv:1603.07285), chapter 4.
 * @example
 * const [x, w] = [variable(tensor([[[[1, 10]]]])), variable(tensor([[[[2, 3]]]]))];
 * const gradY = tensor([[[[1, 5, 25]]]]);
 * convTranspose2d(x, w).backward(gradY);
 * x.grad; // [[[[17, 85]]]]
 * conv2d(gradY, w); // [[[[17, 85]]]]
 * w.grad; // [[[[51, 255]]]]
 */
export const convTranspose2d = /* @__PURE__ */ transposedConvolution<Input, Variable>(2, transposedSteps);
/**
 * Transposed convolution of a batch of volumes: `convTranspose2d` with three spatial axes.
 *
 * x [N, C, D, H, W], w [C, O/G, KD, KH, KW] → [N, O, OD, OH, OW].
 */
export const convTranspose3d = /* @__PURE__ */ transposedConvolution<Input, Variable>(3, transposedSteps);

/**
 * y = x wᵀ + b: x […, in], w [out, in], b [out] → […, out]. The convolution without spatial axes.
 *
 *     gradX = gradY w     gradW = gradYᵀ x     gradB = Σ gradY     the sums over all the rows, that is over …
 *
 * Keeps x if w needs a gradient, and w if x does. Types and errors: as in `@conv/core`.
 */
export const linear: (x: Input, w: Input, b?: Input) => Variable = /* @__PURE__ */ linearMap<Input, Variable>({
  conv: maybeBiased,
  reshape,
});

/**
 * Ŵ, the convolution with w as one dense matrix, conv(x, w) = Ŵ x: w [O, C/G, …k] → [O·L, C·I], L windows, I pixels.
 *
 *     Ŵ[(o, l), (c, i)] = w[o, c, k]   where tap k of window l sees pixel i,  else 0
 *     gradW[o, c, k] = Σ gradŴ[(o, l), (c, i)]     over all the places where that weight stands
 *
 * Row (o, l) is made as Ŵᵀ of a unit vector, so the cost is O·L transposed convolutions; keeps those vectors, (O·L)²
 * numbers. It shows what a convolution is; it is not how to compute one.
 *
 * Options, defaults and errors: as in `@conv/core`.
 *
 * @see Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.1.
 * @example
 * const w = variable(tensor([[[2, 3]]]));
 * const W = convMatrix(w, { inSize: 3 });
 * W; // [[2, 3, 0], [0, 2, 3]]
 * W.backward(tensor([[1, 10, 100], [1000, 10000, 100000]]));
 * w.grad; // [[[10001, 100010]]]
 */
export function convMatrix(w: Input, options: ConvMatrixOptions): Variable {
  const filters = inputOf("convMatrix", "w", w);
  const { outChannels, outSize, xShape } = convMatrixGeometry(filters, options);
  const pixels = outChannels * sizeOf(outSize);
  const { dtype, device } = filters;
  return tidy(() => {
    const units = reshape(eye(pixels, { dtype, device }), [pixels, outChannels, ...outSize]);
    return reshape(convAdjointX(units, filters, options), [pixels, sizeOf(xShape)]);
  });
}
