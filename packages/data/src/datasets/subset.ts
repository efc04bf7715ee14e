import { formatValue } from "@conv/core/operators";
import { type AnyDataset, checkIndices, expectDataset } from "../dataset.js";

/**
 * Some examples of a dataset, as a dataset. Nothing is copied but the indices; an index may repeat.
 *
 * @param indices Which examples, in order.
 * @throws {RangeError} When an index is not an integer from 0 to dataset.length − 1.
 * @see `torch.utils.data.Subset`.
 * @example
 * subset(shapes({ length: 5 }), [4, 0]).length; // 2
 */
export function subset<D extends AnyDataset>(dataset: D, indices: ArrayLike<number>): D {
  expectDataset("subset", "dataset", dataset);
  if (typeof indices !== "object" || indices === null || !Number.isInteger(indices.length)) {
    throw new TypeError(`subset: indices must be an array, got ${formatValue(indices)}.`);
  }
  const { name, xShape, classes, classNames } = dataset;
  checkIndices(name, dataset.length, indices, "subset");
  const chosen = Array.from(indices);
  const paths = dataset.paths && chosen.map((index) => dataset.paths?.[index]);
  const get = (positions: ArrayLike<number>) => {
    checkIndices(name, chosen.length, positions);
    return dataset.get(Array.from(positions, (position) => chosen[position]));
  };
  return { ...dataset, name, xShape, classes, classNames, paths, length: chosen.length, get };
}
