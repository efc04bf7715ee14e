import { createRandom } from "@conv/core";
import { Dropout, type FitStep, Linear, ReLU, Sequential } from "../src/index.js";

/** Two clouds of points around (−1, −1) and (1, 1) that a line separates, half of them each. */
export function clouds(n: number, seed: number): { readonly rows: number[][]; readonly labels: number[] } {
  const random = createRandom(seed);
  const noise = random.normal([n, 2], { std: 0.4 }).dataSync();
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const rows = labels.map((label, i) => [0, 1].map((axis) => 2 * label - 1 + noise[2 * i + axis]));
  return { rows, labels };
}

/** A small network with dropout, whose weights and draws `seed` decides. */
export function network(seed: number): Sequential {
  const random = createRandom(seed);
  return new Sequential(
    new Linear(2, 8, { random }),
    new ReLU(),
    new Dropout(0.3, { random: random.split() }),
    new Linear(8, 2, { random }),
  );
}

/** All steps of a run. */
export async function stepsOf(run: AsyncIterable<FitStep>): Promise<FitStep[]> {
  const steps: FitStep[] = [];
  for await (const step of run) steps.push(step);
  return steps;
}

export const lossesOf = (steps: readonly FitStep[]): number[] => steps.map(({ loss }) => loss);
