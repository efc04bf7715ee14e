import { type Dataset, mnist, type Progress } from "@conv/data";

/** The two halves of a dataset: to learn from, and to be examined on. */
export interface Datasets {
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * Loads `digits`, `mnist`, or the IDX files of a directory. MNIST comes from the mirrors that @conv/data knows, or from
 * those in the environment variable CONV_DATA_MIRRORS (base URLs, with spaces between).
 *
 * @throws {Error} When they are not there, damaged, or not of 28 × 28 pixels and ten classes, which the model needs.
 */
export async function loadDatasets(
  source: string,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Datasets> {
  const mirrors = process.env.CONV_DATA_MIRRORS?.split(" ").filter((url) => url !== "");
  const load = (split: "train" | "test") =>
    mnist({ source, split, signal, onProgress, ...(mirrors === undefined ? {} : { mirrors }) }).catch(
      (error: Error) => {
        signal.throwIfAborted();
        throw new Error(inTermsOfOptions(source, error.message));
      },
    );
  const [train, test] = [await load("train"), await load("test")];
  for (const { length, xShape, classes, name } of [train, test]) {
    if (length === 0) throw new Error(`--dataset: ${name} has no images in its training or its test set.`);
    if (xShape.join() !== "1,28,28" || classes !== 10) {
      throw new Error(
        `--dataset: ${name} has images of ${xShape.slice(1).join(" × ")} pixels in ${classes} classes, ` +
          "but the model reads 28 × 28 pixels in 10 classes.",
      );
    }
  }
  return { train, test };
}

/** What went wrong, with advice for the command line instead of the library's. */
function inTermsOfOptions(source: string, message: string): string {
  if (source === "mnist") return message.replace(/\.$/, " (here: --dataset digits, or --dataset DIRECTORY).");
  const missing = /^(mnist: there is no directory .*)\. As source, .*$/.exec(message);
  return missing === null
    ? message
    : `${missing[1]}. Pass --dataset digits, mnist, or a directory with the four IDX files.`;
}
