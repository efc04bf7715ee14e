import { convMatrix } from "../conv/convMatrix.js";
import type { ConvGeometry } from "../conv/geometry.js";
import { im2colKernel } from "../conv/im2col.js";
import { cpu } from "../device/cpu.js";
import { matmul } from "../maps/matmul.js";
import { sum } from "../maps/reduce.js";
import { reshape } from "../maps/reshape.js";
import { transpose } from "../maps/strided.js";
import { sizeOf } from "../shape.js";
import type { Device, Tensor } from "../tensor.js";

/** The plain kernels as a device of their own: the specification of every other. */
export const plain: Device = { ...cpu, name: "plain" };

/** convAdjointX by its matrix form: Ŵᵀ g for every image, Ŵ from `convMatrix`. */
export function adjointXByMatrix(gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  const { batch, inSize, stride, padding, dilation, groups, xShape } = geometry;
  const matrix = convMatrix(w, { inSize, stride, padding, dilation, groups });
  return reshape(matmul(reshape(gradY, [batch, matrix.shape[0]]), matrix), xShape);
}

/** convAdjointW by its matrix form: X̂ᵀ g for every image and group, summed over the images; X̂ from `im2col`. */
export function adjointWByMatrix(x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor {
  const { batch, groups, inChannels, outChannels, kernelSize, outSize, wShape } = geometry;
  const [patch, windows] = [(inChannels / groups) * sizeOf(kernelSize), sizeOf(outSize)];
  const columns = reshape(im2colKernel(x, geometry), [batch, groups, patch, windows]);
  const maps = reshape(gradY, [batch, groups, outChannels / groups, windows]);
  return reshape(sum(matmul(maps, transpose(columns, -2, -1)), { dim: 0 }), wShape);
}
