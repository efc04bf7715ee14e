import { ShapeError } from "@conv/core";
import { formatShape } from "@conv/core/operators";
import { arrayDataset, type Dataset, labelColumn } from "../dataset.js";
import { DataError } from "../errors.js";
import { UBYTE } from "../idx/elements.js";
import { isGzip, unpack } from "../idx/gzip.js";
import { type Idx, parseIdx } from "../idx/parseIdx.js";
import { enlarge } from "./enlarge.js";

/** A file that was read: where it came from, for errors, and what it holds. */
export interface SourceFile {
  /** A path or an address. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

/** The classes of digits. */
const DIGITS = 10;

/**
 * The dataset of an IDX file of images and one of labels, both gzip'ed or not. Pixels are divided by 255; images of 8×8
 * are enlarged to 28×28 (see `enlarge`), all others are left at their size.
 *
 * @param images ubyte [N, H, W].
 * @param labels ubyte [N].
 * @returns Its xShape is [1, H, W]; its classes are 10, or more where the labels say so.
 * @throws {DataError} When a file is damaged or holds something else.
 * @throws {ShapeError} When there are not as many labels as images.
 */
export async function imageDataset(name: string, images: SourceFile, labels: SourceFile): Promise<Dataset> {
  const [x, y] = [await openIdx(images, 3), await openIdx(labels, 1)];
  if (x.shape[0] !== y.shape[0]) {
    throw new ShapeError(
      `mnist: ${images.from} has ${x.shape[0]} images, but ${labels.from} has ${y.shape[0]} labels. ` +
        "Use two files of one set.",
    );
  }
  const classes = y.payload.reduce((most, label) => Math.max(most, label + 1), DIGITS);
  const [, height, width] = x.shape;
  const isSmall = height === 8 && width === 8;
  const pixels = isSmall
    ? { values: enlarge(x.payload), shape: [1, 28, 28], unit: 255 }
    : { values: x.payload, shape: [1, height, width], unit: 255 };
  return arrayDataset(name, y.payload.length, classes, pixels, labelColumn(y.payload));
}

async function openIdx({ from, bytes }: SourceFile, axes: number): Promise<Idx> {
  const subject = `mnist: ${from}`;
  const idx = parseIdx(isGzip(bytes) ? await unpack(bytes, subject) : bytes, subject);
  if (idx.type !== UBYTE || idx.shape.length !== axes) {
    const expected = axes === 3 ? "images as ubyte [N, H, W]" : "labels as ubyte [N]";
    throw new DataError(`${subject} holds ${idx.type.name} ${formatShape(idx.shape)}, but it must hold ${expected}.`);
  }
  return idx;
}
