// A small network trains for many steps; what is alive after each thousand, and the most memory the process held.

import { conv2d, linear, logSoftmax, maxPool2d, mul, neg, relu, reshape, sum, variable } from "@conv/autograd";
import { createRandom, oneHot, sub, tensor, mul as times } from "@conv/core";

const BATCH = 4;
const SIZE = 8;
const CLASSES = 3;

/**
 * Trains by hand-written gradient descent; nothing is ever disposed of.
 *
 * @param {{ steps: number, every: number, isAsync: boolean }} run `isAsync`: every step awaits its loss.
 * @returns A sample after every `every` steps: bytes alive in arrays and on the heap, and of the whole process.
 */
export async function measureTraining({ steps, every, isAsync }) {
  const random = createRandom(0);
  const parameters = {
    filters: variable(random.normal([4, 1, 3, 3], { std: 0.3 })),
    bias: variable(random.normal([4], { std: 0.1 })),
    weight: variable(random.normal([CLASSES, 4 * 16], { std: 0.1 })),
  };
  const images = random.normal([BATCH, 1, SIZE, SIZE]);
  const targets = oneHot(tensor([0, 1, 2, 0]), CLASSES);
  const lossOf = ({ filters, bias, weight }) => {
    const features = maxPool2d(relu(conv2d(images, filters, { bias, padding: 1 })), 2);
    return neg(sum(mul(logSoftmax(linear(reshape(features, [BATCH, -1]), weight), 1), targets)));
  };
  const samples = [];
  let loss = Number.NaN;
  for (let step = 1; step <= steps; step++) {
    const y = lossOf(parameters);
    y.backward();
    for (const parameter of Object.values(parameters)) {
      parameter.value = sub(parameter.value, times(parameter.grad.value, 0.01));
      parameter.grad = undefined;
    }
    loss = isAsync ? (await y.data())[0] : y.item();
    if (step % every === 0) samples.push(sample(step));
  }
  return { samples, loss };
}

function sample(step) {
  const { rss, arrayBuffers: held } = process.memoryUsage(); // before anything is collected on purpose
  globalThis.gc();
  globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { step, rss, held, alive: arrayBuffers + heapUsed };
}
