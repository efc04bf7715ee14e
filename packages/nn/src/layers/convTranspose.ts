import { convTranspose1d, convTranspose2d, convTranspose3d, type Variable } from "@conv/autograd";
import { type ConvTransposeOptions, type Random, type Shape, ShapeError, type Tensor } from "@conv/core";
import { checkOptions, convTransposeGeometry, formatShape, perAxis, resolveWindow } from "@conv/core/operators";
import { Module } from "../module.js";
import { convLayerParts } from "./convLayer.js";

type KernelSize = number | readonly number[];
type Sizes = Omit<ConvTransposeOptions<never>, "bias">;

/** The options of a transposed convolutional layer. */
export interface ConvTransposeLayerOptions extends Sizes {
  /** Whether a learned number is added to every output channel. Default true. */
  readonly bias?: boolean;
  /** Where initial weights come from. Default: the shared generator, see `manualSeed`. */
  readonly random?: Random;
}

const OPTIONS = ["stride", "padding", "outputPadding", "dilation", "groups", "bias", "random"];

type Convolve = (x: Variable | Tensor, w: Variable, options: ConvTransposeOptions<Variable>) => Variable;

abstract class ConvTransposeLayer extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly options: Sizes;
  /** [inChannels, outChannels / groups, …kernelSize] */
  readonly weight: Variable;
  /** [outChannels] */
  readonly bias: Variable | undefined;
  readonly #layer: string;
  readonly #convolve: Convolve;

  constructor(
    layer: string,
    convolve: Convolve,
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSize,
    options: ConvTransposeLayerOptions,
  ) {
    super();
    checkOptions(layer, options, OPTIONS);
    const { bias: _bias, random: _random, ...rest } = options;
    const parts = convLayerParts(layer, { rank, inChannels, outChannels, kernelSize, ...options }, true);
    const { padding } = resolveWindow(layer, parts.kernelSize, parts.kernelSize, rest);
    const leastSize = padding.map(([before, after]) => before + after + 1); // of an image of which something is left
    convTransposeGeometry([1, inChannels, ...leastSize], parts.weight.shape, rest, layer);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = parts.kernelSize;
    this.options = rest;
    this.weight = parts.weight;
    this.bias = parts.bias;
    this.#layer = layer;
    this.#convolve = convolve;
  }

  override get ownForward(): unknown {
    return ConvTransposeLayer.prototype.forward;
  }

  /**
   * y = convTranspose(x, weight) + bias.
   *
   * @param options `outputSize`: the lengths of the spatial axes of y, among those that the stride makes equal. Default: what
   *   `outputPadding` gives.
   * @throws {ShapeError} When x has other axes or channels, or y cannot have that size.
   */
  forward(x: Variable | Tensor, options: { readonly outputSize?: KernelSize } = {}): Variable {
    checkOptions(`${this.#layer}.forward`, options, ["outputSize"]);
    const { outputSize } = options;
    const chosen = outputSize === undefined ? {} : { outputPadding: this.#paddingFor(x.shape, outputSize) };
    return this.#convolve(x, this.weight, { ...this.options, ...chosen, bias: this.bias });
  }

  /** The `outputPadding` that gives this size. */
  #paddingFor(xShape: Shape, outputSize: KernelSize): number[] {
    const rank = this.kernelSize.length;
    const bare = convTransposeGeometry(xShape, this.weight.shape, { ...this.options, outputPadding: 0 }, this.#layer);
    const least = bare.xShape.slice(2);
    const most = least.map((length, axis) => length + bare.stride[axis] - 1);
    const size = perAxis(this.#layer, "outputSize", outputSize, rank, 1);
    if (size.some((length, axis) => length < least[axis] || length > most[axis])) {
      throw new ShapeError(
        `${this.#layer}: outputSize ${formatShape(size)} is none that x ${formatShape(xShape)} can give. Use ` +
          `${formatShape(least)} to ${formatShape(most)}.`,
      );
    }
    return size.map((length, axis) => length - least[axis]);
  }
}

/**
 * A transposed convolution with learned filters over signals: x [N, inChannels, W] → [N, outChannels, OW]. See
 * `ConvTranspose2d`.
 */
export class ConvTranspose1d extends ConvTransposeLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSize,
    options: ConvTransposeLayerOptions = {},
  ) {
    super("ConvTranspose1d", convTranspose1d, 1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * A transposed convolution with learned filters over images, which makes them larger where `stride` is above 1:
 * x [N, inChannels, H, W] → [N, outChannels, OH, OW] with OH = (H − 1)·stride − before − after + dilation·(KH − 1) + 1 +
 * outputPadding, OW alike.
 *
 * The weight is [inChannels, outChannels / groups, KH, KW]. Weight and bias start as PyTorch's do: uniform in
 * ±1/√(outChannels/groups · KH·KW).
 *
 * `stride` 1, `padding` 0, `outputPadding` 0 and `dilation` 1 in pixels, one number or [rows, columns]; `groups` 1; `bias` true.
 *
 * @throws {ShapeError} When `groups` does not divide both channel counts.
 * @throws {RangeError} When a size is not an integer in its range; `outputPadding` is below stride or dilation.
 * @throws {TypeError} When an option is unknown.
 * @see Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks" (CVPR 2010).
 */
export class ConvTranspose2d extends ConvTransposeLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSize,
    options: ConvTransposeLayerOptions = {},
  ) {
    super("ConvTranspose2d", convTranspose2d, 2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * A transposed convolution with learned filters over volumes: x [N, inChannels, D, H, W] → [N, outChannels, OD, OH, OW]. See
 * `ConvTranspose2d`.
 */
export class ConvTranspose3d extends ConvTransposeLayer {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: KernelSize,
    options: ConvTransposeLayerOptions = {},
  ) {
    super("ConvTranspose3d", convTranspose3d, 3, inChannels, outChannels, kernelSize, options);
  }
}
