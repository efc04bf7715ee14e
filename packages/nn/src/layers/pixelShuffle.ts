import { permute, reshape, type Variable } from "@conv/autograd";
import { ShapeError, type Tensor } from "@conv/core";
import { checkInteger, expectTensor, formatShape, tidy } from "@conv/core/operators";
import { Module } from "../module.js";

/** The leading axes of [*, C, H, W], and the last three lengths. */
function split(name: string, x: Variable | Tensor): [leading: readonly number[], c: number, h: number, w: number] {
  expectTensor(name, "x", x);
  const [c, h, w] = x.shape.slice(-3);
  if (x.shape.length < 3) {
    throw new ShapeError(`${name}: x must be [*, C, H, W], but its shape is ${formatShape(x.shape)}. Reshape it.`);
  }
  return [x.shape.slice(0, -3), c, h, w];
}

/** x, cut into five axes behind the leading ones, with those five in another order, and joined again. */
function rearranged(
  x: Variable | Tensor,
  leading: readonly number[],
  cut: readonly number[],
  order: readonly number[],
  joined: readonly number[],
): Variable {
  const dims = [...leading.keys(), ...order.map((axis) => leading.length + axis)];
  return tidy(() => reshape(permute(reshape(x, [...leading, ...cut]), dims), [...leading, ...joined]));
}

/**
 * Channels become pixels: x [*, C·r², H, W] → [*, C, H·r, W·r], r = upscaleFactor,
 *
 *     y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w]
 *
 * @throws {RangeError} When the factor is not a positive integer.
 * @throws {ShapeError} In `forward`, when r² does not divide the channels.
 * @see Shi and others, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
 *   network" (arXiv:1609.05158).
 * @example
 * new PixelShuffle(2).forward(tensor([[[[1]], [[2]], [[3]], [[4]]]])); // [[[[1, 2], [3, 4]]]]
 */
export class PixelShuffle extends Module {
  constructor(readonly upscaleFactor: number) {
    super();
    checkInteger("PixelShuffle", "upscaleFactor", upscaleFactor, 1);
  }

  override get ownForward(): unknown {
    return PixelShuffle.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    const r = this.upscaleFactor;
    const [leading, channels, h, w] = split("PixelShuffle", x);
    const c = channels / r ** 2;
    if (!Number.isInteger(c)) {
      throw new ShapeError(
        `PixelShuffle: x ${formatShape(x.shape)} has ${channels} channels, not a multiple of ${r ** 2}, the square of upscaleFactor. Give it ${Math.ceil(c) * r ** 2}.`,
      );
    }
    return rearranged(x, leading, [c, r, r, h, w], [0, 3, 1, 4, 2], [c, h * r, w * r]);
  }
}

/**
 * Pixels become channels, the inverse of `PixelShuffle`: x [*, C, H·r, W·r] → [*, C·r², H, W], r = downscaleFactor.
 *
 * @throws {RangeError} When the factor is not a positive integer.
 * @throws {ShapeError} In `forward`, when r does not divide the rows and columns.
 * @example
 * new PixelUnshuffle(2).forward(tensor([[[[1, 2], [3, 4]]]])); // [[[[1]], [[2]], [[3]], [[4]]]]
 */
export class PixelUnshuffle extends Module {
  constructor(readonly downscaleFactor: number) {
    super();
    checkInteger("PixelUnshuffle", "downscaleFactor", downscaleFactor, 1);
  }

  override get ownForward(): unknown {
    return PixelUnshuffle.prototype.forward;
  }

  forward(x: Variable | Tensor): Variable {
    const r = this.downscaleFactor;
    const [leading, c, rows, columns] = split("PixelUnshuffle", x);
    const [h, w] = [rows / r, columns / r];
    if (!Number.isInteger(h) || !Number.isInteger(w)) {
      throw new ShapeError(
        `PixelUnshuffle: x ${formatShape(x.shape)} has ${rows} × ${columns} pixels, which downscaleFactor ${r} does not divide. Pad or crop it.`,
      );
    }
    return rearranged(x, leading, [c, h, r, w, r], [0, 2, 4, 1, 3], [c * r * r, h, w]);
  }
}
