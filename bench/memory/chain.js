// A deep chain of convolutions, forward and backward, with and without checkpoints, in bytes.

import { checkpoint, conv2d, relu, scope, sum, variable } from "@conv/autograd";
import { createRandom } from "@conv/core";
import { aliveOf, createMeter } from "./meter.js";

/**
 * The most that is alive of `blocks` blocks of `depth` layers, relu(conv2d(x, w)), each block recomputed or not, in a
 * scope or not; and the gradients.
 *
 * @param {{ blocks: number, depth: number, channels: number, size: number, isCheckpointed: boolean, isInScope: boolean }} chain
 */
export async function measureChain({ blocks, depth, channels, size, isCheckpointed, isInScope }) {
  const random = createRandom(0);
  const { device, calls } = await createMeter((kernel) => kernel.startsWith("conv"));
  const weights = Array.from({ length: blocks }, () =>
    Array.from({ length: depth }, () => variable(random.normal([channels, channels, 3, 3], { device, std: 0.2 }))),
  );
  const block = (filters) => (x) => filters.reduce((y, w) => relu(conv2d(y, w, { padding: 1 })), x);
  const x = variable(random.normal([1, channels, size, size], { device }));
  const step = () => {
    let y = x;
    for (const filters of weights) y = isCheckpointed ? checkpoint(block(filters), y) : block(filters)(y);
    sum(y).backward();
  };
  if (isInScope) scope(step);
  else step();
  const gradients = [x, ...weights.flat()].map(({ grad }) => Array.from(grad.value.storage));
  return { activation: 4 * channels * size ** 2, alive: aliveOf(calls), gradients };
}
