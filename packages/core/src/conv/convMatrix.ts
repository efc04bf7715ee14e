import { checkTensors } from "../device/defineKernel.js";
import { reshape } from "../maps/reshape.js";
import { checkInteger, checkOptions, perAxis } from "../options.js";
import { sizeOf } from "../shape.js";
import { allocate, expectOwnTensor, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { checkOperand } from "./convolution.js";
import {
  CONV_SIZE_OPTIONS,
  type ConvGeometry,
  type ConvSizeOptions,
  convGeometry,
  type PaddingMode,
  splitPadding,
} from "./geometry.js";
import { padAdjointKernel } from "./pad.js";
import { padGeometry } from "./padGeometry.js";
import { OUTSIDE, windowTable } from "./window.js";

/** The options of `convMatrix`: those of the convolution, and the image's size. */
export interface ConvMatrixOptions extends ConvSizeOptions {
  /** Lengths of the spatial axes of x: one number for all, or one each. */
  readonly inSize: number | readonly number[];
}

/**
 * Ŵ: the convolution with w as one dense matrix, conv(x, w) = Ŵ x for x and y as vectors. With one channel and one axis
 * it is a banded Toeplitz matrix: every row is the kernel, a stride further on. With two axes it is doubly so, a band of
 * such blocks; channels make a block of them for each pair. It shows what a convolution is; it is not how to compute one.
 *
 *     Ŵ[(o, l), (c, i)] = w[o, c, k]   where tap k of window l sees pixel i,  else 0
 *
 * Where the border is not of zeros, the columns of its pixels are added to those of the pixels it copies (in mode "mean"
 * spread over all): Ŵ P, with P the padding.
 *
 * @param w [O, C/G, …k].
 * @param options As for the convolution, without `bias`; and `inSize`.
 * @returns [O·L, C·I] with L = Π outSize windows and I = Π inSize pixels. Groups make it block-diagonal.
 * @throws {ShapeError} When the dilated kernel exceeds the padded image.
 * @see Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.1.
 * @example
 * const [x, w] = [tensor([[[1, 10, 100]]]), tensor([[[2, 3]]])];
 * const W = convMatrix(w, { inSize: 3 });
 * W; // [[2, 3, 0], [0, 2, 3]]
 * conv1d(x, w); // [[[32, 320]]]
 * matmul(W, reshape(x, [3])); // [32, 320]
 * matmul(reshape(w, [1, 2]), reshape(im2col(x, { kernelSize: 2 }), [2, 2])); // [[32, 320]]
 */
export function convMatrix(w: Tensor, options: ConvMatrixOptions): Tensor {
  const { border, inner } = splitPadding(convMatrixGeometry(w, options));
  expectOwnTensor("convMatrix", w);
  const [, groupChannels, ...kernelSize] = w.shape;
  const { groups, outChannels, inChannels: channels } = inner;
  const table = windowTable(inner);
  const [taps, windows, pixels] = [sizeOf(kernelSize), sizeOf(inner.outSize), sizeOf(inner.inSize)];
  const rows = allocate(w.device, [outChannels * windows, channels, ...inner.inSize], w.dtype);
  const [ws, values] = [valuesOf(w), valuesOf(rows)];
  for (let o = 0; o < outChannels; o++) {
    const firstChannel = Math.floor(o / (outChannels / groups)) * groupChannels;
    for (let l = 0; l < windows; l++)
      for (let c = 0; c < groupChannels; c++)
        for (let k = 0; k < taps; k++) {
          const pixel = table[k * windows + l];
          const column = (firstChannel + c) * pixels + pixel;
          if (pixel !== OUTSIDE)
            values[(o * windows + l) * channels * pixels + column] = ws[(o * groupChannels + c) * taps + k];
        }
  }
  const image = border?.inSize ?? inner.inSize;
  const shape = [outChannels * windows, channels * sizeOf(image)];
  if (border === undefined) return reshape(rows, shape);
  const planes = padGeometry([rows.shape[0], channels, ...image], border.padding, { mode: border.mode });
  return reshape(padAdjointKernel(rows, planes), shape); // every row is a gradient of the padded image
}

/** The sizes of the convolution whose matrix is asked for, of one image. */
export function convMatrixGeometry(w: TensorLike, options: ConvMatrixOptions): ConvGeometry<PaddingMode> {
  const operator = "convMatrix";
  checkOptions(operator, options, ["inSize", ...CONV_SIZE_OPTIONS]);
  const { inSize, ...sizes } = options;
  checkOperand(operator, "w", "[O, C/groups, …]", w);
  checkTensors(operator, "floating", [w]);
  const [, groupChannels, ...kernelSize] = w.shape;
  const channels = groupChannels * checkInteger(operator, "groups", sizes.groups ?? 1, 1);
  const image = perAxis(operator, "inSize", inSize, kernelSize.length, 0);
  return convGeometry([1, channels, ...image], w.shape, sizes, operator);
}
