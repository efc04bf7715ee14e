import { concat, ShapeError } from "@conv/core";
import { formatShape, formatValue, isSameShape } from "@conv/core/operators";
import { type AnyDataset, type Batch, checkIndices, type Dataset } from "../dataset.js";

/**
 * Several datasets one after the other, as a dataset. Its classes are the most that one of them has.
 *
 * @param datasets At least one; their examples have one shape.
 * @throws {ShapeError} When their examples differ in shape.
 * @see `torch.utils.data.ConcatDataset`.
 * @example
 * concatDataset([shapes({ length: 3 }), shapes({ length: 4, split: "test" })]).length; // 7
 */
export function concatDataset(datasets: readonly Dataset[]): Dataset;
export function concatDataset(datasets: readonly AnyDataset[]): AnyDataset;
export function concatDataset(datasets: readonly AnyDataset[]): AnyDataset {
  if (!Array.isArray(datasets) || datasets.length === 0) {
    throw new TypeError(`concatDataset: datasets must be an array of at least one, got ${formatValue(datasets)}.`);
  }
  const [{ xShape, classNames }] = datasets;
  for (const other of datasets) {
    if (isSameShape(other.xShape, xShape)) continue;
    throw new ShapeError(
      `concatDataset: ${other.name} has examples ${formatShape(other.xShape)}, but ${datasets[0].name} has ` +
        `${formatShape(xShape)}. Make them equal.`,
    );
  }
  const name = datasets.map((dataset) => dataset.name).join(" + ");
  const length = datasets.reduce((sum, dataset) => sum + dataset.length, 0);
  const hasClasses = datasets.some(({ classes }) => classes !== undefined);
  const classes = hasClasses ? Math.max(...datasets.map(({ classes = 0 }) => classes)) : undefined;
  const get = (indices: ArrayLike<number>): Batch | Promise<Batch> => {
    checkIndices(name, length, indices);
    const parts = runsOf(datasets, indices).map((run) => run.dataset.get(run.indices));
    return parts.some(isLater) ? Promise.all(parts).then(join) : join(parts.filter(isHere));
  };
  return { name, length, xShape, classes, classNames, get };
}

const isLater = (part: Batch | Promise<Batch>): part is Promise<Batch> => "then" in part;
const isHere = (part: Batch | Promise<Batch>): part is Batch => !isLater(part);

/** Examples that follow each other in a batch and are of one dataset. */
interface Run {
  readonly dataset: AnyDataset;
  readonly indices: number[];
}

/** The batch in runs; one empty run where it is empty. */
function runsOf(datasets: readonly AnyDataset[], indices: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let n = 0; n < indices.length; n++) {
    let [which, index] = [0, indices[n]];
    while (index >= datasets[which].length) index -= datasets[which++].length;
    const last = runs.at(-1);
    if (last?.dataset === datasets[which]) last.indices.push(index);
    else runs.push({ dataset: datasets[which], indices: [index] });
  }
  return runs.length > 0 ? runs : [{ dataset: datasets[0], indices: [] }];
}

/** The parts as one batch, which gives back what they bring. */
function join(parts: readonly Batch[]): Batch {
  if (parts.length === 1) return parts[0];
  const [x, y] = [
    concat(
      parts.map((part) => part.x),
      0,
    ),
    concat(
      parts.map((part) => part.y),
      0,
    ),
  ];
  const dispose = () => {
    for (const t of [x, y, ...parts]) t.dispose?.();
  };
  return { x, y, dispose };
}
