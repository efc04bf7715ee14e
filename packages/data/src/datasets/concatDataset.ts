import { concat, ShapeError } from "@conv/core";
import { formatShape, formatValue, isSameShape } from "@conv/core/operators";
import { type AnyDataset, type Batch, checkIndices, type Dataset, expectDataset } from "../dataset.js";

/**
 * Several datasets one after the other, as a dataset. Its classes are the most that one of them has, with the names that this
 * one gives them; without names where another calls one of them otherwise.
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
  datasets.forEach((dataset, i) => {
    expectDataset("concatDataset", `datasets[${i}]`, dataset);
  });
  const [{ xShape }] = datasets;
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
  const paths = datasets.every(hasPaths) ? datasets.flatMap((dataset) => dataset.paths) : undefined;
  const get = (indices: ArrayLike<number>): Batch | Promise<Batch> => {
    checkIndices(name, length, indices);
    const parts: (Batch | Promise<Batch>)[] = [];
    try {
      for (const run of runsOf(datasets, indices)) parts.push(run.dataset.get(run.indices));
    } catch (error) {
      letGo(parts);
      throw error;
    }
    return parts.some(isLater) ? joinLater(parts) : join(parts.filter(isHere));
  };
  return { name, length, xShape, classes, classNames: namesOf(datasets), paths, get };
}

const isLater = (part: Batch | Promise<Batch>): part is Promise<Batch> => "then" in part;
const isHere = (part: Batch | Promise<Batch>): part is Batch => !isLater(part);
const hasPaths = (dataset: AnyDataset): dataset is AnyDataset & { readonly paths: readonly string[] } =>
  dataset.paths !== undefined;

/** The longest list of names, unless another is not its beginning. */
function namesOf(datasets: readonly AnyDataset[]): readonly string[] | undefined {
  const all = datasets.map(({ classNames = [] }) => classNames);
  const longest = all.reduce((most, names) => (names.length > most.length ? names : most));
  const isOne = all.every((names) => names.every((name, label) => name === longest[label]));
  return isOne && longest.length > 0 ? longest : undefined;
}

async function joinLater(parts: readonly (Batch | Promise<Batch>)[]): Promise<Batch> {
  try {
    return join(await Promise.all(parts));
  } catch (error) {
    letGo(parts);
    throw error;
  }
}

/** Gives back batches of which nothing becomes, also those that are still to come. */
function letGo(parts: readonly (Batch | Promise<Batch>)[]): void {
  for (const part of parts) {
    Promise.resolve(part)
      .then((unused) => unused.dispose?.())
      .catch(() => {}); // the first error is told
  }
}

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
