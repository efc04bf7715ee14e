import type { Tensor } from "../tensor.js";
import { convAdjointWKernel, convAdjointXKernel, convKernel } from "./conv.js";
import {
  type ConvAdjointWOptions,
  type ConvAdjointXOptions,
  type ConvOptions,
  type ConvSteps,
  convolution,
  convolutionAdjointW,
  convolutionAdjointX,
} from "./convolution.js";
import { padAdjointKernel, padKernel } from "./pad.js";

const steps: ConvSteps<Tensor> = { pad: padKernel, conv: convKernel };

/**
 * Cross-correlation of a batch of signals with a bank of filters: `conv2d` with one spatial axis.
 *
 * @param x [N, C, W].
 * @param w [O, C/G, K].
 * @returns [N, O, OW].
 */
export const conv1d: (x: Tensor, w: Tensor, options?: ConvOptions<Tensor>) => Tensor = /* @__PURE__ */ convolution(
  1,
  steps,
);

/**
 * Cross-correlation of a batch of images with a bank of filters (the "convolution" of deep learning):
 *
 *     y[n, o, i, j] = Σ x̃[n, c₀ + c, i·s + p·d − top, j·s + q·d − left] · w[o, c, p, q] + b[o]     over c, p, q
 *
 * x̃ is x, and beyond its edges the padding, of which top and left are the first numbers; s is the stride, d the
 * dilation, c₀ the first channel of the group of o.
 *
 * @param x [N, C, H, W], float32 or float64.
 * @param w [O, C/G, KH, KW], of the same type.
 * @param options `stride` 1, `padding` 0, `dilation` 1 in pixels, one number or [rows, columns]; `groups` G = 1 divides
 *   C and O; `bias` [O]; `paddingMode` "zeros".
 * @returns [N, O, OH, OW] with OH = ⌊(H + before + after − dilation·(KH − 1) − 1) / stride⌋ + 1, OW alike.
 * @throws {ShapeError} When channels and groups disagree, or the dilated kernel exceeds the padded image.
 * @throws {RangeError} When stride, dilation or groups is not a positive integer, or padding is negative.
 * @throws {TypeError} When an option is unknown, or types are mixed or int32.
 *
 * Cost: N·O·OH·OW·(C/G)·KH·KW multiply-adds, or a third of them where Winograd's algorithm does it (3 × 3, stride 1, 16 channels
 * or more); in memory, the images with their zeros. The plain kernels keep one image's columns instead.
 *
 * @see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285), for OH;
 *   Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing" (2006),
 *   for im2col and gemm.
 * @example
 * conv2d(ones([1, 1, 3, 3]), ones([1, 1, 2, 2])); // [[[[4, 4], [4, 4]]]]
 */
export const conv2d: (x: Tensor, w: Tensor, options?: ConvOptions<Tensor>) => Tensor = /* @__PURE__ */ convolution(
  2,
  steps,
);

/**
 * Cross-correlation of a batch of volumes with a bank of filters: `conv2d` with three spatial axes.
 *
 * @param x [N, C, D, H, W].
 * @param w [O, C/G, KD, KH, KW].
 * @returns [N, O, OD, OH, OW].
 */
export const conv3d: (x: Tensor, w: Tensor, options?: ConvOptions<Tensor>) => Tensor = /* @__PURE__ */ convolution(
  3,
  steps,
);

/**
 * gradX = Ŵᵀ gradY: the adjoint of the convolution in x, of any rank.
 *
 *     ⟨conv(x, w), g⟩ = ⟨x, convAdjointX(g, w)⟩
 *     gradX[n, c, j] = Σ gradY[n, o, i] · w[o, c, p]     over o, i and p with i·s + p·d − before = j
 *
 * At stride 1 that is a correlation of gradY with the kernel flipped along its spatial axes, its channels exchanged; at
 * stride s, of gradY with s − 1 zeros between its pixels. As a map of its own it is the transposed convolution.
 *
 * @param gradY [N, O, …out].
 * @param w [O, C/G, …].
 * @param options As for the convolution, without `bias`, which has no part in it; and `inSize`: the lengths of x's
 *   spatial axes.
 * @returns [N, C, …inSize].
 * @throws {ShapeError} When gradY is not of the shape that the convolution gives.
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown, or types are mixed or int32.
 * @example
 * const [w, g] = [tensor([[[2, 3]]]), tensor([[[1, 5]]])]; // one filter (2, 3) over three pixels gives two outputs
 * convAdjointX(g, w, { inSize: 3 }); // [[[2, 13, 15]]]
 * reshape(matmul(transpose(convMatrix(w, { inSize: [3] }), 0, 1), reshape(g, [2])), [1, 1, 3]); // [[[2, 13, 15]]]
 * conv1d(g, flip(w, 2), { padding: 1 }); // [[[2, 13, 15]]]
 */
export const convAdjointX: (gradY: Tensor, w: Tensor, options: ConvAdjointXOptions) => Tensor =
  /* @__PURE__ */ convolutionAdjointX<Tensor>({ convAdjointX: convAdjointXKernel, padAdjoint: padAdjointKernel });

/**
 * gradW = X̂ᵀ gradY: the adjoint of the convolution in w, of any rank. X̂ᵀ is `im2col(x)`.
 *
 *     ⟨conv(x, w), g⟩ = ⟨w, convAdjointW(x, g)⟩
 *     gradW[o, c, p] = Σ gradY[n, o, i] · x̃[n, c₀ + c, i·s + p·d − before]     over images n and positions i
 *
 * @param x [N, C, …in].
 * @param gradY [N, O, …out].
 * @param options As for the convolution, without `bias`, whose gradient is gradY summed over all axes but the channels;
 *   and `kernelSize`: the lengths of w's spatial axes.
 * @returns [O, C/G, …kernelSize].
 * @throws {ShapeError} When gradY is not of the shape that the convolution gives.
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown, or types are mixed or int32.
 * @example
 * const [x, g] = [tensor([[[1, 10, 100]]]), tensor([[[1, 5]]])];
 * convAdjointW(x, g, { kernelSize: 2 }); // [[[51, 510]]]
 * matmul(reshape(im2col(x, { kernelSize: 2 }), [2, 2]), reshape(g, [2])); // [51, 510]
 */
export const convAdjointW: (x: Tensor, gradY: Tensor, options: ConvAdjointWOptions) => Tensor =
  /* @__PURE__ */ convolutionAdjointW<Tensor>({ convAdjointW: convAdjointWKernel, pad: padKernel });
