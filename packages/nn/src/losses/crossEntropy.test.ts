import { checkGradient, mul, sum, type Variable, variable } from "@conv/autograd";
import { cast, createRandom, oneHot, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { crossEntropy } from "../index.js";

const labels = (...values: number[]) => tensor(Int32Array.from(values));
const numbers = (x: Tensor | Variable | undefined) => [...(x?.dataSync() ?? [])];
const logits64 = (rows: number[][]) => variable(tensor(rows, undefined, { dtype: "float64" }));

/** Digits after the point that float64 keeps here, with room for a few roundings. */
const FLOAT64 = 14;

/** Probabilities ¾, ¼ and ½, ½. */
const rows = () =>
  logits64([
    [Math.log(3), 0],
    [7, 7],
  ]);

describe("crossEntropy", () => {
  test("by hand: of two equal logits it is ln 2, and its gradient is softmax minus the label: ∓½", () => {
    const x = logits64([[5, 5]]);
    const loss = crossEntropy(x, labels(0));
    expect(loss.shape).toEqual([]);
    expect(loss.item()).toBeCloseTo(Math.log(2), FLOAT64);
    loss.backward();
    expect(numbers(x.grad)).toEqual([-0.5, 0.5]);
  });

  test("by hand: reductions of −ln ¾ and −ln ½", () => {
    const [first, second] = [Math.log(4 / 3), Math.log(2)];
    const loss = (reduction?: "mean" | "sum" | "none") => crossEntropy(rows(), labels(0, 1), { reduction });
    expect(loss().item()).toBeCloseTo((first + second) / 2, FLOAT64);
    expect(loss("mean").item()).toBe(loss().item());
    expect(loss("sum").item()).toBeCloseTo(first + second, FLOAT64);
    expect(loss("none").shape).toEqual([2]);
    expect(numbers(loss("none"))[0]).toBeCloseTo(first, FLOAT64);
    expect(numbers(loss("none"))[1]).toBeCloseTo(second, FLOAT64);
  });

  test("by hand: with label smoothing 0.2 the target is 0.9 and 0.1", () => {
    const loss = crossEntropy(rows(), labels(0, 1), { labelSmoothing: 0.2, reduction: "none" });
    expect(numbers(loss)[0]).toBeCloseTo(0.9 * Math.log(4 / 3) + 0.1 * Math.log(4), FLOAT64);
    expect(numbers(loss)[1]).toBeCloseTo(Math.log(2), FLOAT64);
  });

  test("by hand: weights 1 and 3 make the mean (1·ln 4⁄3 + 3·ln 2) / 4", () => {
    const weight = tensor([1, 3]);
    const loss = crossEntropy(rows(), labels(0, 1), { weight });
    expect(loss.item()).toBeCloseTo((Math.log(4 / 3) + 3 * Math.log(2)) / 4, FLOAT64);
  });

  test("ignored examples neither count nor receive a gradient, whatever their logits", () => {
    const x = rows();
    const loss = crossEntropy(x, labels(0, -100));
    expect(loss.item()).toBeCloseTo(Math.log(4 / 3), FLOAT64);
    loss.backward();
    expect(numbers(x.grad).slice(2).map(Math.abs)).toEqual([0, 0]);
    expect(crossEntropy(rows(), labels(0, 1), { ignoreIndex: 0 }).item()).toBeCloseTo(Math.log(2), FLOAT64);
  });

  test("takes logits [N, C, H, W] with labels [N, H, W]: each pixel is an example", () => {
    const x = createRandom(1).normal([2, 3, 2, 2], { dtype: "float64" });
    const y = tensor(Int32Array.of(0, 1, 2, 0, 1, 1, 2, 0), [2, 2, 2]);
    const losses = crossEntropy(variable(x), y, { reduction: "none" });
    expect(losses.shape).toEqual([2, 2, 2]);
    const [xs, ys] = [numbers(x), numbers(y)];
    const expected = ys.map((label, at) => {
      const pixel = [0, 1, 2].map((c) => xs[Math.floor(at / 4) * 12 + c * 4 + (at % 4)]);
      return Math.log(pixel.reduce((total, v) => total + Math.exp(v), 0)) - pixel[label];
    });
    numbers(losses).forEach((loss, at) => {
      expect(loss).toBeCloseTo(expected[at], FLOAT64 - 1);
    });
  });

  test("large logits neither overflow nor lose the loss", () => {
    expect(crossEntropy(logits64([[1000, 0]]), labels(1)).item()).toBe(1000);
    expect(crossEntropy(logits64([[-1e300, 0]]), labels(1)).item()).toBeCloseTo(0, FLOAT64); // −0 is as good
  });

  test("its gradients of first and second order are central differences, with all options at once", () => {
    const options = { weight: tensor([0.5, 2, 1]), labelSmoothing: 0.1, ignoreIndex: 2 };
    const x = createRandom(2).normal([4, 3]);
    const loss = (v: Variable) => crossEntropy(v, labels(0, 1, 2, 1), options);
    expect(checkGradient(loss, [x]).entries).toBe(12);
    expect(checkGradient(loss, [x], { order: 2 }).entries).toBe(12);
  });

  test("its gradient scales with what comes after it", () => {
    const x = logits64([[5, 5]]);
    sum(mul(crossEntropy(x, labels(0), { reduction: "none" }), 8)).backward();
    expect(numbers(x.grad)).toEqual([-4, 4]);
  });

  test("refuses labels that are no classes", () => {
    expect(() => crossEntropy(rows(), labels(0, 2))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: crossEntropy: label 2 is not one of the 2 classes 0 to 1 of logits [2, 2]. Use ignoreIndex for examples that do not count.]`,
    );
    expect(() => crossEntropy(rows(), labels(0, -1))).toThrow(RangeError);
    expect(() => crossEntropy(rows(), tensor([0.5, 1]))).toThrow("label 0.5");
    expect(() => crossEntropy(rows(), tensor([Number.NaN, 1]))).toThrow("label NaN");
  });

  test("refuses shapes that do not fit", () => {
    expect(() => crossEntropy(rows(), labels(0, 1, 0))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropy: labels has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => crossEntropy(variable(tensor([1, 2])), labels(0))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropy: logits must have at least two axes, [N, C, …], got [2].]`,
    );
    expect(() => crossEntropy(rows(), labels(0, 1), { weight: tensor([1, 1, 1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropy: weight has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
  });

  test("refuses options that are unknown or out of range", () => {
    const loss = (options: object) => () => crossEntropy(rows(), labels(0, 1), options);
    expect(loss({ reduction: "average" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: crossEntropy: reduction must be "mean", "sum" or "none", got "average".]`,
    );
    expect(loss({ labelSmoothing: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: crossEntropy: labelSmoothing must be 0 to 1, got 1.5.]`,
    );
    expect(loss({ labelSmoothing: "0.1" as never })).toThrow(RangeError);
    expect(loss({ labelSmoothing: null as never })).toThrow(RangeError);
    expect(loss({ ignoreIndex: "0" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: crossEntropy: ignoreIndex must be an integer, got "0".]`,
    );
    expect(loss({ weight: [1, 2] as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: crossEntropy: weight must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => crossEntropy(rows(), [0, 1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: crossEntropy: target must be a tensor, got [0, 1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => crossEntropy(undefined as never, labels(0))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: crossEntropy: logits must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
    );
    expect(loss({ labelSmoothing: -0.1 })).toThrow(RangeError);
    expect(loss({ labelSmoothing: Number.NaN })).toThrow(RangeError);
    expect(loss({ label_smoothing: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: crossEntropy: unknown option label_smoothing. Did you mean labelSmoothing?]`,
    );
    expect(loss({ smoothing: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: crossEntropy: unknown option smoothing. It takes weight, ignoreIndex, labelSmoothing, reduction.]`,
    );
  });

  describe("with probabilities as the target", () => {
    const target = (...values: number[]) => tensor(Float64Array.from(values), [values.length / 2, 2]);
    const [first, second] = [Math.log(4 / 3), Math.log(4)]; // −ln ¾, −ln ¼

    test("by hand: it is −Σ q·ln p, with the gradient p − q", () => {
      const x = rows();
      const losses = crossEntropy(x, target(0.5, 0.5, 1, 0), { reduction: "none" });
      expect(numbers(losses)[0]).toBeCloseTo((first + second) / 2, FLOAT64);
      expect(numbers(losses)[1]).toBeCloseTo(Math.LN2, FLOAT64);
      sum(losses).backward();
      [0.25, -0.25, -0.5, 0.5].forEach((v, i) => void expect(numbers(x.grad)[i]).toBeCloseTo(v, FLOAT64));
    });

    test("by hand: label smoothing 0.2 takes 1 and 0 to 0.9 and 0.1", () => {
      const loss = crossEntropy(rows(), target(1, 0, 1, 0), { labelSmoothing: 0.2, reduction: "sum" });
      expect(loss.item()).toBeCloseTo(0.9 * first + 0.1 * second + Math.LN2, FLOAT64);
    });

    test("by hand: weights count, but the mean is over the examples, as in PyTorch", () => {
      const loss = crossEntropy(rows(), target(1, 0, 0, 1), { weight: tensor([1, 3]) });
      expect(loss.item()).toBeCloseTo((first + 3 * Math.LN2) / 2, FLOAT64);
    });

    test("one-hot rows are labels", () => {
      const x = createRandom(5).normal([4, 3], { dtype: "float64" });
      const ys = labels(2, 0, 1, 1);
      const q = cast(oneHot(ys, 3), "float64");
      for (const options of [{}, { labelSmoothing: 0.3 }, { reduction: "sum", weight: tensor([1, 2, 5]) }] as const) {
        const of = (y: Tensor) => crossEntropy(variable(x), y, options).item();
        expect(of(q)).toBeCloseTo(of(ys), FLOAT64 - 1);
      }
    });

    test("its gradients are central differences in the logits and in the target, of images too", () => {
      const random = createRandom(6);
      const options = { weight: tensor([0.5, 2, 1]), labelSmoothing: 0.1 };
      const loss = (x: Variable, q: Variable) => crossEntropy(x, q, options);
      const inputs = [random.normal([2, 3, 2]), random.uniform([2, 3, 2])];
      expect(checkGradient(loss, inputs).entries).toBe(24);
      expect(checkGradient(loss, inputs, { order: 2 }).entries).toBe(24);
    });

    test("by hand: a target that learns gets −ln p, where it is 0 too", () => {
      const q = variable(target(1, 0));
      crossEntropy(logits64([[Math.log(3), 0]]), q).backward();
      [first, second].forEach((v, i) => void expect(numbers(q.grad)[i]).toBeCloseTo(v, FLOAT64));
    });

    test("a class of probability 0 whose logit is −∞ does not disturb the others", () => {
      const x = logits64([[0, Number.NEGATIVE_INFINITY]]);
      expect(crossEntropy(x, target(1, 0)).item()).toBeCloseTo(0, FLOAT64);
    });

    test("refuses other types and shapes, and what is for labels", () => {
      const x = rows();
      expect(() => crossEntropy(x, tensor([1, 0, 0, 1], [2, 2]))).toThrowErrorMatchingInlineSnapshot(
        `[TypeError: crossEntropy: logits is float64, but target is float32. Make the target of dtype "float64".]`,
      );
      expect(() => crossEntropy(x, tensor(Int32Array.of(1, 0, 0, 1), [2, 2]))).toThrow(TypeError);
      expect(() => crossEntropy(x, target(1, 0))).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: crossEntropy: logits [2, 2] and target [1, 2] must have the same shape; nothing is broadcast. Pass one target for each element of logits.]`,
      );
      expect(() => crossEntropy(x, target(1, 0, 1, 0), { ignoreIndex: 0 })).toThrowErrorMatchingInlineSnapshot(
        `[TypeError: crossEntropy: ignoreIndex is for labels, but the target has the shape of logits, a probability for each class. Leave it out; a row of zeros adds nothing.]`,
      );
      expect(() => crossEntropy(x, target(1, 0, 1, 0), { weight: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: crossEntropy: weight has shape [1], but these sizes need [2]. Give it that shape.]`,
      );
    });
  });

  test("a class whose logit is −∞ does not disturb the others, as in PyTorch", () => {
    const x = logits64([[0, Number.NEGATIVE_INFINITY]]);
    const loss = crossEntropy(x, labels(0));
    expect(loss.item()).toBeCloseTo(0, FLOAT64);
    loss.backward();
    expect(numbers(x.grad).map(Math.abs)).toEqual([0, 0]);
  });
});
