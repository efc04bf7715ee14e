import { type Dataset, mnist, type Progress } from "@conv/data";

/** The two halves of a dataset: to learn from, and to be examined on. */
export interface Datasets {
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * Loads `digits`, `mnist`, or the IDX files of a directory.
 *
 * @throws {Error} When they are not there, damaged, or not of 28 × 28 pixels and ten classes, which the model needs.
 */
export async function loadDatasets(source: string, onProgress: (progress: Progress) => void): Promise<Datasets> {
  const [train, test] = [
    await mnist({ source, split: "train", onProgress }),
    await mnist({ source, split: "test", onProgress }),
  ];
  for (const { xShape, classes, name } of [train, test]) {
    if (xShape.join() !== "1,28,28" || classes !== 10) {
      throw new Error(
        `--dataset: ${name} has images of ${xShape.slice(1).join(" × ")} pixels in ${classes} classes, ` +
          "but the model reads 28 × 28 pixels in 10 classes.",
      );
    }
  }
  return { train, test };
}
