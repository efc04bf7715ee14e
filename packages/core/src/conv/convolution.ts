import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { checkInteger, checkOptions, count, expectTensor, perAxis } from "../options.js";
import { tidy } from "../scope.js";
import { expectShape, formatShape } from "../shape.js";
import type { TensorLike } from "../tensor.js";
import { CONV_SIZE_OPTIONS, type ConvGeometry, type ConvSizeOptions, convGeometry, splitPadding } from "./geometry.js";
import type { PadGeometry } from "./padGeometry.js";

/** The options of a convolution over tensors (or, with gradients, Variables) `T`. */
export interface ConvOptions<T> extends ConvSizeOptions {
  /** [O], added to every pixel of its output channel. Default: none. */
  readonly bias?: T | undefined;
}

/** The options of `convAdjointX`: those of the convolution, and the image's size, which a stride forgets. */
export interface ConvAdjointXOptions extends ConvSizeOptions {
  /** Lengths of the spatial axes of x: one number for all, or one each. */
  readonly inSize: number | readonly number[];
}

/** The options of `convAdjointW`: those of the convolution, and the kernel's size, which a stride forgets. */
export interface ConvAdjointWOptions extends ConvSizeOptions {
  /** Lengths of the spatial axes of w: one number for all, or one each. */
  readonly kernelSize: number | readonly number[];
}

/** The steps of a convolution as users call it; on tensors, or on Variables that remember them. */
export interface ConvSteps<X, Y = X> {
  pad(x: X, geometry: PadGeometry): Y;
  conv(x: X, w: X, geometry: ConvGeometry, bias?: X): Y;
}

/** The steps of the adjoints of a convolution. */
export interface ConvAdjointSteps<X, Y = X> extends Pick<ConvSteps<X, Y>, "pad"> {
  padAdjoint(gradY: X, geometry: PadGeometry): Y;
  convAdjointX(gradY: X, w: X, geometry: ConvGeometry): Y;
  convAdjointW(x: X, gradY: X, geometry: ConvGeometry): Y;
}

/**
 * The convolution of spatial rank `rank` made of the given steps: check, pad unless with zeros (those the kernel
 * adds), convolve, add the bias. Written once for tensors and for Variables.
 */
/* @__NO_SIDE_EFFECTS__ */
export function convolution<X extends TensorLike, Y extends X = X>(rank: number, steps: ConvSteps<X, Y>) {
  const operator = `conv${rank}d`;
  return (x: X, w: X, options: ConvOptions<X> = {}): Y => {
    checkOptions(operator, options, [...CONV_SIZE_OPTIONS, "bias"]);
    const { bias, ...sizes } = options;
    checkOperand(operator, "x", `[N, C, …] with ${rank} spatial`, x, rank);
    checkOperand(operator, "w", `[O, C/groups, …] with ${rank} spatial`, w, rank);
    checkTensors(operator, "floating", [x, w]);
    const { border, inner } = splitPadding(convGeometry(x.shape, w.shape, sizes, operator));
    if (bias !== undefined) checkBias(operator, bias, [x, w]);
    return tidy(() => steps.conv(border === undefined ? x : steps.pad(x, border), w, inner, bias));
  };
}

/**
 * Checks the numbers that are added to the channels of a convolution of x and w.
 *
 * @throws {ShapeError} When there is not one for each of w's filters, or `channels`.
 * @throws {TypeError} When they are of another type.
 */
export function checkBias(
  operator: string,
  bias: TensorLike,
  [x, w]: readonly [TensorLike, TensorLike],
  channels: number = w.shape[0],
): void {
  expectTensor(operator, "bias", bias);
  expectShape(operator, "bias", bias.shape, [channels]);
  checkTensors(operator, "same", [x, w, bias]);
}

/** The adjoint in x made of the given steps: the adjoint of convolving, then that of padding. Of any rank. */
/* @__NO_SIDE_EFFECTS__ */
export function convolutionAdjointX<X extends TensorLike, Y extends X = X>(
  steps: Pick<ConvAdjointSteps<X, Y>, "convAdjointX" | "padAdjoint">,
) {
  return (gradY: X, w: X, options: ConvAdjointXOptions): Y => {
    const { border, inner } = splitPadding(adjointXGeometry(gradY, w, options));
    return tidy(() => {
      const gradX = steps.convAdjointX(gradY, w, inner);
      return border === undefined ? gradX : steps.padAdjoint(gradX, border);
    });
  };
}

/** The adjoint in w made of the given steps: pad as the convolution did, then a product with the columns. Of any rank. */
/* @__NO_SIDE_EFFECTS__ */
export function convolutionAdjointW<X extends TensorLike, Y extends X = X>(
  steps: Pick<ConvAdjointSteps<X, Y>, "convAdjointW" | "pad">,
) {
  return (x: X, gradY: X, options: ConvAdjointWOptions): Y => {
    const { border, inner } = splitPadding(adjointWGeometry(x, gradY, options));
    return tidy(() => steps.convAdjointW(border === undefined ? x : steps.pad(x, border), gradY, inner));
  };
}

/** The sizes of the convolution whose adjoint in x is asked for, checked against gradY and w. */
function adjointXGeometry(gradY: TensorLike, w: TensorLike, options: ConvAdjointXOptions) {
  const operator = "convAdjointX";
  checkOptions(operator, options, ["inSize", ...CONV_SIZE_OPTIONS]);
  const { inSize, ...sizes } = options;
  checkOperand(operator, "w", "[O, C/groups, …]", w);
  const rank = w.shape.length - 2;
  checkOperand(operator, "gradY", "[N, O, …]", gradY, rank);
  checkTensors(operator, "floating", [gradY, w]);
  const channels = w.shape[1] * checkInteger(operator, "groups", sizes.groups ?? 1, 1);
  const xShape = [gradY.shape[0], channels, ...perAxis(operator, "inSize", inSize, rank, 0)];
  const geometry = convGeometry(xShape, w.shape, sizes, operator);
  expectShape(operator, "gradY", gradY.shape, geometry.yShape);
  return geometry;
}

/** The sizes of the convolution whose adjoint in w is asked for, checked against x and gradY. */
function adjointWGeometry(x: TensorLike, gradY: TensorLike, options: ConvAdjointWOptions) {
  const operator = "convAdjointW";
  checkOptions(operator, options, ["kernelSize", ...CONV_SIZE_OPTIONS]);
  const { kernelSize, ...sizes } = options;
  checkOperand(operator, "x", "[N, C, …]", x);
  const rank = x.shape.length - 2;
  checkOperand(operator, "gradY", "[N, O, …]", gradY, rank);
  checkTensors(operator, "floating", [x, gradY]);
  const groups = checkInteger(operator, "groups", sizes.groups ?? 1, 1);
  for (const [name, { shape }] of Object.entries({ x, gradY })) {
    if (shape[1] % groups === 0) continue;
    throw new ShapeError(
      `${operator}: ${name} ${formatShape(shape)} has ${count(shape[1], "channel")}, which ${groups} groups do not divide. ` +
        `Use the groups of the convolution.`,
    );
  }
  const wShape = [gradY.shape[1], x.shape[1] / groups, ...perAxis(operator, "kernelSize", kernelSize, rank, 1)];
  const geometry = convGeometry(x.shape, wShape, sizes, operator);
  expectShape(operator, "gradY", gradY.shape, geometry.yShape);
  return geometry;
}

/**
 * Checks that an argument is a tensor with two axes and `rank` spatial ones; of any number of them if none is given.
 *
 * @param axes Them in words: `[N, C, …] with 2 spatial`.
 * @throws {ShapeError} When it has others.
 */
export function checkOperand(operator: string, name: string, axes: string, x: TensorLike, rank?: number): void {
  expectTensor(operator, name, x);
  const { shape } = x;
  const spatial = shape.length - 2;
  if (rank === undefined ? spatial >= 0 : spatial === rank) return;
  const expected = rank === undefined ? "2 or more" : String(rank + 2);
  const isUnbatched = name === "x" && rank !== undefined && spatial === rank - 1;
  throw new ShapeError(
    `${operator}: ${name} must have ${expected} axes, ${axes}, but its shape is ${formatShape(shape)}. ` +
      `Reshape it${isUnbatched ? ` to ${formatShape([1, ...shape])}` : ""}.`,
  );
}
