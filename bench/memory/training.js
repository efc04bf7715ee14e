// A small network trains for many steps, synchronously, so that nothing is given back between tasks; what is in use now and
// then, and the most memory the process held.

import { conv2d, linear, logSoftmax, maxPool2d, mul, neg, relu, reshape, scope, sum, variable } from "@conv/autograd";
import { cpu, createRandom, oneHot, sub, tensor, mul as times } from "@conv/core";
import { Adam, BatchNorm2d, Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "@conv/nn";

const BATCH = 4;
const SIZE = 8;
const CLASSES = 3;

/** Layers and an optimizer: a step that returns its loss. */
function layers(random) {
  const model = new Sequential(
    new Conv2d(1, 8, 3, { padding: 1, random }),
    new BatchNorm2d(8),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(8, 16, 3, { padding: 1, random }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(16 * 4, 32, { random }),
    new ReLU(),
    new Linear(32, CLASSES, { random }),
  );
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  const images = variable(random.normal([BATCH, 1, SIZE, SIZE]), { requiresGrad: false });
  const labels = tensor(Int32Array.of(0, 1, 2, 0));
  return () => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images), labels);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}

/** The same by hand, without layers, of operators whose results a program may hold. */
function operators(random) {
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
  return () => {
    const loss = lossOf(parameters);
    loss.backward();
    for (const parameter of Object.values(parameters)) {
      parameter.value = sub(parameter.value, times(parameter.grad.value, 0.01));
      parameter.grad = undefined;
    }
    return loss.item();
  };
}

const programs = { layers, operators };

/**
 * Trains, and never disposes of anything.
 *
 * @param {{ program: "layers" | "operators", steps: number, every: number, isInScope: boolean, memory?: number }} run
 *   `memory`: bytes of WebAssembly's memory for tensors.
 * @returns A sample after every `every` steps: bytes of tensors in WebAssembly's memory, of ordinary arrays and the heap,
 *   and of the whole process; and the losses then.
 */
export async function measureTraining({ program, steps, every, isInScope, memory }) {
  await cpu.configure({ threads: 1, ...(memory === undefined ? {} : { memory }) });
  const step = programs[program](createRandom(0));
  const samples = [];
  const losses = [];
  for (let i = 1; i <= steps; i++) {
    const loss = isInScope ? scope(step) : step();
    if (i % every !== 0) continue;
    samples.push(sample(i));
    losses.push(loss);
  }
  return { samples, losses };
}

function sample(step) {
  const { rss } = process.memoryUsage(); // before anything is collected on purpose
  globalThis.gc();
  globalThis.gc();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { step, used: cpu.info().memory.used, rss, alive: arrayBuffers + heapUsed };
}
