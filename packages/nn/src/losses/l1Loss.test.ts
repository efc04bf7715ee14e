import { checkGradient, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { l1Loss } from "../index.js";

const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];
const y = () => variable(tensor([1, 5, 2]));
const target = tensor([1, 2, 8]);

describe("l1Loss", () => {
  test("by hand: differences 0, 3, −6 make the mean 9/3 = 3; the gradient is their sign, 0 at 0, divided by 3", () => {
    const x = y();
    const loss = l1Loss(x, target);
    expect([loss.shape, loss.item()]).toEqual([[], 3]);
    loss.backward();
    expect(numbers(x.grad)).toEqual([0, 1 / 3, -1 / 3].map(Math.fround));
  });

  test("by hand: the sum is 9, and each loss 0, 3, 6", () => {
    expect(l1Loss(y(), target, { reduction: "sum" }).item()).toBe(9);
    expect(numbers(l1Loss(y(), target, { reduction: "none" }))).toEqual([0, 3, 6]);
  });

  test("its gradient is that of central differences, in both, away from where they are equal", () => {
    const random = createRandom(1);
    const loss = (a: Variable, b: Variable) => l1Loss(a, b);
    const inputs = [random.uniform([2, 3], { low: -1, high: -0.1 }), random.uniform([2, 3], { low: 0.1, high: 1 })];
    expect(checkGradient(loss, inputs).entries).toBe(12);
    expect(checkGradient(loss, inputs.reverse()).entries).toBe(12);
  });

  test("refuses shapes that differ, and options it does not have", () => {
    expect(() => l1Loss(y(), tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: l1Loss: y [3] and target [1] must have the same shape; nothing is broadcast. Pass one target for each element of y.]`,
    );
    expect(() => l1Loss(y(), target, { reduction: "avg" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: l1Loss: reduction must be "mean", "sum" or "none", got "avg".]`,
    );
    expect(() => l1Loss(y(), target, { beta: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: l1Loss: unknown option beta. It takes reduction.]`,
    );
  });
});
