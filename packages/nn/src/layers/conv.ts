import { conv1d, conv2d, conv3d, type Variable } from "@conv/autograd";
import type { ConvOptions, ConvSizeOptions, PaddingMode, Random, Tensor } from "@conv/core";
import { checkChoice, checkOptions, PADDING_MODES } from "@conv/core/operators";
import { Module } from "../module.js";
import { convLayerParts } from "./convLayer.js";

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
    const { bias: _bias, random: _random, ...rest } = options;
    checkChoice(layer, "paddingMode", rest.paddingMode ?? "zeros", PADDING_MODES);
    const parts = convLayerParts(layer, { rank, inChannels, outChannels, kernelSize, ...options });
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = parts.kernelSize;
    this.options = rest;
    this.weight = parts.weight;
    this.bias = parts.bias;
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
 * Weight and bias start as PyTorch's do: uniform in ±1/√(inChannels/groups · kernelSize). Options and errors: see `Conv2d`.
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
 * `stride` 1, `padding` 0 and `dilation` 1 in pixels, one number or [rows, columns], padding also "same" or "valid"; `groups` 1;
 * `bias` true; `paddingMode` "zeros".
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

/** A convolution with learned filters over volumes: x [N, inChannels, D, H, W] → [N, outChannels, OD, OH, OW]. See `Conv2d`. */
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
