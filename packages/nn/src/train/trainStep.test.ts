import { scope } from "@conv/autograd";
import { createRandom } from "@conv/core";
import { expect, test } from "vitest";
import { clouds, network } from "../../test/runs.js";
import { toyLoader } from "../../test/toyLoader.js";
import { fit, gradNorm, SGD } from "../index.js";

const { rows, labels } = clouds(10, 1);
const loader = () => toyLoader(rows, labels, { batchSize: 4, random: createRandom(1) });
const start = () => {
  const model = network(1);
  return { model, optimizer: new SGD(model.parameters(), { lr: 0.5, momentum: 0.5 }) };
};

test("gradNorm of the gradients that a step leaves is what the step said", async () => {
  const { model, optimizer } = start();
  for await (const step of fit(model, loader(), { optimizer, epochs: 1 })) {
    expect(scope(() => gradNorm(model.parameters())).item()).toBe(step.gradNorm);
  }
});
