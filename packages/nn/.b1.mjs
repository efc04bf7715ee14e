import { scope } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { Adam, Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "@conv/nn";

const model = new Sequential(
  new Conv2d(1, 8, 3),
  new ReLU(),
  new MaxPool2d(2),
  new Flatten(),
  new Linear(8 * 13 * 13, 10),
);
const optimizer = new Adam(model.parameters());
const x = createRandom(1).normal([16, 1, 28, 28]);
const labels = tensor(new Int32Array(16), [16]);
for (let i = 0; i < 10; i++)
  scope(() => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), labels);
    loss.backward();
    optimizer.step();
    console.log(loss.item());
  });
