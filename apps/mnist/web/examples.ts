import type { Dataset } from "@conv/data";

interface Unseen {
  readonly dataset: Dataset;
  readonly labels: ArrayLike<number>;
}

let unseen: Promise<Unseen> | undefined;

async function load(): Promise<Unseen> {
  const { digits } = await import("@conv/data/digits");
  const dataset = await digits({ split: "test" });
  return { dataset, labels: dataset.get(Array.from({ length: dataset.length }, (_, i) => i)).y.dataSync() };
}

/**
 * A digit of somebody's hand that the network has never seen.
 *
 * @param wanted Which digit.
 * @param turn Which of them: 0 is the first, and after the last comes the first again.
 * @returns 28 × 28 pixels from 0 to 1.
 */
export async function exampleOf(wanted: number, turn = 0): Promise<Float32Array> {
  unseen ??= load();
  const { dataset, labels } = await unseen;
  const places = Array.from({ length: labels.length }, (_, i) => i).filter((i) => labels[i] === wanted);
  return Float32Array.from(dataset.get([places[turn % places.length]]).x.dataSync());
}
