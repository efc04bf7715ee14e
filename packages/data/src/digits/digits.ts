// @conv/data/digits: handwritten digits that travel with the package. They take 61 kB: import them where they are needed.
import { checkOptions } from "@conv/core/operators";
import type { Dataset } from "../dataset.js";
import { imageDataset, type SourceFile } from "../images/imageDataset.js";
import { checkSplit, type Split } from "../split.js";
import { testImages, testLabels, trainImages, trainLabels } from "./digitsData.js";

/** The options of `digits`. */
export interface DigitsOptions {
  /** "train" has 1437 examples, "test" 360. Default: "train". */
  readonly split?: Split;
}

/**
 * 1797 images of handwritten digits, embedded in this module: no network, no files.
 *
 * The images of 8×8 pixels are enlarged to look like MNIST: bilinear (`align_corners=False`) to 20×20, centred in 28×28
 * zeros. Pixels are from 0 (background) to 1.
 *
 * @returns A dataset with xShape [1, 28, 28] and 10 classes.
 * @see E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998),
 *   https://doi.org/10.24432/C50P49, CC BY 4.0. Changed: scaled to 0..255, shuffled, split, stored as IDX.
 */
export async function digits(options: DigitsOptions = {}): Promise<Dataset> {
  checkOptions("digits", options, ["split"]);
  const split = checkSplit("digits", options.split ?? "train");
  return split === "train"
    ? imageDataset("digits", embedded(trainImages), embedded(trainLabels))
    : imageDataset("digits", embedded(testImages), embedded(testLabels));
}

function embedded(base64: string): SourceFile {
  return { from: "the embedded file", bytes: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) };
}
