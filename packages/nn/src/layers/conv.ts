import { conv1d, conv2d, conv3d, type Variable, variable } from "@conv/autograd";
import {
  type ConvOptions,
  type ConvSizeOptions,
  type PaddingMode,
  type Random,
  ShapeError,
  type Tensor,
} from "@conv/core";
import { checkBoolean, checkInteger, checkOptions, perAxis } from "@conv/core/operators";
import { fanIn, kaimingUniform, uniform } from "../init.js";
import { Module } from "../module.js";

/** The options of a convolutional layer. */
export interface ConvLayerOptions extends ConvSizeOptions {
  /** Whether a learned number is added to every output channel. Default true. */
  readonly bias?: boolean;
  /** What stands beyond the image's edge. Default `"zeros"`. */
  readonly paddingMode?: PaddingMode;
  /** Where initial weights come from. Default: the shared generator, see `manualSeed`. */
  readonly random?: Random;
}

const OPTIONS = ["stride", "padding", "dilation", "groups", "bias", "paddingMode", "random"];

type Convolve = (x: Variable | Tensor, w: Variable, options: ConvOptions<Variable>) => Variable;

abstract class ConvLayer extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly options: Omit<ConvLayerOptions, "bias" | "random">;
  /** [outChannels, inChannels / groups, …kernelSize] */
  readonly weight: Variable;
  /** [outChannels] */
  readonly bias: Variable | undefined;
  readonly #convolve: Convolve;

  constructor(
    layer: string,
    convolve: Convolve,
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: ConvLayerOptions,
  ) {
    super();
    checkOptions(layer, options, OPTIONS);
    const { bias = true, random, ...rest } = options;
    const groups = checkInteger(layer, "groups", rest.groups ?? 1, 1);
    this.inChannels = checkInteger(layer, "inChannels", inChannels, 1);
    this.outChannels = checkInteger(layer, "outChannels", outChannels, 1);
    this.kernelSize = perAxis(layer, "kernelSize", kernelSize, rank, 1);
    checkBoolean(layer, "bias", bias);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `${layer}: groups ${groups} must divide inChannels ${inChannels} and outChannels ${outChannels}.`,
      );
    }
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.options = rest;
    this.weight = variable(kaimingUniform(shape, { random }));
    this.bias = bias ? variable(uniform([outChannels], 1 / Math.sqrt(fanIn(shape)), { random })) : undefined;
    this.#convolve = convolve;
  }

  override get ownForward(): unknown {
    return ConvLayer.prototype.forward;
  }

  /** y = conv(x, weight) + bias. */
  forward(x: Variable | Tensor): Variable {
    return this.#convolve(x, this.weight, { ...this.options, bias: this.bias });
  }
}

/**
 * A convolution with learned filters over signals: x [N, inChannels, W] → [N, outChannels, OW].
 * Weight and bias start as PyTorch's do: uniform in ±1/√(inChannels/groups · kernelSize).
 */
export class Conv1d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: ConvLayerOptions = {},
  ) {
    super("Conv1d", conv1d, 1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * A convolution with learned filters over images: x [N, inChannels, H, W] → [N, outChannels, OH, OW].
 * Weight and bias start as PyTorch's do: uniform in ±1/√(inChannels/groups · KH·KW).
 *
 * @throws {ShapeError} When `groups` does not divide both channel counts.
 * @throws {RangeError} When a size is not a positive integer.
 * @throws {TypeError} When an option is unknown.
 */
export class Conv2d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: ConvLayerOptions = {},
  ) {
    super("Conv2d", conv2d, 2, inChannels, outChannels, kernelSize, options);
  }
}

/** A convolution with learned filters over volumes: x [N, inChannels, D, H, W] → [N, outChannels, OD, OH, OW]. */
export class Conv3d extends ConvLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: ConvLayerOptions = {},
  ) {
    super("Conv3d", conv3d, 3, inChannels, outChannels, kernelSize, options);
  }
}
