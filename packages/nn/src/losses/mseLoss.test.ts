import { checkGradient, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { mseLoss } from "../index.js";

const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];
const y = () => variable(tensor([1, 5, 2]));
const target = tensor([1, 2, 8]);

describe("mseLoss", () => {
  test("by hand: differences 0, 3, −6 make the mean 45/3 = 15, the gradient 2/3 of them", () => {
    const x = y();
    const loss = mseLoss(x, target);
    expect([loss.shape, loss.item()]).toEqual([[], 15]);
    loss.backward();
    expect(numbers(x.grad)).toEqual([0, 2, -4]);
  });

  test("by hand: the sum is 45, and each loss 0, 9, 36", () => {
    expect(mseLoss(y(), target, { reduction: "sum" }).item()).toBe(45);
    expect(numbers(mseLoss(y(), target, { reduction: "none" }))).toEqual([0, 9, 36]);
  });

  test("the gradient flows into a target that is a Variable, the other way", () => {
    const to = variable(target);
    mseLoss(y(), to, { reduction: "sum" }).backward();
    expect(numbers(to.grad)).toEqual([-0, -6, 12]);
  });

  test("its gradients of first and second order are central differences, in both", () => {
    const random = createRandom(1);
    const loss = (a: Variable, b: Variable) => mseLoss(a, b);
    const inputs = [random.normal([2, 3]), random.normal([2, 3])];
    expect(checkGradient(loss, inputs).entries).toBe(12);
    expect(checkGradient(loss, inputs, { order: 2 }).entries).toBe(12);
  });

  test("refuses shapes that differ, even where they would broadcast", () => {
    expect(() => mseLoss(variable(tensor([[1], [2], [3]])), target)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mseLoss: y [3, 1] and target [3] must have the same shape; nothing is broadcast. Reshape one: reshape(y, [3]).]`,
    );
    expect(() => mseLoss(y(), tensor(1))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mseLoss: y [3] and target [] must have the same shape; nothing is broadcast. Pass one target for each element of y.]`,
    );
  });

  test("refuses labels, which are integers, and options it does not have", () => {
    expect(() => mseLoss(y(), tensor(Int32Array.of(1, 2, 8)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mseLoss: y is float32, but target is int32. Make the target of dtype "float32".]`,
    );
    expect(() => mseLoss(y(), [1, 2, 8] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mseLoss: target must be a tensor, got [1, 2, 8]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => mseLoss(y(), target, { reduction: "avg" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: mseLoss: reduction must be "mean", "sum" or "none", got "avg".]`,
    );
    expect(() => mseLoss(y(), target, { weight: target } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: mseLoss: unknown option weight. It takes reduction.]`,
    );
  });
});
