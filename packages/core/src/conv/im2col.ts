import { defineKernel } from "../device/defineKernel.js";
import type { TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { roundSums } from "../maps/sums.js";
import { checkLengths, checkOptions, expectTensor, perAxis } from "../options.js";
import { expectShape, formatShape, type Shape, sizeOf } from "../shape.js";
import { allocate, type Tensor, type TensorLike, valuesOf } from "../tensor.js";
import { patches, patchesAdjoint } from "../wasm/patches.js";
import { type ConvSizeOptions, convGeometry } from "./geometry.js";
import { OUTSIDE, type WindowGeometry, windowAxes, windowTable } from "./window.js";

/**
 * Writes the patches of `channels` images, starting at `offset`, as columns: entry [c·K + k, l] is what tap k of
 * window l sees in channel c, 0 on padding.
 *
 * @param table [K, L], from `windowTable`.
 * @param columns [channels·K, L], overwritten.
 */
export function gatherColumns(
  x: TypedArray,
  offset: number,
  channels: number,
  pixels: number,
  table: Int32Array,
  columns: TypedArray,
): void {
  for (let c = 0; c < channels; c++) {
    const [image, rows] = [offset + c * pixels, c * table.length];
    for (let at = 0; at < table.length; at++) columns[rows + at] = table[at] === OUTSIDE ? 0 : x[image + table[at]];
  }
}

/** The adjoint of `gatherColumns`: adds every entry of the columns to the pixel it was read from. */
export function scatterColumns(
  columns: TypedArray,
  offset: number,
  channels: number,
  pixels: number,
  table: Int32Array,
  x: TypedArray,
): void {
  for (let c = 0; c < channels; c++) {
    const [image, rows] = [offset + c * pixels, c * table.length];
    for (let at = 0; at < table.length; at++) if (table[at] !== OUTSIDE) x[image + table[at]] += columns[rows + at];
  }
}

/** The kernel of `im2col`: x [N, C, …] → columns [N, C·K, L]. */
export const im2colKernel = /* @__PURE__ */ defineKernel(
  "im2col",
  (x, geometry) => {
    const table = windowTable(geometry);
    const [batch, channels] = x.shape;
    const columns = allocate(x.device, columnsShape(batch, channels, geometry), x.dtype);
    gatherColumns(valuesOf(x), 0, batch * channels, sizeOf(geometry.inSize), table, valuesOf(columns));
    return columns;
  },
  "same",
  (x, geometry) => {
    const [batch, channels] = x.shape;
    const shape = columnsShape(batch, channels, geometry);
    return patches(x, shape, { planes: batch * channels, axes: windowAxes(geometry) });
  },
);

/** The kernel of `col2im`: columns [N, C·K, L] → x [N, C, …]. */
export const col2imKernel = /* @__PURE__ */ defineKernel(
  "col2im",
  (columns, geometry) => {
    const table = windowTable(geometry);
    const [batch, channels, ...inSize] = imageShape(columns, geometry);
    const pixels = sizeOf(inSize);
    const sums = new Float64Array(batch * channels * pixels);
    scatterColumns(valuesOf(columns), 0, batch * channels, pixels, table, sums);
    return roundSums("col2im", sums, columns, [batch, channels, ...inSize]);
  },
  "same",
  (columns, geometry) => {
    const shape = imageShape(columns, geometry);
    return patchesAdjoint(columns, shape, { planes: shape[0] * shape[1], axes: windowAxes(geometry) });
  },
);

const imageShape = ({ shape: [batch, rows] }: Tensor, { kernelSize, inSize }: WindowGeometry) => [
  batch,
  rows / sizeOf(kernelSize),
  ...inSize,
];

const columnsShape = (batch: number, channels: number, { kernelSize, outSize }: WindowGeometry) => [
  batch,
  channels * sizeOf(kernelSize),
  sizeOf(outSize),
];

/** The options of `im2col`. */
export interface Im2colOptions extends Omit<ConvSizeOptions, "groups" | "paddingMode"> {
  /** Length of the window along each spatial axis, in pixels: one number for all, or one each. */
  readonly kernelSize: number | readonly number[];
}

/** The options of `col2im`. */
export interface Col2imOptions extends Im2colOptions {
  /** Lengths of the spatial axes of the image. */
  readonly inSize: readonly number[];
}

const OPTIONS = ["kernelSize", "stride", "padding", "dilation"];

/** The steps of taking patches and putting them back; on tensors, or on Variables that remember them. */
export interface PatchSteps<X, Y = X> {
  im2col(x: X, geometry: WindowGeometry): Y;
  col2im(columns: X, geometry: WindowGeometry): Y;
}

/** `im2col` made of the given step. Written once for tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function unfolding<X extends TensorLike, Y extends X = X>(steps: Pick<PatchSteps<X, Y>, "im2col">) {
  return (x: X, options: Im2colOptions): Y => {
    expectTensor("im2col", "x", x);
    checkOptions("im2col", options, OPTIONS);
    if (x.shape.length < 3) {
      throw new ShapeError(
        `im2col: x must have at least 3 axes, [N, C, …], but its shape is ${formatShape(x.shape)}. Reshape it.`,
      );
    }
    return steps.im2col(x, windowOf("im2col", x.shape, options));
  };
}

/** `col2im` made of the given step. */
/* @__NO_SIDE_EFFECTS__ */
export function folding<X extends TensorLike, Y extends X = X>(steps: Pick<PatchSteps<X, Y>, "col2im">) {
  return (columns: X, options: Col2imOptions): Y => {
    expectTensor("col2im", "columns", columns);
    checkOptions("col2im", options, [...OPTIONS, "inSize"]);
    const inSize = checkLengths("col2im", "inSize", options.inSize, "the image's spatial axes");
    if (columns.shape.length !== 3) {
      throw new ShapeError(
        `col2im: columns must have 3 axes, [N, C·K, L], but its shape is ${formatShape(columns.shape)}. Reshape it.`,
      );
    }
    const taps = sizeOf(perAxis("col2im", "kernelSize", options.kernelSize, inSize.length, 1));
    const [batch, rows] = columns.shape;
    const channels = rows === 0 ? 0 : Math.max(1, Math.floor(rows / taps));
    const geometry = windowOf("col2im", [batch, channels, ...inSize], options);
    expectShape("col2im", "columns", columns.shape, columnsShape(batch, channels, geometry));
    return steps.col2im(columns, geometry);
  };
}

/** The window's sizes: those of a convolution with one filter. */
function windowOf(operator: string, xShape: Shape, options: Im2colOptions): WindowGeometry {
  const { kernelSize, stride, padding, dilation } = options;
  const kernel = perAxis(operator, "kernelSize", kernelSize, xShape.length - 2, 1);
  return convGeometry(xShape, [1, xShape[1], ...kernel], { stride, padding, dilation }, operator);
}

/**
 * The patches that a window sees, one column per position:
 *
 *     columns[n, c·K + k, l] = x[n, c, pixel of tap k in window l],  0 outside the image
 *
 * With them a convolution is a product of matrices, Y = W · im2col(x) with W as [O, C·K]. The lecture's X̂, with
 * y = X̂ w for one filter w, has the patches in its rows: it is the transpose.
 *
 * @param x [N, C, …] with at least one spatial axis.
 * @param options `kernelSize`; `stride` 1, `padding` 0, `dilation` 1 in pixels: one number for all spatial axes, or one
 *   each; `padding` also as [before, after], "same" or "valid".
 * @returns [N, C·K, L]: K taps of the window, L = Π outSize positions.
 * @throws {ShapeError} When x has no spatial axes, or the dilated window exceeds the padded image.
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown.
 * @see Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing" (2006);
 *   `torch.nn.functional.unfold`, the same map.
 * @example
 * im2col(tensor([[[1, 2, 3, 4]]]), { kernelSize: 2 }); // [[[1, 2, 3], [2, 3, 4]]]
 */
export const im2col: (x: Tensor, options: Im2colOptions) => Tensor = /* @__PURE__ */ unfolding<Tensor>({
  im2col: im2colKernel,
});

/**
 * The adjoint of `im2col`: adds each entry of the columns to the pixel it was copied from, ⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩.
 *
 * @param columns [N, C·K, L].
 * @param options As for `im2col`, and `inSize`: the lengths of the image's spatial axes.
 * @returns [N, C, …inSize].
 * @throws {ShapeError} When the columns are not those of such an image.
 * @throws {RangeError} When a size is not an integer in its range.
 * @throws {TypeError} When an option is unknown.
 * @see `torch.nn.functional.fold`, the same map.
 * @example
 * col2im(tensor([[[1, 2, 3], [20, 30, 40]]]), { kernelSize: 2, inSize: [4] }); // [[[1, 22, 33, 40]]]
 */
export const col2im: (columns: Tensor, options: Col2imOptions) => Tensor = /* @__PURE__ */ folding<Tensor>({
  col2im: col2imKernel,
});
