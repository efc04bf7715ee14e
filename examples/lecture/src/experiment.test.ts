import { mnist } from "@conv/data";
import { Flatten, Linear, Sequential } from "@conv/nn";
import { expect, test } from "vitest";
import { block } from "./blocks.js";
import { claim } from "./claim.js";
import { experiment } from "./experiment.js";

const made = claim({
  name: "made",
  title: "",
  says: "",
  models: {
    linear: () => new Sequential(new Flatten(), new Linear(28 * 28, 10)),
    convolution: () => new Sequential(...block(1, 2, 3, { stride: 4 }), new Flatten(), new Linear(2 * 7 * 7, 10)),
  },
  columns: ["accuracy", "shift2"],
  expects: [],
});

const load = async (split: "train" | "test", length: number) => ({
  ...(await mnist({ source: "digits", split })),
  length,
});

/** Accuracies only: times differ from run to run. */
async function accuracies(seeds: number) {
  const data = { train: await load("train", 480), test: await load("test", 100) };
  const findings = await experiment(made, data, { seeds, epochs: 2 }, () => {});
  return findings.map(({ accuracy }) => accuracy);
}

test("is the same for the same seeds, and more seeds go on where fewer end", async () => {
  const [two, again, one] = [await accuracies(2), await accuracies(2), await accuracies(1)];
  expect(again).toEqual(two);
  expect(one).toEqual(two.map((accuracy) => ({ 0: accuracy[0].slice(0, 1), 2: accuracy[2].slice(0, 1) })));
  expect(two.some(({ 0: [first, second] }) => first !== second)).toBe(true);
});

test("accuracy[0] is that of digits as they are, accuracy[2] that of digits two pixels away", async () => {
  for (const { 0: unmoved, 2: moved } of await accuracies(1)) {
    expect(unmoved[0]).toBeGreaterThan(0.4); // guessing is 0.1
    expect(moved[0]).toBeLessThan(unmoved[0]);
  }
});
