import { add, type Random, tensor } from "@conv/core";
import { type Batch, tensorDataset } from "../src/dataset.js";

/** n examples; example i is the number i with the label i. */
export const counting = (n: number) =>
  tensorDataset(
    tensor(Float32Array.from({ length: n }, (_, i) => i)),
    tensor(Int32Array.from({ length: n }, (_, i) => i)),
  );

/** x + noise: one draw per example. */
export const noisy = ({ x, ...rest }: Batch, random: Random) => ({ ...rest, x: add(x, random.uniform(x.shape)) });

/** The elements of x of each batch. */
export async function valuesOf(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const all: number[][] = [];
  for await (const { x } of batches) all.push(Array.from(x.dataSync()));
  return all;
}

/** Until timers had their turn. */
export const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
