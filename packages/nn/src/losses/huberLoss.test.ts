import { checkGradient, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { huberLoss, l1Loss, mseLoss, smoothL1Loss } from "../index.js";

const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];
const y = () => variable(tensor(Float64Array.of(1, 5, -3)));
const target = tensor(Float64Array.of(0, 0, 0));

describe("huberLoss", () => {
  test("by hand: with δ = 2, 1 costs ½, 5 costs 2·(5 − 1), and the slopes are 1, 2 and −2", () => {
    const v = y();
    const losses = huberLoss(v, target, { delta: 2, reduction: "none" });
    expect(numbers(losses)).toEqual([0.5, 8, 4]);
    losses.backward(tensor(Float64Array.of(1, 1, 1)));
    expect(numbers(v.grad)).toEqual([1, 2, -2]);
  });

  test("is δ times smoothL1Loss with β = δ; the same at the default 1; half of mseLoss where δ is large", () => {
    const smooth = 3 * smoothL1Loss(y(), target, { beta: 3 }).item();
    expect(huberLoss(y(), target, { delta: 3 }).item()).toBeCloseTo(smooth, 13);
    expect(huberLoss(y(), target).item()).toBe(smoothL1Loss(y(), target).item());
    expect(huberLoss(y(), target, { delta: 100 }).item()).toBeCloseTo(mseLoss(y(), target).item() / 2, 13);
    const far = huberLoss(y(), target, { delta: 0.001, reduction: "sum" }).item() / 0.001;
    expect(far).toBeCloseTo(l1Loss(y(), target, { reduction: "sum" }).item(), 2);
  });

  test("its gradients are central differences, in both", () => {
    const random = createRandom(1);
    const loss = (a: Variable, b: Variable) => huberLoss(a, b, { delta: 0.7 });
    expect(checkGradient(loss, [random.normal([2, 3]), random.normal([2, 3])]).entries).toBe(12);
  });

  test("refuses what does not fit, in its own name", () => {
    expect(() => huberLoss(y(), target, { delta: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: huberLoss: delta must be a positive, finite number, got 0.]`,
    );
    expect(() => huberLoss(y(), target, { beta: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: huberLoss: unknown option beta. It takes delta, reduction.]`,
    );
    expect(() => huberLoss(y(), tensor(Float64Array.of(1)))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: huberLoss: y [3] and target [1] must have the same shape; nothing is broadcast. Pass one target for each element of y.]`,
    );
  });
});
