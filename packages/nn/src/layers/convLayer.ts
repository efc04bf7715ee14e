import { type Variable, variable } from "@conv/autograd";
import { type ConvSizeOptions, type Random, ShapeError } from "@conv/core";
import { checkBoolean, checkInteger, perAxis, resolveWindow } from "@conv/core/operators";
import { biasFor, weightFor } from "../init/scaled.js";
import { checkRandom } from "../random.js";

/** What a convolutional layer is made from. */
export interface ConvLayerSizes extends Pick<ConvSizeOptions, "stride" | "padding" | "dilation" | "groups"> {
  readonly rank: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number | readonly number[];
  readonly bias?: boolean;
  readonly random?: Random;
}

/** What a convolutional layer has. */
export interface ConvLayerParts {
  /** One for each spatial axis. */
  readonly kernelSize: readonly number[];
  readonly weight: Variable;
  readonly bias: Variable | undefined;
}

/**
 * The parameters of a convolutional layer, its sizes checked. They start as PyTorch's do: uniform in ±1/√fanIn, where fanIn is
 * the size of the weight without its first axis.
 *
 * @param layer The name that errors start with.
 * @param isTransposed Whether the weight is [in, out/groups, …kernel] instead of [out, in/groups, …kernel].
 * @throws {ShapeError} When `groups` does not divide both channel counts.
 * @throws {RangeError} When a size is not an integer in its range.
 */
export function convLayerParts(layer: string, sizes: ConvLayerSizes, isTransposed = false): ConvLayerParts {
  const { rank, groups = 1, bias = true, random } = sizes;
  checkInteger(layer, "groups", groups, 1);
  const inChannels = checkInteger(layer, "inChannels", sizes.inChannels, 1);
  const outChannels = checkInteger(layer, "outChannels", sizes.outChannels, 1);
  const kernelSize = perAxis(layer, "kernelSize", sizes.kernelSize, rank, 1);
  resolveWindow(layer, kernelSize, kernelSize, sizes);
  checkBoolean(layer, "bias", bias);
  if (random !== undefined) checkRandom(layer, random);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new ShapeError(
      `${layer}: groups ${groups} must divide inChannels ${inChannels} and outChannels ${outChannels}.`,
    );
  }
  const [first, second] = isTransposed ? [inChannels, outChannels] : [outChannels, inChannels];
  const shape = [first, second / groups, ...kernelSize];
  return {
    kernelSize,
    weight: variable(weightFor(shape, { random })),
    bias: bias ? variable(biasFor(shape, outChannels, { random })) : undefined,
  };
}
