import { checkGradient, grad, sum, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { l1Loss, mseLoss, smoothL1Loss } from "../index.js";

const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];
/** Differences 0, 0.5, −0.5, 1, −3. */
const y = () => variable(tensor([7, 7.5, 6.5, 8, 4]));
const target = tensor([7, 7, 7, 7, 7]);

describe("smoothL1Loss", () => {
  test("by hand: d²/2 below 1, |d| − ½ from there on; its slope is d, then the sign", () => {
    const x = y();
    const losses = smoothL1Loss(x, target, { reduction: "none" });
    expect(numbers(losses)).toEqual([0, 0.125, 0.125, 0.5, 2.5]);
    sum(losses).backward();
    expect(numbers(x.grad)).toEqual([0, 0.5, -0.5, 1, -1]);
  });

  test("by hand: the sum is 3.25, the mean a fifth of it", () => {
    expect(smoothL1Loss(y(), target, { reduction: "sum" }).item()).toBe(3.25);
    expect(smoothL1Loss(y(), target).item()).toBe(Math.fround(0.65));
  });

  test("by hand: with β = 2 the parabola is d²/4 and ends at 2", () => {
    expect(numbers(smoothL1Loss(y(), target, { beta: 2, reduction: "none" }))).toEqual([0, 0.0625, 0.0625, 0.25, 2]);
  });

  test("with β = 0 it is l1Loss, with a large β half of mseLoss / β; gradients too", () => {
    for (const [options, other, factor] of [
      [{ beta: 0 }, l1Loss, 1],
      [{ beta: 4 }, mseLoss, 1 / 8],
    ] as const) {
      const [x, same] = [y(), y()];
      const [loss, expected] = [smoothL1Loss(x, target, options), other(same, target)];
      expect(loss.item()).toBeCloseTo(expected.item() * factor, 6);
      loss.backward();
      expected.backward();
      numbers(x.grad).forEach((g, i) => {
        expect(g).toBeCloseTo(numbers(same.grad)[i] * factor, 6);
      });
    }
  });

  test("at the target its second derivative is that of the parabola, 1/β", () => {
    const x = variable(tensor([7]));
    const [slope] = grad(smoothL1Loss(x, tensor([7]), { beta: 0.25 }), [x], { createGraph: true });
    expect(numbers(grad(slope, [x])[0])).toEqual([4]);
  });

  test("its gradients of first and second order are central differences, in both", () => {
    const random = createRandom(3);
    const inputs = [random.normal([3, 4], { std: 2 }), random.normal([3, 4], { std: 2 })];
    const loss = (a: Variable, b: Variable) => smoothL1Loss(a, b, { beta: 1.5 });
    expect(checkGradient(loss, inputs).entries).toBe(24);
    expect(checkGradient(loss, inputs, { order: 2 }).entries).toBe(24);
  });

  test("refuses shapes that differ, a negative beta, and options it does not have", () => {
    expect(() => smoothL1Loss(y(), tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: smoothL1Loss: y [5] and target [1] must have the same shape; nothing is broadcast. Pass one target for each element of y.]`,
    );
    expect(() => smoothL1Loss(y(), target, { beta: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: smoothL1Loss: beta must be a finite number of at least 0, got -1.]`,
    );
    expect(() => smoothL1Loss(y(), target, { reduction: "avg" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: smoothL1Loss: reduction must be "mean", "sum" or "none", got "avg".]`,
    );
    expect(() => smoothL1Loss(y(), target, { delta: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: smoothL1Loss: unknown option delta. It takes beta, reduction.]`,
    );
  });
});
