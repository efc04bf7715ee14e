import type { Dataset } from "@conv/data";

let unseen: Promise<Dataset> | undefined;

/**
 * A digit of somebody's hand that the network has never seen.
 *
 * @param wanted Which digit.
 * @param turn Which of them: 0 is the first, and after the last comes the first again.
 * @returns 28 × 28 pixels from 0 to 1.
 */
export async function exampleOf(wanted: number, turn = 0): Promise<Float32Array> {
  unseen ??= import("@conv/data/digits").then(({ digits }) => digits({ split: "test" }));
  const dataset = await unseen;
  const labels = dataset.get(Array.from({ length: dataset.length }, (_, i) => i)).y.dataSync();
  const places = [...labels.keys()].filter((i) => labels[i] === wanted);
  return Float32Array.from(dataset.get([places[turn % places.length]]).x.dataSync());
}
