import { BackendError, type Shape, ShapeError, type Tensor, type TypedArray, tensor } from "@conv/core";
import { formatShape, perAxis } from "@conv/core/operators";
import type { Batch } from "../dataset.js";
import { arrayOf } from "../idx/elements.js";

/** A batch of images as numbers; signals [N, C, L] are images of one row. */
export interface Images {
  /** [batch, channels, height, width], row-major; a copy. */
  readonly values: TypedArray;
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Number of spatial axes: 1 or 2. */
  readonly rank: number;
}

/**
 * The number of spatial axes of images [N, C, H, W] or signals [N, C, L]: 2 or 1.
 *
 * @throws {ShapeError} When x has another number of axes, or images without pixels.
 */
export function imageRank(operator: string, { shape }: Tensor): 1 | 2 {
  const rank = shape.length - 2;
  if (rank !== 1 && rank !== 2) {
    throw new ShapeError(`${operator}: x ${formatShape(shape)} must be [N, C, H, W] or [N, C, L].`);
  }
  if (shape.slice(2).includes(0)) {
    throw new ShapeError(`${operator}: the images of x ${formatShape(shape)} have no pixels.`);
  }
  return rank;
}

/**
 * The elements of x [N, C, H, W] or [N, C, L].
 *
 * @throws {ShapeError} When x has another number of axes, or images without pixels.
 * @throws {BackendError} When x is on a device that does not give its elements at once.
 */
export function imagesOf(operator: string, x: Tensor): Images {
  const rank = imageRank(operator, x);
  const [batch, channels] = x.shape;
  const [height, width] = rank === 1 ? [1, x.shape[2]] : x.shape.slice(2);
  return { values: elementsOf(operator, x), batch, channels, height, width, rank };
}

function elementsOf(operator: string, x: Tensor): TypedArray {
  try {
    return x.dataSync();
  } catch (cause) {
    if (!(cause instanceof BackendError) || x.isDisposed) throw cause;
    throw new BackendError(
      `${operator}: x is on ${x.device.name}, which does not give its elements at once. ` +
        "Let the transform that moves batches there be the last.",
      { cause },
    );
  }
}

/** The batch with other images: of the dtype and on the device of those it had. */
export function withImages(batch: Batch, values: TypedArray, { batch: n, channels, rank }: Images, size: Shape): Batch {
  const shape = [n, channels, ...size.slice(2 - rank)];
  return { ...batch, x: tensor(values, shape, { device: batch.x.device }) };
}

/** For each pixel of an axis of the result the pixel of x that it is; −1: outside of x. */
export type Picked = Int32Array;

/**
 * Images made of rows and columns of others: y[n, c, i, j] = x[n, c, rows[i], columns[j]], or `fill` outside of x.
 *
 * @param size [height, width] of y.
 * @param pick The rows and columns of example n.
 */
export function pickPixels(
  batch: Batch,
  images: Images,
  [height, width]: readonly [number, number],
  fill: number,
  pick: (n: number) => readonly [rows: Picked, columns: Picked],
): Batch {
  const { values } = images;
  const y = arrayOf(batch.x.dtype, images.batch * images.channels * height * width);
  let at = 0;
  for (let n = 0; n < images.batch; n++) {
    const [rows, columns] = pick(n);
    for (let c = 0; c < images.channels; c++) {
      const plane = (n * images.channels + c) * images.height;
      for (let i = 0; i < height; i++) {
        const row = (plane + rows[i]) * images.width;
        const isRow = rows[i] >= 0;
        for (let j = 0; j < width; j++) y[at++] = isRow && columns[j] >= 0 ? values[row + columns[j]] : fill;
      }
    }
  }
  return withImages(batch, y, images, [height, width]);
}

/** The pixels `first`, `first` + 1, … of an axis; −1 where it has none. */
export function run(first: number, length: number, inSize: number): Picked {
  return Int32Array.from({ length }, (_, i) => (first + i >= 0 && first + i < inSize ? first + i : -1));
}

/** Checks integers per spatial axis when a transform is made, before any batch says how many axes there are. */
export function checkPerAxis(operator: string, name: string, value: number | readonly number[], least: number): void {
  perAxis(operator, name, value, Array.isArray(value) ? value.length : 1, least);
}

/** Integers for height and width; a signal has `height` rows. */
export function perImage(
  operator: string,
  name: string,
  value: number | readonly number[],
  rank: number,
  height: number,
): readonly [number, number] {
  const [first, second] = perAxis(operator, name, value, rank, 0);
  return rank === 1 ? [height, first] : [first, second];
}
