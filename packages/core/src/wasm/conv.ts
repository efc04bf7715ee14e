import type { ConvGeometry } from "../conv/geometry.js";
import { type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import {
  adjointWProduct,
  adjointXProduct,
  combinations,
  type Frame,
  forwardProduct,
  frameOfGradY,
  frameOfX,
  inSpace,
  keyOf,
  phasesOf,
  pointAdjointW,
  pointAdjointX,
  pointForward,
} from "./convProduct.js";
import { adjointWDepthwise, adjointXDepthwise, convDepthwise, isDepthwise } from "./depthwise.js";
import { add } from "./elementwise.js";
import { preparedFrom } from "./prepared.js";
import {
  type Bias,
  multiply,
  type PlannedProduct,
  type Product,
  packPanels,
  panelBytes,
  plannedProduct,
} from "./product.js";
import { resultIn, run } from "./run.js";
import { type Filters, isWinograd, tiledFrame, winograd, winogradAdjointW } from "./winograd.js";
import type { Workspace } from "./workspace.js";

/** Numbers of a padded copy of images, at most: a batch is cut into slices of so many. */
const PADDED = 2 ** 22;
/** Into how many parts a batch is cut at most whose gradients of w are summed apart, by different threads. */
const PARTS = 16;

const isFloat = (...tensors: readonly Tensor[]) => tensors.every((x) => x.dtype === "float32" && x.size > 0);

/** A convolution of points, of which a and b are the operands and the result has this shape. */
function byPoints(
  name: string,
  make: (geometry: ConvGeometry) => Product,
  [a, b]: readonly [Tensor, Tensor],
  shape: Shape,
  geometry: ConvGeometry,
  bias?: Tensor,
): Tensor | undefined {
  return resultIn(a, shape, (workspace, c) => {
    const product = plannedProduct(workspace, `${name} ${keyOf(geometry)}`, () => make(geometry));
    const places = { a: workspace.read(a), b: workspace.read(b), c: workspace.write(c) };
    multiply(workspace, product, places, biasAt(workspace, bias, "columns", geometry.groups));
  });
}

const biasAt = ({ read }: Workspace, bias: Tensor | undefined, of: Bias["of"], groups: number): Bias | undefined =>
  bias === undefined ? undefined : { at: read(bias), of, groups };

/** Whether every image is a pixel under a tap. */
const isPoint = ({ inSize, kernelSize, outSize, padding }: ConvGeometry) =>
  [inSize, kernelSize, outSize].every((lengths) => sizeOf(lengths) === 1) && padding.every(([before]) => before === 0);

/** y = conv(x, w), by an implicit product. */
export function convWasm(x: Tensor, w: Tensor, geometry: ConvGeometry, bias?: Tensor): Tensor | undefined {
  if (!isFloat(x, w)) return undefined;
  const { batch, inChannels, inSize, yShape } = geometry;
  if (isPoint(geometry)) return byPoints("conv", pointForward, [x, w], yShape, geometry, bias);
  if (isDepthwise(geometry)) return withBias(convDepthwise(x, w, geometry), bias);
  if (isWinograd(geometry, geometry.outSize)) return convByWinograd(x, w, geometry, bias);
  const frame = frameOfX(geometry);
  const key = `conv ${keyOf(geometry)}`;
  return resultIn(x, yShape, (workspace, y) => {
    const [xs, ys] = [workspace.read(x), workspace.write(y)];
    forSlices(batch, inChannels * sizeOf(frame.size), (first, images) => {
      const product = plannedProduct(workspace, `${key} ${images}`, () => forwardProduct(geometry, images, frame));
      const b = framed(workspace, imageAt(xs, x, first), images * inChannels, inSize, frame);
      const panels = panelsOf(workspace, product, w, `conv ${geometry.groups} ${geometry.wShape}`);
      multiply(
        workspace,
        product,
        { a: 0, b, c: imageAt(ys, y, first), panels },
        biasAt(workspace, bias, "rows", geometry.groups),
      );
    });
  });
}

/** y with a number added to every channel, in a step of its own; y is given back. */
function withBias(y: Tensor | undefined, bias: Tensor | undefined): Tensor | undefined {
  if (y === undefined || bias === undefined) return y;
  const column = Tensor.view(bias, [bias.size, ...y.shape.slice(2).map(() => 1)]);
  const sum = add(y, column);
  column.dispose();
  y.dispose();
  return sum;
}

/** y = conv(x, w) with 3 × 3 taps. */
function convByWinograd(x: Tensor, w: Tensor, geometry: ConvGeometry, bias?: Tensor): Tensor | undefined {
  const { inChannels, padding, outSize, yShape } = geometry;
  const before = padding.map(([first]) => first);
  const filters = { w, rowStep: 9 * inChannels, depthStep: 9, isFlipped: false };
  return byWinograd(x, filters, yShape, before, outSize, geometry, bias);
}

/** gradX = Ŵᵀ g with 3 × 3 taps and stride 1: a convolution of g with the taps turned around. */
function adjointXByWinograd(gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor | undefined {
  const { inChannels, padding, dilation, inSize, xShape } = geometry;
  const before = padding.map(([first], axis) => 2 * dilation[axis] - first);
  const filters = { w, rowStep: 9, depthStep: 9 * inChannels, isFlipped: true };
  return byWinograd(gradY, filters, xShape, before, inSize, geometry);
}

function byWinograd(
  x: Tensor,
  filters: Filters,
  shape: Shape,
  before: readonly number[],
  outSize: readonly number[],
  { dilation }: ConvGeometry,
  bias?: Tensor,
): Tensor | undefined {
  const [batch, depth, ...inSize] = x.shape;
  const frame = tiledFrame({ outSize, dilation }, before, 2);
  return resultIn(x, shape, (workspace, y) => {
    const [xs, ys] = [workspace.read(x), workspace.write(y)];
    forSlices(batch, depth * sizeOf(frame.size), (first, images) => {
      const padded = framed(workspace, imageAt(xs, x, first), images * depth, inSize, frame);
      const sizes = { images, rows: shape[1], depth, outSize, dilation };
      const places = { images: padded, y: imageAt(ys, y, first), bias: bias && workspace.read(bias) };
      winograd(workspace, sizes, frame, filters, places);
    });
  });
}

/** gradX = Ŵᵀ g, by an implicit product for each phase of the stride. */
export function convAdjointXWasm(gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor | undefined {
  if (!isFloat(gradY, w)) return undefined;
  const { batch, outChannels, outSize, xShape } = geometry;
  if (isPoint(geometry)) return byPoints("convAdjointX", pointAdjointX, [gradY, w], xShape, geometry);
  if (isDepthwise(geometry)) return adjointXDepthwise(gradY, w, geometry);
  if (isWinograd(geometry, geometry.inSize)) return adjointXByWinograd(gradY, w, geometry);
  const phases = phasesOf(geometry);
  const frame = frameOfGradY(phases);
  const key = `convAdjointX ${keyOf(geometry)}`;
  return resultIn(gradY, xShape, (workspace, gradX) => {
    const [gys, gxs] = [workspace.read(gradY), workspace.write(gradX)];
    forSlices(batch, outChannels * sizeOf(frame.size), (first, images) => {
      const b = framed(workspace, imageAt(gys, gradY, first), images * outChannels, outSize, frame);
      combinations(phases).forEach((phase, i) => {
        const make = () => adjointXProduct(geometry, phase, images, frame);
        const product = plannedProduct(workspace, `${key} ${images} ${i}`, make);
        const panels = panelsOf(workspace, product, w, `convAdjointX ${keyOfPhases(geometry)} ${i}`);
        multiply(workspace, product, { a: 0, b, c: imageAt(gxs, gradX, first), panels });
      });
    });
  });
}

/** gradW = X̂ᵀ g, by an implicit product for each part of the batch; then the parts are summed. */
export function convAdjointWWasm(x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor | undefined {
  if (!isFloat(x, gradY)) return undefined;
  const { batch, inChannels, inSize, wShape } = geometry;
  if (isPoint(geometry)) return byPoints("convAdjointW", pointAdjointW, [gradY, x], wShape, geometry);
  if (isDepthwise(geometry)) return adjointWDepthwise(x, gradY, geometry);
  if (isWinograd(geometry, geometry.outSize, true)) return adjointWByWinograd(x, gradY, geometry);
  const frame = frameOfX(geometry);
  const parts = partsOf(geometry);
  return resultIn(x, wShape, (workspace, gradW) => {
    const [xs, gys, gws] = [workspace.read(x), workspace.read(gradY), workspace.write(gradW)];
    const make = () => adjointWProduct(geometry, parts, frame);
    const product = plannedProduct(workspace, `convAdjointW ${keyOf(geometry)}`, make);
    const images = framed(workspace, xs, batch * inChannels, inSize, frame);
    const sums = parts === 1 ? gws : workspace.take(4 * parts * gradW.size);
    const [a, b] = product.plan.isTransposed ? [images, gys] : [gys, images];
    multiply(workspace, product, { a, b, c: sums });
    if (parts > 1) sumParts(workspace, sums, gws, gradW.size, parts);
  });
}

/** gradW = X̂ᵀ g with 3 × 3 taps. */
function adjointWByWinograd(x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor | undefined {
  const { batch, inChannels, outChannels, padding, inSize, outSize, wShape } = geometry;
  const frames = {
    images: tiledFrame(
      geometry,
      padding.map(([first]) => first),
      2,
    ),
    gradients: tiledFrame(geometry, [0, 0], 0),
  };
  return resultIn(x, wShape, (workspace, gradW) => {
    const images = framed(workspace, workspace.read(x), batch * inChannels, inSize, frames.images);
    const gradients = framed(workspace, workspace.read(gradY), batch * outChannels, outSize, frames.gradients);
    const sizes = { images: batch, rows: outChannels, depth: inChannels, outSize, dilation: geometry.dilation };
    winogradAdjointW(workspace, sizes, frames, { images, gradients, gradW: workspace.write(gradW) });
  });
}

/** Into how many parts the batch is cut for gradW: as many as threads can use, if there are too few blocks of w. */
function partsOf({ batch, groups, inChannels, outChannels, kernelSize }: ConvGeometry): number {
  const size = (outChannels * inChannels * sizeOf(kernelSize)) / groups;
  return Math.max(1, Math.min(PARTS, batch, Math.floor(2 ** 19 / size)));
}

/** y = Σ of `parts` arrays of `size` numbers that lie one behind the other. */
function sumParts(workspace: Workspace, from: number, to: number, size: number, parts: number): void {
  const chunks = Math.ceil(size / 8192);
  run(workspace, "sumParts", [from, to, size, parts, chunks], { chunks, cost: (size * parts) / 4 });
}

/** The filters in the panels that a product needs of them. */
function panelsOf(workspace: Workspace, product: PlannedProduct, w: Tensor, use: string): number {
  return preparedFrom(workspace, w, use, panelBytes(product), (panels) => {
    packPanels(workspace, product, workspace.read(w), panels);
  });
}

/** What the panels of the adjoint depend on, beside the filters: which taps see the pixels of a phase. */
const keyOfPhases = ({ stride, dilation, padding, groups, wShape, inSize }: ConvGeometry) =>
  [wShape, stride, dilation, padding, groups, inSize.map((length, axis) => Math.min(length, stride[axis]))].join(" ");

/** The address of an image of a batch. */
const imageAt = (address: number, { shape: [batch], size }: Tensor, image: number) =>
  address + 4 * (size / batch) * image;

/** Calls `visit` for slices of the batch whose padded images are not too large. */
function forSlices(batch: number, size: number, visit: (first: number, images: number) => void): void {
  const most = Math.max(1, Math.floor(PADDED / size));
  for (let first = 0; first < batch; first += most) visit(first, Math.min(most, batch - first));
}

/** Planes of images with zeros around them: where they are already, if there are none. */
function framed(
  workspace: Workspace,
  address: number,
  planes: number,
  inSize: readonly number[],
  frame: Frame,
): number {
  const { before, size, step = 1 } = frame;
  const isWhole = step === 1 && inSize.every((length, axis) => length === size[axis] && before[axis] === 0);
  if (isWhole) return address;
  const count = planes * step * sizeOf(size);
  const to = workspace.take(4 * count);
  const chunks = Math.min(16, planes, Math.ceil(count / 8192));
  const words = [address, to, planes, chunks, ...inSpace(inSize, 1), ...inSpace(before, 0), ...inSpace(size, 1), step];
  run(workspace, "layOutAll", words, { chunks, cost: count / 2 });
  return to;
}
