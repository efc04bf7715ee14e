import * as autograd from "@conv/autograd";
import { convMatrix, im2col, pad, reshape, type Tensor, tensor } from "@conv/core";
import { geometryOf, kernelShapeOf, kernelSizeOf, type Settings, SIDE } from "./settings.js";

/** Numbers in rows and columns. */
export interface Grid {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Planes of numbers, one for each channel, one after the other. */
export interface Planes extends Grid {
  readonly channels: number;
}

/** Everything that the figure shows of one map, one image and one kernel. */
export interface Figure {
  readonly settings: Settings;
  readonly kernel: Float64Array;
  /** The image with its border. Where a maximum ignores the border, that is −∞. */
  readonly padded: Planes;
  readonly output: Planes;
  /** X̂ᵀ, im2col of the padded image: what each window sees, a column for each; channels below one another. */
  readonly patches: Grid;
  /** Ŵ, or what the map does near this image: a row for each output, a column for each pixel. */
  readonly matrix: Grid;
}

const FLOAT64 = { dtype: "float64" } as const;
const numbersOf = (x: Tensor) => Float64Array.from(x.dataSync());
const gridOf = (x: Tensor): Grid => ({ values: numbersOf(x), rows: x.shape.at(-2) ?? 1, columns: x.shape.at(-1) ?? 1 });

/** The image as a tensor, [1, C, SIDE, SIDE]. */
const imageTensor = ({ channels }: Settings, image: Float64Array) => tensor(image, [1, channels, SIDE, SIDE], FLOAT64);

/** The options that the library has for these settings. */
export function convOptionsOf({ stride, padding, dilation, groups, mode }: Settings) {
  return { stride, padding, dilation, groups, paddingMode: mode };
}

/** The kernel as a tensor, [O, C/groups, rows, columns]. */
export const kernelTensor = (settings: Settings, kernel: Float64Array) =>
  tensor(kernel, kernelShapeOf(settings), FLOAT64);

/** The map that the settings name, of a batch of images. */
export function mapOf(settings: Settings, kernel: Float64Array) {
  const { operation, stride, padding, dilation } = settings;
  const size = kernelSizeOf(settings);
  return (x: autograd.Variable | Tensor): autograd.Variable => {
    switch (operation) {
      case "conv":
        return autograd.conv2d(x, kernelTensor(settings, kernel), convOptionsOf(settings));
      case "max":
        return autograd.maxPool2d(x, size, { stride, padding, dilation });
      case "average":
        return autograd.avgPool2d(x, size, { stride, padding });
      case "l2":
        return autograd.lpPool2d(x, 2, size, { stride });
    }
  };
}

/** All numbers of the figure, of settings that go together. */
export function figureOf(settings: Settings, image: Float64Array, kernel: Float64Array): Figure {
  const { outSize, outChannels } = geometryOf(settings);
  const x = imageTensor(settings, image);
  const y = autograd.noGrad(() => mapOf(settings, kernel)(x)).value;
  const padded = paddedOf(settings, x);
  const { stride, dilation } = settings;
  const patches = im2col(padded, { kernelSize: kernelSizeOf(settings), stride, dilation });
  return {
    settings,
    kernel,
    padded: { ...gridOf(padded), channels: settings.channels },
    output: { values: numbersOf(y), channels: outChannels, rows: outSize[0], columns: outSize[1] },
    patches: gridOf(patches),
    matrix: matrixOf(settings, image, kernel),
  };
}

/** The image with its border, as the window meets it. */
function paddedOf({ operation, padding, mode }: Settings, x: Tensor): Tensor {
  const border = [
    [padding, padding],
    [padding, padding],
  ] as const;
  if (operation === "max") return pad(x, border, { mode: "constant", value: Number.NEGATIVE_INFINITY });
  return pad(x, border, { mode });
}

/** Ŵ; of a pooling the derivative at this image, whose rows are the gradients of its outputs. */
function matrixOf(settings: Settings, image: Float64Array, kernel: Float64Array): Grid {
  const { outSize, outChannels } = geometryOf(settings);
  if (settings.operation === "conv")
    return gridOf(convMatrix(kernelTensor(settings, kernel), { inSize: SIDE, ...convOptionsOf(settings) }));
  const rows = outChannels * outSize[0] * outSize[1];
  const columns = image.length;
  // As many copies of the image as there are outputs: every one asks for the gradient of its own.
  const copies = new Float64Array(rows * columns);
  const units = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row++) {
    copies.set(image, row * columns);
    units[row * rows + row] = 1;
  }
  const x = autograd.variable(tensor(copies, [rows, settings.channels, SIDE, SIDE], FLOAT64));
  const y = mapOf(settings, kernel)(x);
  const [gradient] = autograd.grad(y, [x], { gradY: reshape(tensor(units, [rows, rows], FLOAT64), y.shape) });
  return { values: numbersOf(gradient.value), rows, columns };
}
