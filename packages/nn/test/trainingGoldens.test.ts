import { variable } from "@conv/autograd";
import { type Tensor, tensor } from "@conv/core";
import { allClose } from "@conv/core/testing";
import { goldens } from "@tooling/goldens";
import { describe, expect, test } from "vitest";
import { Adam, AdamW, clipGradNorm, clipGradValue, RMSprop, SGD } from "../src/index.js";

const classes = { SGD, Adam, AdamW, RMSprop };

describe("parameter groups and clipped gradients train as PyTorch's do", () => {
  test.each(goldens("training"))("$id", ({ params, inputs, outputs, tolerance }) => {
    const names = ["p0", "p1", "p2"];
    const parameters = names.map((name) => variable(tensor(inputs[name].values, inputs[name].shape)));
    const groups = parameters.map((p, i) => ({ params: [p], ...params.groups[i] }));
    const optimizer = new classes[params.optimizer as keyof typeof classes](groups, params.options);
    const close = (got: Tensor, name: string, at: number) =>
      expect(
        allClose(got, outputs[name].values.slice(at, at + got.size), tolerance),
        `${name} at ${at}`,
      ).toBeUndefined();
    for (let t = 0; t < params.steps; t++) {
      parameters.forEach((p, i) => {
        const gradient = inputs[`grad${i}`].values.slice(t * p.size, (t + 1) * p.size);
        p.grad = variable(tensor(gradient, p.shape), { requiresGrad: false });
      });
      if (params.maxNorm !== undefined) {
        const normType = params.normType === "inf" ? Number.POSITIVE_INFINITY : params.normType;
        close(clipGradNorm(parameters, params.maxNorm, { normType }), "norm", t);
      }
      if (params.clipValue !== undefined) clipGradValue(parameters, params.clipValue);
      optimizer.step();
      parameters.forEach((p, i) => {
        close(p.value, names[i], t * p.size);
      });
    }
  });
});
