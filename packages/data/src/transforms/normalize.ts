import { div, ShapeError, sub, tensor } from "@conv/core";
import { formatShape, formatValue, tidy } from "@conv/core/operators";
import { arrayOf } from "../idx/elements.js";
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
  const means = checkAll(mean, Number.isFinite);
  const stds = checkAll(std, (value) => value > 0 && Number.isFinite(value));
  return (batch) => {
    const { x } = batch;
    const perChannel = (values: readonly number[]) => {
      if (values.length !== 1 && values.length !== x.shape[1]) {
        throw new ShapeError(
          `normalize: mean and std for ${values.length} channels do not fit x ${formatShape(x.shape)}, [N, C, …].`,
        );
      }
      const shape = values.length === 1 ? [] : [values.length, ...x.shape.slice(2).map(() => 1)];
      const array = arrayOf(x.dtype === "float64" ? "float64" : "float32", values.length);
      array.set(values);
      return tensor(array, shape, { device: x.device });
    };
    return { ...batch, x: tidy(() => div(sub(x, perChannel(means)), perChannel(stds))) };
  };
}

function checkAll(given: number | readonly number[], isRight: (value: number) => boolean): readonly number[] {
  const values = [given].flat();
  if (values.length > 0 && values.every(isRight)) return values;
  throw new RangeError(
    `normalize: mean must be finite and std positive, got ${formatValue(given)}. Measure them on the training set.`,
  );
}
