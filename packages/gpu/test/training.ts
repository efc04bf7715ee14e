import { scope } from "@conv/autograd";
import { createRandom, type Device } from "@conv/core";
import { DataLoader, mnist, normalize } from "@conv/data";
import {
  Adam,
  Conv2d,
  crossEntropy,
  Dropout,
  Flatten,
  Linear,
  MaxPool2d,
  manualSeed,
  ReLU,
  Sequential,
} from "@conv/nn";

/** Steps of a training. */
export const STEPS = 30;

/** The network of apps/mnist, smaller: [N, 1, 28, 28] → [N, 10]. */
function network(): Sequential {
  return new Sequential(
    new Conv2d(1, 4, 5, { padding: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(4, 8, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(8 * 7 * 7, 32),
    new ReLU(),
    new Dropout(0.1),
    new Linear(32, 10),
  );
}

/** The losses of the first steps of a training on digits, on a device: the same batches and the same weights on each. */
export async function lossesOn(device: Device): Promise<number[]> {
  manualSeed(1);
  const model = network().to(device);
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const digits = await mnist({ source: "digits" });
  const transform = normalize(0.1307, 0.3081);
  const loader = new DataLoader(digits, { batchSize: 12, shuffle: true, random: createRandom(2), transform });
  const losses: number[] = [];
  for await (const { x, y } of loader) {
    const loss = scope(() => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(x.to(device)), y); // labels stay on the cpu
      loss.backward();
      optimizer.step();
      return loss.value;
    });
    losses.push((await loss.data())[0]);
    loss.dispose();
    if (losses.length === STEPS) break;
  }
  return losses;
}
