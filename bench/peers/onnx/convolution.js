// The three maps of a convolution in the words of ONNX, which has no adjoints: Conv, ConvTranspose, Gemm.

import { outSize } from "../../cpu/layers.js";
import { operandsOf } from "../../cpu/numbers.js";
import { constant, model, node } from "./model.js";

const pair = (n) => [n, n];

function attributes({ kernelSize, stride, padding, dilation, groups }) {
  return {
    kernel_shape: pair(kernelSize),
    strides: pair(stride),
    pads: [...pair(padding), ...pair(padding)],
    dilations: pair(dilation),
    group: groups,
  };
}

/** y = Conv(x, w), the weights constant: a frozen model, whose weights may be laid out in advance. */
function forward(layer, { shapes, w, x }) {
  return {
    bytes: model({
      nodes: [node("Conv", ["x", "w"], "y", attributes(layer))],
      constants: [constant("w", shapes.w, w)],
      inputs: { x: shapes.x },
      yShape: shapes.gradY,
    }),
    feeds: { x: [x, shapes.x] },
  };
}

/** gradX = ConvTranspose(gradY, w): padded after, where the stride left pixels over. */
function gradX(layer, { shapes, w, gradY }) {
  const { size, kernelSize, stride, padding, dilation } = layer;
  const reached = (outSize(layer) - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + 1;
  const options = { ...attributes(layer), output_padding: pair(size - reached) };
  return {
    bytes: model({
      nodes: [node("ConvTranspose", ["gradY", "w"], "y", options)],
      constants: [constant("w", shapes.w, w)],
      inputs: { gradY: shapes.gradY },
      yShape: shapes.x,
    }),
    feeds: { gradY: [gradY, shapes.gradY] },
  };
}

/**
 * gradW as a convolution of transposed operands. The sum over images is one over channels, the positions of gradY are
 * those of a kernel: x [C/G, G·N, H, W] with filters gradY [O, N, OH, OW], in G groups, stride and dilation exchanged, is
 * gradW [C/G, O, K, K].
 */
function gradW(layer, { shapes, x, gradY }) {
  const { batch, inChannels, size, kernelSize, stride, padding, dilation, groups } = layer;
  const perGroup = inChannels / groups;
  const xShape = [batch, groups, perGroup, size, size];
  const after = dilation * (kernelSize - 1) + 1 + stride * (outSize(layer) - 1) - size - padding; // as far as is read
  const merged = BigInt64Array.from([perGroup, groups * batch, size, size], BigInt);
  const options = {
    strides: pair(dilation),
    dilations: pair(stride),
    pads: [...pair(padding), ...pair(after)],
    group: groups,
  };
  return {
    bytes: model({
      nodes: [
        node("Transpose", ["x"], "xT", { perm: [2, 1, 0, 3, 4] }),
        node("Reshape", ["xT", "shape"], "images", {}),
        node("Transpose", ["gradY"], "filters", { perm: [1, 0, 2, 3] }),
        node("Conv", ["images", "filters"], "yT", options),
        node("Transpose", ["yT"], "y", { perm: [1, 0, 2, 3] }),
      ],
      constants: [constant("shape", [4], merged)],
      inputs: { x: xShape, gradY: shapes.gradY },
      yShape: shapes.w,
    }),
    feeds: { x: [x, xShape], gradY: [gradY, shapes.gradY] },
  };
}

/** gradW of a 1×1 convolution of one image, which is a product: gradY [O, H·W] · xᵀ. */
function product({ inChannels, outChannels, size }, { shapes, x, gradY }) {
  const inputs = { x: [inChannels, size ** 2], gradY: [outChannels, size ** 2] };
  return {
    bytes: model({ nodes: [node("Gemm", ["gradY", "x"], "y", { transB: 1 })], inputs, yShape: shapes.w.slice(0, 2) }),
    feeds: { x: [x, inputs.x], gradY: [gradY, inputs.gradY] },
  };
}

const isProduct = ({ batch, kernelSize, stride, groups }) => batch * kernelSize * stride * groups === 1;

const maps = {
  forward,
  gradX,
  gradW: (layer, operands) => (isProduct(layer) ? product : gradW)(layer, operands),
};

/**
 * A map of a layer as a model, and what to feed it with: { bytes, feeds }, of each input its values and shape.
 *
 * @param {import("../../cpu/layers.js").Layer} layer
 * @param {string} map
 */
export const convolutionModel = (layer, map) => maps[map](layer, operandsOf(layer));
