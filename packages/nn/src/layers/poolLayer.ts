import type { AvgPoolOptions, MaxPoolOptions } from "@conv/core";
import { checkOptions, perAxis, poolGeometry, resolveWindow } from "@conv/core/operators";

/** The size of a window: one number for all spatial axes, or one each. */
export type KernelSize = number | readonly number[];

/**
 * Checks the sizes and options of a pooling layer, before there is an image.
 *
 * @param layer The name that errors start with.
 * @param known The options that it has.
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {ShapeError} When padding exceeds half a window.
 * @throws {TypeError} When an option is unknown.
 */
export function checkPool(
  layer: string,
  rank: number,
  kernelSize: KernelSize,
  options: MaxPoolOptions & AvgPoolOptions,
  known: readonly string[],
): void {
  checkOptions(layer, options, known);
  const kernel = perAxis(layer, "kernelSize", kernelSize, rank, 1);
  const { span } = resolveWindow(layer, kernel, kernel, { dilation: options.dilation });
  poolGeometry(layer, rank, [1, ...span], kernel, options); // of the smallest image: one window
}
