// TensorFlow.js in plain JavaScript: the only one of its backends that trains in Node without native code.

import * as tf from "@tensorflow/tfjs";
import { ORDERS, permuted, permutedShape } from "../cpu/layout.js";
import { BATCH, batch, CLASSES, initialParameters, LEARNING_RATE, SIZE } from "../cpu/network.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer() {
  await tf.setBackend("cpu");
  return {
    version: tf.version.tfjs,
    threads: 1,
    reason: "it has no threads",
    note: "plain JavaScript, one step takes a minute: it is measured on the training step only",
    training,
  };
}

/** A parameter as tfjs has it: filters HWIO; linear weights [in, out], the first of them for features in NHWC. */
function inTfjsLayout({ name, shape, values }) {
  if (name.endsWith("bias")) return { shape, values };
  if (name.startsWith("conv")) {
    return { shape: permutedShape(shape, ORDERS.oihwToHwio), values: permuted(values, shape, ORDERS.oihwToHwio) };
  }
  const inner = name === "linear1.weight" ? [64, 7, 7] : [shape[1], 1, 1];
  return { shape: [shape[1], shape[0]], values: permuted(values, [shape[0], ...inner], [2, 3, 1, 0]) };
}

function lossOf([w1, b1, w2, b2, w3, b3, w4, b4], images, targets) {
  const block = (x, w, b) => tf.maxPool(tf.relu(tf.add(tf.conv2d(x, w, 1, 1), b)), 2, 2, "valid");
  const features = tf.reshape(block(block(images, w1, b1), w2, b2), [BATCH, -1]);
  const logits = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(features, w3), b3)), w4), b4);
  return tf.losses.softmaxCrossEntropy(targets, logits);
}

function training() {
  const parameters = initialParameters()
    .map(inTfjsLayout)
    .map(({ shape, values }) => tf.variable(tf.tensor(values, shape)));
  const { images, labels } = batch();
  const x = tf.tensor4d(images, [BATCH, SIZE, SIZE, 1]); // one channel: NHWC is NCHW
  const targets = tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES);
  const optimizer = tf.train.adam(LEARNING_RATE);
  const run = () => {
    const loss = optimizer.minimize(() => lossOf(parameters, x, targets), true, parameters);
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  };
  return { run, free: () => tf.dispose([...parameters, x, targets]) };
}
