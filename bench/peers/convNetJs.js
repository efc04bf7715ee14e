// ConvNetJS (2014): plain JavaScript, one image at a time, forward and backward in one pass.

import convnetjs from "convnetjs";
import { ORDERS, permuted } from "../cpu/layout.js";
import { BATCH, batch, initialParameters, SIZE } from "../cpu/network.js";
import { version } from "./versions.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer() {
  return {
    version: version("convnetjs"),
    threads: 1,
    reason: "it has no threads",
    note: "adadelta: it has no Adam; its backward pass gives both gradients in one, so only the training step is measured",
    training,
  };
}

const NETWORK = [
  { type: "input", out_sx: SIZE, out_sy: SIZE, out_depth: 1 },
  { type: "conv", sx: 3, filters: 32, stride: 1, pad: 1, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 3, filters: 64, stride: 1, pad: 1, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "fc", num_neurons: 128, activation: "relu" },
  { type: "softmax", num_classes: 10 },
];

/** Channels last, filter by filter: of a filter [C, H, W], of a row of weights for features [64, 7, 7] or [128]. */
function channelsLast({ name, shape, values }) {
  if (name === "linear1.weight") return permuted(values, [128, 64, 7, 7], ORDERS.nchwToNhwc);
  return name.startsWith("conv") ? permuted(values, shape, ORDERS.nchwToNhwc) : values;
}

/** Gives the layers that have weights the initial ones. */
function initialize(net) {
  const parameters = initialParameters();
  const layers = net.layers.filter(({ filters }) => filters !== undefined);
  layers.forEach((layer, i) => {
    const [weight, bias] = parameters.slice(2 * i, 2 * i + 2);
    const values = channelsLast(weight);
    const each = values.length / layer.filters.length;
    layer.filters.forEach((filter, o) => {
      filter.w.set(values.subarray(o * each, (o + 1) * each));
    });
    layer.biases.w.set(bias.values);
  });
}

function training() {
  const net = new convnetjs.Net();
  net.makeLayers(NETWORK);
  initialize(net);
  const { images, labels } = batch();
  const volumes = Array.from({ length: BATCH }, (_, n) => {
    const volume = new convnetjs.Vol(SIZE, SIZE, 1, 0);
    volume.w.set(images.subarray(n * SIZE * SIZE, (n + 1) * SIZE * SIZE));
    return volume;
  });
  const trainer = new convnetjs.Trainer(net, { method: "adadelta", batch_size: BATCH });
  const run = () => volumes.reduce((sum, x, n) => sum + trainer.train(x, labels[n]).cost_loss, 0) / BATCH;
  return { run, comparedSteps: 1 }; // adadelta steps elsewhere than Adam
}
