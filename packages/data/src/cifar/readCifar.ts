import { tensor } from "@conv/core";
import { checkChoice, checkOptions, formatValue } from "@conv/core/operators";
import type { Batch } from "../dataset.js";
import { DataError } from "../errors.js";
import { isGzip } from "../idx/gzip.js";
import { isTar } from "./tar.js";

/** Which of the two labels of an image of CIFAR-100: one of 100 classes, or of the 20 superclasses they belong to. */
export type CifarLabels = "fine" | "coarse";

/** How the rows of a file are made up: labels, then 3 × 32 × 32 pixels, plane by plane. */
export interface CifarFormat {
  /** The function that reads it. */
  readonly reader: string;
  /** How many classes each of the labels has. */
  readonly labels: readonly number[];
  /** The archive of such files. */
  readonly archive: string;
}

export const CIFAR10: CifarFormat = { reader: "readCifar10", labels: [10], archive: "cifar-10-binary.tar.gz" };
export const CIFAR100: CifarFormat = { reader: "readCifar100", labels: [20, 100], archive: "cifar-100-binary.tar.gz" };

/** Pixels of an image. */
const PIXELS = 3 * 32 * 32;

/**
 * The images and labels of a file of CIFAR-10, binary version: data_batch_1.bin and so on.
 *
 * @param bytes Rows of 3073: a label, and 32 × 32 pixels of red, then of green, then of blue.
 * @returns x float32 [N, 3, 32, 32] from 0 to 1, y int32 [N] from 0 to 9.
 * @throws {DataError} When it is anything else.
 * @see A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
 */
export function readCifar10(bytes: Uint8Array): Batch {
  return batchOf(parseCifar([bytes], ["readCifar10: the input"], CIFAR10, 0));
}

/**
 * The images and labels of a file of CIFAR-100, binary version: train.bin or test.bin.
 *
 * @param bytes Rows of 3074: the coarse label, the fine one, and the pixels as in CIFAR-10.
 * @param options `labels`: "fine", 0 to 99, or "coarse", 0 to 19. Default: "fine".
 * @returns x float32 [N, 3, 32, 32] from 0 to 1, y int32 [N].
 * @throws {DataError} When it is anything else.
 */
export function readCifar100(bytes: Uint8Array, options: { readonly labels?: CifarLabels } = {}): Batch {
  checkOptions("readCifar100", options, ["labels"]);
  return batchOf(
    parseCifar([bytes], ["readCifar100: the input"], CIFAR100, labelIndex("readCifar100", options.labels)),
  );
}

/** Which byte of a row is the label. */
export function labelIndex(operator: string, labels: CifarLabels = "fine"): number {
  return checkChoice(operator, "labels", labels, ["fine", "coarse"]) === "coarse" ? 0 : 1;
}

/** Files taken apart and put together. */
export interface Cifar {
  /** [N, 3, 32, 32]. */
  readonly pixels: Uint8Array;
  /** [N]. */
  readonly labels: Uint8Array;
}

/**
 * Takes files apart, and checks every label.
 *
 * @param subjects What each is, as the beginning of an error.
 * @param which The label of a row that is wanted.
 * @throws {DataError} When one is not such a file, saying what it looks like.
 */
export function parseCifar(
  files: readonly Uint8Array[],
  subjects: readonly string[],
  format: CifarFormat,
  which: number,
): Cifar {
  const row = format.labels.length + PIXELS;
  files.forEach((bytes, i) => {
    checkKind(bytes, subjects[i], format, row);
  });
  const count = files.reduce((sum, bytes) => sum + bytes.length / row, 0);
  const [pixels, labels] = [new Uint8Array(count * PIXELS), new Uint8Array(count)];
  let n = 0;
  for (const [i, bytes] of files.entries()) {
    for (let at = 0; at < bytes.length; at += row, n++) {
      format.labels.forEach((classes, k) => {
        if (bytes[at + k] < classes) return;
        throw new DataError(
          `${subjects[i]} has the label ${bytes[at + k]} in row ${at / row}, but labels are 0 to ${classes - 1}. ` +
            "It is damaged, or another file.",
        );
      });
      labels[n] = bytes[at + which];
      pixels.set(bytes.subarray(at + format.labels.length, at + row), n * PIXELS);
    }
  }
  return { pixels, labels };
}

function checkKind(bytes: Uint8Array, subject: string, { archive, labels }: CifarFormat, row: number): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${subject} must be a Uint8Array, got ${formatValue(bytes)}. Use new Uint8Array(buffer).`);
  }
  if (isGzip(bytes)) throw new DataError(`${subject} is gzip'ed. ${UNPACK}`);
  if (isTar(bytes)) throw new DataError(`${subject} is a tar archive. ${UNPACK}`);
  if (bytes[0] === 0x80) {
    // No label is that large: a pickle begins so.
    throw new DataError(`${subject} is a pickle, of the Python version. Take the binary version, ${archive}.`);
  }
  if (bytes.length > 0 && bytes.length % row === 0) return;
  const other = labels.length === 1 ? "readCifar100" : "readCifar10";
  const otherRow = labels.length === 1 ? row + 1 : row - 1;
  const hint =
    bytes.length > 0 && bytes.length % otherRow === 0 ? `Did you mean ${other}?` : "Get the whole file again.";
  throw new DataError(`${subject} has ${bytes.length} bytes, but a file has some rows of ${row}. ${hint}`);
}

const UNPACK = "Unpack it, or read it with cifar10({ source }) or cifar100({ source }).";

function batchOf({ pixels, labels }: Cifar): Batch {
  return {
    x: tensor(
      Float32Array.from(pixels, (pixel) => pixel / 255),
      [labels.length, 3, 32, 32],
    ),
    y: tensor(Int32Array.from(labels)),
  };
}
