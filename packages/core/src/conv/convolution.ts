import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { checkInteger, checkOptions, count, expectTensor, perAxis } from "../options.js";
import { expectShape, formatShape, type Shape } from "../shape.js";
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
export interface ConvSteps<T> {
  pad(x: T, geometry: PadGeometry): T;
  conv(x: T, w: T, geometry: ConvGeometry): T;
  add(y: T, bias: T): T;
  reshape(bias: T, shape: Shape): T;
}

/** The steps of the adjoints of a convolution. */
export interface ConvAdjointSteps<T> extends Pick<ConvSteps<T>, "pad"> {
  padAdjoint(gradY: T, geometry: PadGeometry): T;
  convAdjointX(gradY: T, w: T, geometry: ConvGeometry): T;
  convAdjointW(x: T, gradY: T, geometry: ConvGeometry): T;
}

/**
 * The convolution of spatial rank `rank` made of the given steps: check, pad unless with zeros (those the kernel
 * adds), convolve, add the bias. Written once for tensors and for Variables.
 */
/* @__NO_SIDE_EFFECTS__ */
export function convolution<T extends TensorLike>(rank: number, steps: ConvSteps<T>) {
  const operator = `conv${rank}d`;
  return (x: T, w: T, options: ConvOptions<T> = {}): T => {
    checkOptions(operator, options, [...CONV_SIZE_OPTIONS, "bias"]);
    const { bias, ...sizes } = options;
    checkOperand(operator, "x", `[N, C, …] with ${rank} spatial`, x, rank);
    checkOperand(operator, "w", `[O, C/groups, …] with ${rank} spatial`, w, rank);
    checkTensors(operator, "floating", [x, w]);
    const { border, inner } = splitPadding(convGeometry(x.shape, w.shape, sizes, operator));
    const y = steps.conv(border === undefined ? x : steps.pad(x, border), w, inner);
    return bias === undefined ? y : withBias(operator, y, bias, steps);
  };
}

/** y with a number added to every channel. */
export function withBias<T extends TensorLike>(
  operator: string,
  y: T,
  bias: T,
  steps: Pick<ConvSteps<T>, "add" | "reshape">,
): T {
  const [, channels, ...spatial] = y.shape;
  expectTensor(operator, "bias", bias);
  expectShape(operator, "bias", bias.shape, [channels]);
  checkTensors(operator, "same", [y, bias]);
  return steps.add(y, steps.reshape(bias, [channels, ...spatial.map(() => 1)]));
}

/** The adjoint in x made of the given steps: the adjoint of convolving, then that of padding. Of any rank. */
/* @__NO_SIDE_EFFECTS__ */
export function convolutionAdjointX<T extends TensorLike>(
  steps: Pick<ConvAdjointSteps<T>, "convAdjointX" | "padAdjoint">,
) {
  return (gradY: T, w: T, options: ConvAdjointXOptions): T => {
    const { border, inner } = splitPadding(adjointXGeometry(gradY, w, options));
    const gradX = steps.convAdjointX(gradY, w, inner);
    return border === undefined ? gradX : steps.padAdjoint(gradX, border);
  };
}

/** The adjoint in w made of the given steps: pad as the convolution did, then a product with the columns. Of any rank. */
/* @__NO_SIDE_EFFECTS__ */
export function convolutionAdjointW<T extends TensorLike>(steps: Pick<ConvAdjointSteps<T>, "convAdjointW" | "pad">) {
  return (x: T, gradY: T, options: ConvAdjointWOptions): T => {
    const { border, inner } = splitPadding(adjointWGeometry(x, gradY, options));
    return steps.convAdjointW(border === undefined ? x : steps.pad(x, border), gradY, inner);
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
