// TensorFlow.js on WebAssembly. Channels come last here; operands are laid out so before anything is timed.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { Cannot } from "../cpu/handler.js";
import { ORDERS, permuted, permutedShape } from "../cpu/layout.js";
import { operandsOf } from "../cpu/numbers.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer() {
  await tf.setBackend("wasm");
  return {
    version: tf.version_core,
    threads: 1,
    reason: "its threads do not start in Node: it makes workers of blobs",
    note: "NHWC; groups are split and concatenated",
    layer,
    training: () => {
      throw new Cannot("it has no Conv2DBackpropFilter: it cannot train a convolution");
    },
  };
}

const isDepthwise = ({ groups, inChannels }) => groups > 1 && groups === inChannels;

/** A map of each group of channels, one beside the other. */
function grouped(groups, map, x, w) {
  if (groups === 1) return map(x, w);
  const filters = tf.split(w, groups, 3);
  return tf.concat(
    tf.split(x, groups, 3).map((channels, g) => map(channels, filters[g])),
    3,
  );
}

function forward(layer, x, w) {
  const { stride, padding, dilation, groups } = layer;
  if (isDepthwise(layer)) return tf.depthwiseConv2d(x, w, stride, padding, "NHWC", dilation, "floor");
  return grouped(groups, (x, w) => tf.conv2d(x, w, stride, padding, "NHWC", dilation, "floor"), x, w);
}

function gradX(layer, gradY, w) {
  const { batch, size, inChannels, stride, padding, dilation, groups } = layer;
  if (isDepthwise(layer)) throw new Cannot("it has no DepthwiseConv2dNativeBackpropInput");
  if (dilation > 1) throw new Cannot("its conv2dTranspose has no dilation");
  const shape = [batch, size, size, inChannels / groups];
  return grouped(groups, (gradY, w) => tf.conv2dTranspose(gradY, w, shape, stride, padding, "floor"), gradY, w);
}

function layer(layer, map) {
  if (map === "gradW") throw new Cannot("it has no Conv2DBackpropFilter");
  const { shapes, ...operands } = operandsOf(layer);
  const tensor = (name, order) =>
    tf.tensor4d(permuted(operands[name], shapes[name], order), permutedShape(shapes[name], order));
  const w = tensor("w", isDepthwise(layer) ? ORDERS.oihwToHwoi : ORDERS.oihwToHwio);
  const x = tensor(map === "forward" ? "x" : "gradY", ORDERS.nchwToNhwc);
  const compute = map === "forward" ? forward : gradX;
  return {
    run: () => tf.tidy(() => compute(layer, x, w)),
    values: (y) => permuted(y.dataSync(), y.shape, ORDERS.nhwcToNchw),
    release: (y) => y.dispose(),
    free: () => tf.dispose([x, w]),
  };
}
