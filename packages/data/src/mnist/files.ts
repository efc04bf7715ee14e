import { DataError } from "../errors.js";
import type { Split } from "../split.js";

/** What a file holds. */
export type Part = "images" | "labels";

/** The names of the four files of MNIST. */
export type MnistFile =
  | "train-images-idx3-ubyte.gz"
  | "train-labels-idx1-ubyte.gz"
  | "t10k-images-idx3-ubyte.gz"
  | "t10k-labels-idx1-ubyte.gz";

/** SHA-256 of each file, in hexadecimal: which bytes are MNIST, wherever they come from. */
export const SHA256: Readonly<Record<MnistFile, string>> = {
  "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
};

/** All four, in the order in which they are fetched. */
export const FILES = /* @__PURE__ */ Object.keys(SHA256) as readonly MnistFile[];

/** Where MNIST is served. */
export const MIRRORS: readonly string[] = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
];

const NAMES: Readonly<Record<Split, Readonly<Record<Part, MnistFile>>>> = {
  train: { images: "train-images-idx3-ubyte.gz", labels: "train-labels-idx1-ubyte.gz" },
  test: { images: "t10k-images-idx3-ubyte.gz", labels: "t10k-labels-idx1-ubyte.gz" },
};

/** The file that MNIST has for a part of a split. */
export function fileOf(split: Split, part: Part): MnistFile {
  return NAMES[split][part];
}

/** The names under which others store that file: the test split is "t10k" or "test". */
export function namesOf(split: Split, part: Part): readonly string[] {
  const name = fileOf(split, part);
  return split === "train" ? [name] : [name, name.replace("t10k", "test")];
}

/**
 * SHA-256 in hexadecimal.
 *
 * @param operator Who asks, as the beginning of an error; `advice` what else it can do, as its end.
 * @throws {DataError} On pages that are not secure: there browsers do not compute it.
 */
export async function sha256Of(
  bytes: Uint8Array,
  operator = "mnist",
  advice = 'pass source: "digits"',
): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new DataError(
      `${operator}: downloads are checked by SHA-256, which browsers compute on secure pages only. Serve the page over ` +
        `https or from localhost, or ${advice}.`,
    );
  }
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
