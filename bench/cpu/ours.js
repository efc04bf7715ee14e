// This repository: @conv/core on the cpu, and a training step with @conv/nn. In Node, and in a browser's worker.

import { scope, variable } from "@conv/autograd";
import { conv2d, convAdjointW, convAdjointX, cpu, tensor } from "@conv/core";
import { Adam, Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "@conv/nn";
import { BATCH, batch, initialParameters, LEARNING_RATE, SIZE } from "./network.js";
import { operandsOf } from "./numbers.js";

/** @returns {Promise<import("./handler.js").Peer>} */
export async function createPeer({ threads }) {
  const info = await cpu.configure({ threads });
  return { threads: info.threads, reason: info.reason, note: `${info.kernels} kernels`, layer, training };
}

function layer(layer, map) {
  const { size: inSize, kernelSize, stride, padding, dilation, groups } = layer;
  const options = { stride, padding, dilation, groups };
  const operands = operandsOf(layer);
  const [x, w, gradY] = ["x", "w", "gradY"].map((name) => tensor(operands[name], operands.shapes[name]));
  const run = {
    forward: () => conv2d(x, w, options),
    gradX: () => convAdjointX(gradY, w, { inSize, ...options }),
    gradW: () => convAdjointW(x, gradY, { kernelSize, ...options }),
  }[map];
  const free = () => {
    for (const operand of [x, w, gradY]) operand.dispose();
  };
  return { run, values: (y) => y.data(), release: (y) => y.dispose(), free };
}

function training() {
  const model = new Sequential(
    new Conv2d(1, 32, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(32, 64, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(3136, 128),
    new ReLU(),
    new Linear(128, 10),
  );
  const initial = initialParameters();
  model.parameters().forEach((parameter, i) => {
    parameter.value = tensor(initial[i].values, initial[i].shape);
  });
  const { images, labels } = batch();
  const x = variable(tensor(images, [BATCH, 1, SIZE, SIZE]), { requiresGrad: false });
  const y = tensor(labels, [BATCH], { dtype: "int32" });
  const optimizer = new Adam(model.parameters(), { lr: LEARNING_RATE });
  const run = () =>
    scope(() => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss.item();
    });
  return { run };
}
