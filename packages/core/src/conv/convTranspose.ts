import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { addKernel } from "../maps/arithmetic.js";
import { reshape } from "../maps/reshape.js";
import { checkInteger, checkOptions, count, formatValue, perAxis } from "../options.js";
import { tidy } from "../scope.js";
import { checkShape, formatShape, type Shape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { convAdjointXKernel } from "./conv.js";
import { type ConvAdjointSteps, checkBias, checkOperand } from "./convolution.js";
import { type ConvGeometry, type ConvSizeOptions, convGeometry } from "./geometry.js";
import type { Pair } from "./padding.js";
import { resolveWindow } from "./window.js";

/** The options of a transposed convolution over tensors (or, with gradients, Variables) `T`. */
export interface ConvTransposeOptions<T> extends Omit<ConvSizeOptions, "padding" | "paddingMode"> {
  /** Pixels cut off the result [before, after] along each axis: the padding of the convolution it transposes. Default 0. */
  readonly padding?: number | readonly (number | Pair)[];
  /** Pixels added after the result, to choose among the sizes that a stride makes equal; below stride or dilation. Default 0. */
  readonly outputPadding?: number | readonly number[];
  /** [O], added to every pixel of its output channel. Default: none. */
  readonly bias?: T | undefined;
}

const OPTIONS = ["stride", "padding", "outputPadding", "dilation", "groups", "bias"];

/**
 * The sizes of the convolution that a transposed convolution is the adjoint of: its x is our y, and its y our x. Along
 * each axis
 *
 *     out = (in − 1)·stride − before − after + dilation·(kernel − 1) + 1 + outputPadding
 *
 * @param xShape [N, C, …in].
 * @param wShape [C, O/G, …].
 * @throws {ShapeError} When ranks or channels disagree, or nothing would be left of the result.
 * @throws {RangeError} When `outputPadding` is neither below the stride nor below the dilation.
 */
export function convTransposeGeometry(
  xShape: Shape,
  wShape: Shape,
  options: Omit<ConvTransposeOptions<never>, "bias"> = {},
  operator = `convTranspose${Math.max(1, wShape.length - 2)}d`,
): ConvGeometry {
  checkShape(operator, xShape, "xShape");
  checkShape(operator, wShape, "wShape");
  checkOptions(operator, options, OPTIONS);
  const { groups: G = 1, outputPadding: extra = 0 } = options;
  const [batch, channels, ...inSize] = xShape;
  const [wChannels, groupChannels, ...kernelSize] = wShape;
  const groups = checkInteger(operator, "groups", G, 1);
  if (xShape.length < 3 || inSize.length !== kernelSize.length) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} and w ${formatShape(wShape)} must both have a batch or channel axis, another ` +
        `channel axis, and the same number of spatial axes, at least one. Reshape one of them.`,
    );
  }
  if (channels !== wChannels) {
    throw new ShapeError(
      `${operator}: w ${formatShape(wShape)}, [C, O/groups, …], takes ${wChannels} channels, but x ` +
        `${formatShape(xShape)} has ${channels}. Make w [${channels}, …].`,
    );
  }
  if (channels % groups !== 0) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} has ${count(channels, "channel")}, which ${groups} groups do not divide. ` +
        `Make them a multiple of groups.`,
    );
  }
  for (const length of kernelSize) checkInteger(operator, "each axis of the kernel", length, 1);
  if (typeof options.padding === "string") {
    throw new RangeError(
      `${operator}: padding must be numbers, got ${formatValue(options.padding)}. Words do not say how much to cut off.`,
    );
  }
  const { stride, dilation, span, padding } = resolveWindow(operator, inSize, kernelSize, options);
  const outputPadding = perAxis(operator, "outputPadding", extra, inSize.length, 0);
  const outSize = inSize.map((length, axis) => {
    if (length === 0) {
      throw new ShapeError(
        `${operator}: x ${formatShape(xShape)} has no pixels along spatial axis ${axis} to lay the kernel down at. ` +
          `Pad it first.`,
      );
    }
    const most = Math.max(stride[axis], dilation[axis]);
    if (outputPadding[axis] >= most) {
      throw new RangeError(
        `${operator}: outputPadding ${outputPadding[axis]} must be smaller than stride ${stride[axis]} or dilation ` +
          `${dilation[axis]}. Use at most ${most - 1}.`,
      );
    }
    const [before, after] = padding[axis];
    const size = (length - 1) * stride[axis] - before - after + span[axis] + outputPadding[axis];
    if (size < 1) {
      throw new ShapeError(
        `${operator}: padding [${before}, ${after}] leaves ${size} pixels along spatial axis ${axis} of the result of ` +
          `x ${formatShape(xShape)}. Use less padding.`,
      );
    }
    return size;
  });
  const sizes = { stride, padding, dilation, groups };
  const geometry = convGeometry([batch, groupChannels * groups, ...outSize], wShape, sizes, operator);
  return { ...geometry, outSize: inSize, yShape: [...xShape] }; // windows that outputPadding makes room for have no gradient
}

/** The steps of a transposed convolution as users call it; on tensors, or on Variables that remember them. */
export interface ConvTransposeSteps<X, Y = X> extends Pick<ConvAdjointSteps<X, Y>, "convAdjointX"> {
  add(y: X, bias: X): Y;
  reshape(bias: X, shape: Shape): Y;
}

/** The transposed convolution of spatial rank `rank` made of the given steps. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function transposedConvolution<X extends TensorLike, Y extends X = X>(
  rank: number,
  steps: ConvTransposeSteps<X, Y>,
) {
  const operator = `convTranspose${rank}d`;
  return (x: X, w: X, options: ConvTransposeOptions<X> = {}): Y => {
    checkOptions(operator, options, OPTIONS);
    const { bias, ...sizes } = options;
    checkOperand(operator, "x", `[N, C, …] with ${rank} spatial`, x, rank);
    checkOperand(operator, "w", `[C, O/groups, …] with ${rank} spatial`, w, rank);
    checkTensors(operator, "floating", [x, w]);
    const geometry = convTransposeGeometry(x.shape, w.shape, sizes, operator);
    const [, channels, ...spatial] = geometry.xShape;
    if (bias !== undefined) checkBias(operator, bias, [x, w], channels);
    return tidy(() => {
      const y = steps.convAdjointX(x, w, geometry);
      return bias === undefined ? y : steps.add(y, steps.reshape(bias, [channels, ...spatial.map(() => 1)]));
    });
  };
}

type ConvTranspose = (x: Tensor, w: Tensor, options?: ConvTransposeOptions<Tensor>) => Tensor;

const steps = { convAdjointX: convAdjointXKernel, add: addKernel, reshape };

/**
 * Transposed convolution of a batch of signals: `convTranspose2d` with one spatial axis.
 *
 * @param x [N, C, W].
 * @param w [C, O/G, K].
 * @returns [N, O, OW].
 * @example
 * convTranspose1d(tensor([[[1, 10]]]), tensor([[[1, 2, 3]]]), { stride: 2 }); // [[[1, 2, 13, 20, 30]]]
 */
export const convTranspose1d: ConvTranspose = /* @__PURE__ */ transposedConvolution<Tensor>(1, steps);

/**
 * The adjoint of a convolution as a map of its own: every pixel of x lays the filters down, weighted, `stride` apart.
 *
 *     y[n, o, i·s + p·d − before, j·s + q·d − before] += x[n, c, i, j] · w[c, o, p, q]     for all i, j, p, q
 *
 * Its own adjoint in x is the convolution with the same options; that in w is `convAdjointW(gradY, x, …)`. (An
 * `outputPadding` of stride or more makes room for further windows: those of the convolution beyond x do not count.)
 *
 * @param x [N, C, H, W], float32 or float64.
 * @param w [C, O/G, KH, KW]: that of the convolution from y to x.
 * @param options `stride` 1, `padding` 0 (numbers or [before, after], cut off the result), `outputPadding` 0,
 *   `dilation` 1, one number or [rows, columns]; `groups` G = 1 divides C; `bias` [O].
 * @returns [N, O, OH, OW] with OH = (H − 1)·stride − before − after + dilation·(KH − 1) + 1 + outputPadding, OW alike.
 * @throws {ShapeError} When channels and groups disagree, or padding leaves nothing of the result.
 * @throws {RangeError} When an option is not an integer in its range; `outputPadding` is below stride or dilation.
 * @throws {TypeError} When an option is unknown, or types are mixed or int32.
 * @see Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks" (CVPR 2010); Dumoulin and Visin
 *   (arXiv:1603.07285), chapter 4.
 */
export const convTranspose2d: ConvTranspose = /* @__PURE__ */ transposedConvolution<Tensor>(2, steps);

/**
 * Transposed convolution of a batch of volumes: `convTranspose2d` with three spatial axes.
 *
 * @param x [N, C, D, H, W].
 * @param w [C, O/G, KD, KH, KW].
 * @returns [N, O, OD, OH, OW].
 */
export const convTranspose3d: ConvTranspose = /* @__PURE__ */ transposedConvolution<Tensor>(3, steps);
