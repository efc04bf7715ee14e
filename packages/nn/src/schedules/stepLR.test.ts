import { expect, test } from "vitest";
import { parameter } from "../../test/steps.js";
import { Adam, SGD, StepLR } from "../index.js";

test("by hand: after every 2 steps a tenth, in every group", () => {
  const optimizer = new SGD([{ params: [parameter()], lr: 1 }, { params: [parameter()] }], { lr: 0.5 });
  const schedule = new StepLR(optimizer, { stepSize: 2 });
  const rates = [schedule.lastLr];
  for (let t = 0; t < 4; t++) {
    schedule.step();
    rates.push(schedule.lastLr);
  }
  expect(rates[1]).toEqual([1, 0.5]);
  expect(rates[2][0]).toBeCloseTo(0.1, 14);
  expect(rates[4][1]).toBeCloseTo(0.005, 14);
  expect(schedule.every).toBe("epoch");
  expect(new StepLR(optimizer, { stepSize: 2, every: "step" }).every).toBe("step");
});

test("a rate that was set by hand meanwhile is scaled from there", () => {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  schedule.step();
  optimizer.lr = 8;
  schedule.step();
  expect(optimizer.lr).toBe(4);
});

test("jump goes to a step, whatever the rate is now", () => {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  optimizer.lr = 8;
  schedule.jump(3);
  expect([optimizer.lr, schedule.steps]).toEqual([0.125, 3]);
});

test("a second schedule starts from the same rate as the first; after lr is assigned, from that", () => {
  const optimizer = new SGD([parameter()], { lr: 1 });
  const first = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
  first.step();
  expect(new StepLR(optimizer, { stepSize: 1 }).baseLrs).toEqual([1]);
  optimizer.lr = 3;
  expect(new StepLR(optimizer, { stepSize: 1 }).baseLrs).toEqual([3]);
});

test("its state is plain JSON; that of another schedule, or a damaged one, is refused and changes nothing", () => {
  const make = () => new StepLR(new Adam([parameter()], { lr: 0.5 }), { stepSize: 1 });
  const schedule = make();
  schedule.step();
  const state = schedule.stateDict();
  expect(state).toEqual({ schedule: "StepLR", step: 1, baseLrs: [0.5] });
  const other = make();
  other.loadStateDict(state);
  expect(other.stateDict()).toEqual(state);
  expect(() => other.loadStateDict({ ...state, schedule: "CosineLR" })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the state is that of a CosineLR, not of StepLR. Use the schedule it was saved with.]`,
  );
  expect(() => other.loadStateDict({ ...state, step: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the state of StepLR is damaged: step is 1.5.]`,
  );
  expect(() => other.loadStateDict({ ...state, step: 4, baseLrs: [1, 2] })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the state of StepLR is damaged: baseLrs is [1, 2].]`,
  );
  expect(() => other.loadStateDict({})).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: loadStateDict: the state is that of something else, not of StepLR. Use the schedule it was saved with.]`,
  );
  expect(other.stateDict()).toEqual(state);
});

test("what cannot be is refused", () => {
  const optimizer = new SGD([parameter()]);
  const make = (options: object) => () => new StepLR(optimizer, options as never);
  expect(make({})).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: StepLR: stepSize must be a positive integer, got undefined.]`,
  );
  expect(make({ stepSize: 1.5 })).toThrow("stepSize must be a positive integer");
  expect(make({ stepSize: 2, gamma: -1 })).toThrow("gamma must be a finite number of at least 0");
  expect(make({ stepSize: 2, step_size: 3 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: StepLR: unknown option step_size. Did you mean stepSize?]`,
  );
  expect(make({ stepSize: 2, every: "batch" })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: StepLR: every must be one of "step", "epoch", got "batch".]`,
  );
  expect(() => new StepLR([parameter()] as never, { stepSize: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: StepLR: the first argument must be an optimizer, got [a tensor [1]]. Pass the one that fit is given.]`,
  );
});
