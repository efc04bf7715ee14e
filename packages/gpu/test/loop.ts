import { scope } from "@conv/autograd";
import { createRandom, type Device, tensor } from "@conv/core";
import { Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, manualSeed, ReLU, Sequential, SGD } from "@conv/nn";
import type { GpuDevice } from "../src/index.js";

/**
 * Trains a network as small as can be, a step each time it is asked. No loss is read, which would wait for the device: work must
 * not pile up either way.
 */
export async function* longTraining(device: Device): AsyncGenerator<void, never> {
  manualSeed(1);
  const layers = [new Conv2d(1, 2, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(2 * 3 * 3, 4)];
  const model = new Sequential(...layers).to(device);
  const optimizer = new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const images = createRandom(2).normal([8, 1, 8, 8]);
  const labels = tensor(Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3));
  while (true) {
    const loss = scope(() => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model.forward(images.to(device)), labels);
      loss.backward();
      optimizer.step();
      return loss.value;
    });
    loss.dispose();
    yield;
  }
}

/** What is held after some steps, in bytes: by tensors on the device, and by JavaScript. */
export interface Held {
  readonly onDevice: number;
  readonly heap: number;
}

/** What Node or Chromium say of the heap. */
interface Platform {
  readonly process?: { memoryUsage(): { readonly heapUsed: number } };
  readonly performance: { readonly memory?: { readonly usedJSHeapSize: number } };
  gc?(): void;
}

/** Lets it train for so many steps, and gives back what no script has any more. */
export async function takeSteps(training: AsyncGenerator, gpu: GpuDevice, steps: number): Promise<Held> {
  for (let step = 1; step <= steps; step++) {
    await training.next();
    if (step % 10 === 0) await gpu.finish();
  }
  await gpu.finish();
  const platform = globalThis as unknown as Platform;
  platform.gc?.();
  const heap = platform.process?.memoryUsage().heapUsed ?? platform.performance.memory?.usedJSHeapSize ?? Number.NaN;
  return { onDevice: gpu.info().memory.bytes, heap };
}
