import { div, ShapeError, sub, tensor } from "@conv/core";
import { formatShape, tidy } from "@conv/core/operators";
import type { BatchTransform } from "./compose.js";

/**
 * Makes a transform that shifts and scales each channel: x ← (x − mean) / std.
 *
 * @param mean One number, or one for each channel; MNIST's is 0.1307.
 * @param std Standard deviation, likewise; MNIST's is 0.3081.
 * @returns A transform for `DataLoader`, of batches x [N, C, …]. It throws a `ShapeError` when C is another.
 * @throws {RangeError} When a mean is not finite or a standard deviation is not positive.
 */
export function normalize(mean: number | readonly number[], std: number | readonly number[]): BatchTransform {
  const [means, stds] = [[mean].flat(), [std].flat()];
  const bad = means.find((m) => !Number.isFinite(m)) ?? stds.find((s) => !(s > 0 && Number.isFinite(s)));
  if (bad !== undefined) {
    throw new RangeError(
      `normalize: mean must be finite and std positive, got ${bad}. Measure them on the training set.`,
    );
  }
  return (batch) => {
    const { x } = batch;
    const perChannel = (values: readonly number[]) => {
      if (values.length !== 1 && values.length !== x.shape[1]) {
        throw new ShapeError(
          `normalize: mean and std for ${values.length} channels do not fit x ${formatShape(x.shape)}, [N, C, …].`,
        );
      }
      const shape = values.length === 1 ? [] : [values.length, ...x.shape.slice(2).map(() => 1)];
      return tensor(Float32Array.from(values), shape, { device: x.device });
    };
    return { ...batch, x: tidy(() => div(sub(x, perChannel(means)), perChannel(stds))) };
  };
}
