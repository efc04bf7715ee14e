// The training step in the words of JAX: valueAndGrad of the loss, and Adam by hand.

import { blockUntilReady, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { BATCH, batch, CLASSES, initialParameters, LEARNING_RATE, SIZE } from "../../cpu/network.js";
import { arrayOf } from "./array.js";

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** relu(conv(x, w) + b), and the largest of each square of 2 × 2 pixels. */
function block(x, w, b) {
  const pads = [1, 1];
  const y = nn.relu(lax.convGeneralDilated(x, w, [1, 1], [pads, pads]).add(b.reshape([-1, 1, 1])));
  const [n, c, height, width] = y.shape;
  return np.max(y.reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]);
}

const linear = (x, w, b) => np.dot(x, w.transpose()).add(b);

/** The mean cross-entropy of the network, by its parameters. */
function lossOf([w1, b1, w2, b2, w3, b3, w4, b4], images, targets) {
  const features = block(block(images, w1, b1), w2, b2).reshape([BATCH, -1]);
  const logits = linear(nn.relu(linear(features, w3, b3)), w4, b4);
  return nn
    .logSoftmax(logits, -1)
    .mul(targets)
    .sum()
    .mul(-1 / BATCH);
}

/** A step of Adam for one parameter: what it is from now on, and its two means. */
function adam(p, g, m, v, step) {
  const mean = m.mul(BETA1).add(g.ref.mul(1 - BETA1));
  const square = v.mul(BETA2).add(g.ref.mul(g).mul(1 - BETA2));
  const root = np.sqrt(square.ref.mul(1 / (1 - BETA2 ** step))).add(EPSILON);
  return [p.sub(mean.ref.mul(LEARNING_RATE / (1 - BETA1 ** step)).div(root)), mean, square];
}

/** @returns {import("../../cpu/handler.js").Subject} */
export function training() {
  const initial = initialParameters();
  const zeros = () => initial.map(({ shape }) => np.zeros(shape));
  let parameters = initial.map(({ values, shape }) => arrayOf(values, shape));
  let [means, squares] = [zeros(), zeros()];
  const { images, labels } = batch();
  const x = arrayOf(images, [BATCH, 1, SIZE, SIZE]);
  const targets = arrayOf(
    Float32Array.from({ length: BATCH * CLASSES }, (_, i) => (labels[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0)),
    [BATCH, CLASSES],
  );
  let step = 0;
  const run = async () => {
    step++;
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x.ref, targets.ref);
    const next = parameters.map((p, i) => adam(p, gradients[i], means[i], squares[i], step));
    [parameters, means, squares] = [0, 1, 2].map((which) => next.map((one) => one[which]));
    await blockUntilReady(next);
    return (await loss.data())[0];
  };
  return { run, free: () => tree.dispose([parameters, means, squares, x, targets]) };
}
