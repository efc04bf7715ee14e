import type { Tensor } from "@conv/core";
import { expect, test } from "vitest";
import { expectValues, parameter } from "../../test/steps.js";
import { Adam, OneCycleLR, Optimizer, SGD } from "../index.js";

test("by hand: straight up from 0.1 to 1 in the first half of 5 steps, down to 0.001; momentum the other way", () => {
  const optimizer = new SGD([parameter()]);
  const options = { maxLr: 1, totalSteps: 5, pctStart: 0.6, annealStrategy: "linear", divFactor: 10 } as const;
  const schedule = new OneCycleLR(optimizer, { ...options, finalDivFactor: 100 });
  const [rates, momenta] = [[optimizer.lr], [optimizer.groups[0].momentum]];
  for (let t = 0; t < 4; t++) {
    schedule.step();
    rates.push(optimizer.lr);
    momenta.push(optimizer.groups[0].momentum);
  }
  expectValues(rates, [0.1, 0.55, 1, (1 + 0.001) / 2, 0.001]);
  expectValues(momenta, [0.95, 0.9, 0.85, 0.9, 0.95]);
});

test("it cycles the first beta of Adam, and leaves the second", () => {
  const optimizer = new Adam([parameter()]);
  new OneCycleLR(optimizer, { maxLr: 1, epochs: 2, stepsPerEpoch: 3 });
  expect(optimizer.groups[0].betas).toEqual([0.95, 0.999]);
});

test("a cycle without a rise begins at the top", () => {
  const optimizer = new SGD([parameter()]);
  new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 1, pctStart: 1 });
  expect(optimizer.lr).toBe(1); // PyTorch divides 0 by 0 here
});

test("a cycle that is over says so", () => {
  const schedule = new OneCycleLR(new SGD([parameter()]), { maxLr: 1, totalSteps: 2 });
  schedule.step();
  schedule.step();
  expect(() => schedule.step()).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: OneCycleLR: the cycle has 2 steps and is over, but was asked for step 3. Make it as long as the run.]`,
  );
});

test("what cannot be is refused", () => {
  const optimizer = new SGD([parameter()]);
  const make = (options: object) => () => new OneCycleLR(optimizer, { maxLr: 1, ...options } as never);
  expect(make({})).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: OneCycleLR: the number of steps is missing. Pass totalSteps, or epochs and stepsPerEpoch.]`,
  );
  expect(make({ epochs: 3 })).toThrow("Pass totalSteps, or epochs and stepsPerEpoch");
  expect(make({ totalSteps: 0 })).toThrow("totalSteps must be a positive integer");
  expect(make({ totalSteps: 5, pctStart: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: OneCycleLR: pctStart must be from 0 to 1, got 1.5.]`,
  );
  expect(make({ totalSteps: 5, divFactor: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: OneCycleLR: divFactor must be above 0, got 0.]`,
  );
  expect(make({ totalSteps: 5, annealStrategy: "cosine" })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: OneCycleLR: annealStrategy must be one of "cos", "linear", got "cosine".]`,
  );
  expect(make({ totalSteps: 5, maxLr: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: OneCycleLR: maxLr must be one number, or one for each of 1 group, got [1, 2].]`,
  );
  expect(make({ totalSteps: 5, maxLr: undefined })).toThrow("maxLr");
  class Plain extends Optimizer {
    protected readonly remembers = [];
    protected update(p: Tensor): Tensor {
      return p;
    }
  }
  const plain = new Plain("Plain", [parameter()], { lr: 1 });
  expect(() => new OneCycleLR(plain, { maxLr: 1, totalSteps: 5 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: OneCycleLR: this optimizer has no momentum to cycle. Pass { cycleMomentum: false }.]`,
  );
  expect(() => new OneCycleLR(plain, { maxLr: 1, totalSteps: 5, cycleMomentum: false })).not.toThrow();
});
