import { ShapeError } from "../errors.js";
import { checkInteger, checkOptions, formatValue, perAxis } from "../options.js";
import { expectShape, formatShape, type Shape } from "../shape.js";
import { type ConvGeometry, type ConvSizeOptions, convGeometry } from "./geometry.js";
import { PAD_MODES, type PadGeometry, type PadMode, padGeometry } from "./padGeometry.js";

/** What stands beyond the image's edge in a convolution. */
export type PaddingMode = Exclude<PadMode, "constant">;

/** The options of a convolution over tensors (or, with gradients, Variables) `T`. */
export interface ConvOptions<T> extends ConvSizeOptions {
  /** [O], added to every pixel of its output channel. Default: none. */
  readonly bias?: T | undefined;
  /** Default `"zeros"`. */
  readonly paddingMode?: PaddingMode;
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

const SIZE_OPTIONS = ["stride", "padding", "dilation", "groups"];
const CONV_OPTIONS = [...SIZE_OPTIONS, "bias", "paddingMode"];
const PADDING_MODES = PAD_MODES.filter((mode) => mode !== "constant");

/**
 * The convolution of spatial rank `rank` made of the given steps: check, pad unless with zeros (those the kernel
 * adds), convolve, add the bias. Written once for tensors and for Variables.
 */
/* @__NO_SIDE_EFFECTS__ */
export function convolution<T extends { readonly shape: Shape }>(rank: number, steps: ConvSteps<T>) {
  const operator = `conv${rank}d`;
  return (x: T, w: T, options: ConvOptions<T> = {}): T => {
    checkOptions(operator, options, CONV_OPTIONS);
    checkAxes(operator, "x", `[N, C, …] with ${rank} spatial`, x.shape, rank + 2);
    checkAxes(operator, "w", `[O, C/groups, …] with ${rank} spatial`, w.shape, rank + 2);
    const { bias, paddingMode = "zeros", ...sizes } = options;
    if (!PADDING_MODES.includes(paddingMode)) {
      const modes = PADDING_MODES.map(formatValue).join(", ");
      throw new RangeError(`${operator}: paddingMode must be one of ${modes}, got ${formatValue(paddingMode)}.`);
    }
    let geometry = convGeometry(x.shape, w.shape, sizes, operator);
    let padded = x;
    if (paddingMode !== "zeros" && geometry.padding.some(([before, after]) => before + after > 0)) {
      padded = steps.pad(x, padGeometry(x.shape, geometry.padding, { mode: paddingMode }, operator));
      geometry = convGeometry(padded.shape, w.shape, { ...sizes, padding: 0 }, operator);
    }
    const y = steps.conv(padded, w, geometry);
    if (bias === undefined) return y;
    expectShape(operator, "bias", bias.shape, [geometry.outChannels]);
    return steps.add(y, steps.reshape(bias, [geometry.outChannels, ...geometry.outSize.map(() => 1)]));
  };
}

/** The sizes of the convolution whose adjoint in x is asked for, checked against gradY and w. */
export function adjointXGeometry(gradYShape: Shape, wShape: Shape, options: ConvAdjointXOptions): ConvGeometry {
  const operator = "convAdjointX";
  checkOptions(operator, options, [...SIZE_OPTIONS, "inSize"]);
  const { inSize, ...sizes } = options;
  checkAxes(operator, "w", "[O, C/groups, …]", wShape, 2);
  checkAxes(operator, "gradY", "[N, O, …]", gradYShape, wShape.length);
  const inChannels = wShape[1] * (sizes.groups ?? 1);
  const image = perAxis(operator, "inSize", inSize, wShape.length - 2, 0);
  const geometry = convGeometry([gradYShape[0], inChannels, ...image], wShape, sizes, operator);
  expectShape(operator, "gradY", gradYShape, geometry.yShape);
  return geometry;
}

/** The sizes of the convolution whose adjoint in w is asked for, checked against x and gradY. */
export function adjointWGeometry(xShape: Shape, gradYShape: Shape, options: ConvAdjointWOptions): ConvGeometry {
  const operator = "convAdjointW";
  checkOptions(operator, options, [...SIZE_OPTIONS, "kernelSize"]);
  const { kernelSize, ...sizes } = options;
  checkAxes(operator, "x", "[N, C, …]", xShape, 2);
  checkAxes(operator, "gradY", "[N, O, …]", gradYShape, xShape.length);
  const kernel = perAxis(operator, "kernelSize", kernelSize, xShape.length - 2, 1);
  const groups = checkInteger(operator, "groups", sizes.groups ?? 1, 1);
  if (xShape[1] % groups !== 0) {
    throw new ShapeError(
      `${operator}: x ${formatShape(xShape)} has ${xShape[1]} channels, which ${groups} groups do not divide. ` +
        `Use the groups of the convolution.`,
    );
  }
  const wShape = [gradYShape[1], xShape[1] / groups, ...kernel];
  const geometry = convGeometry(xShape, wShape, sizes, operator);
  expectShape(operator, "gradY", gradYShape, geometry.yShape);
  return geometry;
}

function checkAxes(operator: string, name: string, axes: string, shape: Shape, count: number): void {
  if (shape.length === count || (count === 2 && shape.length > 2)) return;
  throw new ShapeError(
    `${operator}: ${name} must have ${count}${count === 2 ? " or more" : ""} axes, ${axes}, but its shape is ` +
      `${formatShape(shape)}. Reshape it.`,
  );
}
