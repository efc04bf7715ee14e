import { checkGradient, mul, type Variable, variable } from "@conv/autograd";
import { createRandom, ShapeError, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { bceWithLogitsLoss } from "../index.js";

const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];
const none = { reduction: "none" } as const;

describe("bceWithLogitsLoss", () => {
  test("by hand: undecided costs ln 2, whatever the target; the gradient is σ(x) − t", () => {
    const x = variable(tensor(Float64Array.of(0, 0)));
    const target = tensor(Float64Array.of(1, 0));
    expect(bceWithLogitsLoss(x, target).item()).toBe(Math.LN2);
    bceWithLogitsLoss(x, target, { reduction: "sum" }).backward();
    expect(numbers(x.grad)).toEqual([-0.5, 0.5]);
  });

  test("by hand: being sure and right costs almost nothing, sure and wrong as much as the logit", () => {
    const target = tensor([1, 1, 0, 0]);
    const losses = numbers(bceWithLogitsLoss(variable(tensor([30, -1000, 1000, -30])), target, none));
    expect(losses).toEqual([Math.fround(Math.exp(-30)), 1000, 1000, Math.fround(Math.exp(-30))]); // digits kept
  });

  test("it is the cross-entropy of σ(x)", () => {
    const [x, t] = [0.7, 0.3];
    const p = 1 / (1 + Math.exp(-x));
    const loss = bceWithLogitsLoss(variable(tensor(Float64Array.of(x))), tensor(Float64Array.of(t)));
    expect(loss.item()).toBeCloseTo(-t * Math.log(p) - (1 - t) * Math.log(1 - p), 15);
  });

  test("by hand: a yes counts posWeight times, an element weight times; the mean is over all elements", () => {
    const x = variable(tensor(Float64Array.of(0, 0)));
    const target = tensor(Float64Array.of(1, 0));
    const posWeight = tensor(Float64Array.of(3));
    const weight = tensor(Float64Array.of(1, 10));
    expect(numbers(bceWithLogitsLoss(x, target, { posWeight, ...none }))).toEqual([3 * Math.LN2, Math.LN2]);
    expect(numbers(bceWithLogitsLoss(x, target, { weight, ...none }))).toEqual([Math.LN2, 10 * Math.LN2]);
    expect(bceWithLogitsLoss(x, target, { weight, posWeight }).item()).toBeCloseTo((13 / 2) * Math.LN2, 14);
  });

  test("with posWeight, too, being sure loses no digits and cannot overflow", () => {
    const x = variable(tensor([30, -1000, 1000, -30]));
    const losses = bceWithLogitsLoss(x, tensor([1, 1, 0, 0]), { posWeight: tensor([2, 2, 2, 2]), ...none });
    expect(numbers(losses)).toEqual([Math.fround(2 * Math.exp(-30)), 2000, 1000, Math.fround(Math.exp(-30))]);
    const one = tensor(Float64Array.of(1));
    const wrong = bceWithLogitsLoss(variable(tensor(Float64Array.of(-25))), one, { posWeight: mul(one, 2) });
    expect(wrong.item()).toBeCloseTo(2 * (25 + Math.log1p(Math.exp(-25))), 13); // 25 + 1.4e-11
  });

  test("its gradients of first and second order are central differences with weights, too", () => {
    const random = createRandom(2);
    const inputs = [random.normal([2, 3]), random.uniform([2, 3])];
    const weights = {
      weight: random.uniform([2, 1], { dtype: "float64" }),
      posWeight: random.uniform([3], { high: 4, dtype: "float64" }),
    };
    const loss = (x: Variable, t: Variable) => bceWithLogitsLoss(x, t, weights);
    expect(checkGradient(loss, inputs).entries).toBe(12);
    expect(checkGradient(loss, inputs, { order: 2 }).entries).toBe(12);
  });

  test("its gradients of first and second order are central differences, in both", () => {
    const random = createRandom(1);
    const inputs = [random.normal([2, 3]), random.uniform([2, 3])];
    const loss = (x: Variable, t: Variable) => bceWithLogitsLoss(x, t);
    expect(checkGradient(loss, inputs).entries).toBe(12);
    expect(checkGradient(loss, inputs, { order: 2 }).entries).toBe(12);
  });

  test("what does not fit is refused, in its own name", () => {
    const x = variable(tensor([[1], [2]]));
    expect(() => bceWithLogitsLoss(x, tensor([1, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: bceWithLogitsLoss: logits [2, 1] and target [2] must have the same shape; nothing is broadcast. Reshape one: reshape(logits, [2]).]`,
    );
    expect(() => bceWithLogitsLoss(x, tensor(Int32Array.of(1, 0), [2, 1]))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bceWithLogitsLoss: logits is float32, but target is int32. Make the target of dtype "float32".]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { reduction: "avg" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: bceWithLogitsLoss: reduction must be "mean", "sum" or "none", got "avg".]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { pos_weight: x } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bceWithLogitsLoss: unknown option pos_weight. Did you mean posWeight?]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { posWeight: tensor([1, 2, 3]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: bceWithLogitsLoss, posWeight with logits: the shape [3] does not broadcast to [2, 1]. Make each of its axes 1, or as long as that of the logits.]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { weight: tensor([1, 2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: bceWithLogitsLoss, weight with logits: the shape [2] does not broadcast to [2, 1]. Make each of its axes 1, or as long as that of the logits.]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { weight: tensor([[[1]]]) })).toThrow(ShapeError);
    expect(() => bceWithLogitsLoss(x, x, { weight: 2 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bceWithLogitsLoss: weight must be a tensor, got 2. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => bceWithLogitsLoss(x, x, { weight: tensor(Float64Array.of(1)) })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: bceWithLogitsLoss: weight is float64, but the logits are float32. Make it of dtype "float32".]`,
    );
  });
});
