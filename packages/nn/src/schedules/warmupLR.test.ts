import { expect, test } from "vitest";
import { expectValues, parameter } from "../../test/steps.js";
import { CosineLR, ReduceLROnPlateau, SGD, StepLR, WarmupLR } from "../index.js";

test("by hand: from a half to all in two steps, and then it stays", () => {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const schedule = new WarmupLR(optimizer, { startFactor: 0.5, totalIters: 2 });
  const rates = [optimizer.lr];
  for (let t = 0; t < 4; t++) {
    schedule.step();
    rates.push(optimizer.lr);
  }
  expectValues(rates, [0.5, 0.75, 1, 1, 1]);
  expect(schedule.every).toBe("step");
});

test("then `after` begins at its step 0, in its own rhythm and with its own metric", () => {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const after = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  const schedule = new WarmupLR(optimizer, { startFactor: 0.5, totalIters: 2, after });
  schedule.step();
  expect([optimizer.lr, schedule.every]).toEqual([0.75, "step"]);
  schedule.step();
  expect([optimizer.lr, schedule.every]).toEqual([1, "epoch"]);
  schedule.step();
  expect(optimizer.lr).toBe(0.5);
  const plateau = new ReduceLROnPlateau(optimizer, { mode: "max", patience: 0 });
  const other = new WarmupLR(optimizer, { totalIters: 1, after: plateau });
  expect(other.monitor).toBe("accuracy");
  other.step();
  other.step(0.5);
  expect(plateau.stateDict().best).toBe(0.5);
});

test("jump knows both halves", () => {
  const rates = (go: (schedule: WarmupLR) => void) => {
    const optimizer = new SGD([parameter()], { lr: 1 });
    const after = new CosineLR(optimizer, { tMax: 10 });
    const schedule = new WarmupLR(optimizer, { totalIters: 3, after });
    go(schedule);
    schedule.step();
    return optimizer.lr;
  };
  for (const t of [0, 2, 3, 7]) {
    const stepped = rates((schedule) => {
      for (let i = 0; i < t; i++) schedule.step();
    });
    expect(rates((schedule) => schedule.jump(t))).toBe(stepped);
  }
});

test("a state without `after` does not go into one with it, nor the other way; nothing is changed", () => {
  const optimizer = new SGD([parameter()]);
  const plain = new WarmupLR(optimizer);
  const both = new WarmupLR(optimizer, { after: new StepLR(optimizer, { stepSize: 1 }) });
  both.step();
  const before = both.stateDict();
  expect(() => both.loadStateDict(plain.stateDict())).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the WarmupLR of the state has none an after, but this one has.]`,
  );
  expect(() => plain.loadStateDict(before)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the WarmupLR of the state has an after, but this one has none.]`,
  );
  expect(() => both.loadStateDict({ ...before, step: 3, after: { schedule: "CosineLR" } })).toThrow(
    "that of a CosineLR",
  );
  expect(both.stateDict()).toEqual(before);
});

test("what cannot be is refused", () => {
  const optimizer = new SGD([parameter()]);
  const make = (options: object) => () => new WarmupLR(optimizer, options);
  expect(make({ startFactor: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: WarmupLR: startFactor must be above 0 and at most 1, got 0.]`,
  );
  expect(make({ endFactor: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: WarmupLR: endFactor must be from 0 to 1, got 2.]`,
  );
  expect(make({ totalIters: 0 })).toThrow("totalIters must be a positive integer");
  expect(make({ after: "cosine" })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: WarmupLR: after must be a schedule, got "cosine".]`,
  );
  const after = new StepLR(new SGD([parameter()]), { stepSize: 1 });
  expect(make({ after })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: WarmupLR: after changes another optimizer. Make both with the same one.]`,
  );
});
