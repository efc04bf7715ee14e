import { checkGradient, logSoftmax, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { crossEntropy, nllLoss } from "../index.js";

const labels = (...values: number[]) => tensor(Int32Array.from(values));
const numbers = (x: Variable | undefined) => [...(x?.dataSync() ?? [])];

/** Log-probabilities −1, −2 and −4, −8: no softmax has made them, and none is asked for. */
const rows = () =>
  variable(
    tensor([
      [-1, -2],
      [-4, -8],
    ]),
  );

describe("nllLoss", () => {
  test("by hand: labels 0 and 1 pick −1 and −8; their mean, negated, is 4.5", () => {
    const x = rows();
    const loss = nllLoss(x, labels(0, 1));
    expect([loss.shape, loss.item()]).toEqual([[], 4.5]);
    loss.backward();
    expect(numbers(x.grad)).toEqual([-0.5, 0, 0, -0.5]);
  });

  test("by hand: the sum is 9, and each loss 1 and 8", () => {
    expect(nllLoss(rows(), labels(0, 1), { reduction: "sum" }).item()).toBe(9);
    expect(numbers(nllLoss(rows(), labels(0, 1), { reduction: "none" }))).toEqual([1, 8]);
  });

  test("by hand: weights 1 and 3 make the mean (1·1 + 3·8) / 4", () => {
    expect(nllLoss(rows(), labels(0, 1), { weight: tensor([1, 3]) }).item()).toBe(6.25);
  });

  test("ignored examples do not count", () => {
    expect(nllLoss(rows(), labels(0, -100)).item()).toBe(1);
    expect(nllLoss(rows(), labels(0, 1), { ignoreIndex: 0 }).item()).toBe(8);
  });

  test("of logSoftmax it is crossEntropy, with all options at once and positions behind the classes", () => {
    const logits = variable(createRandom(1).normal([3, 4, 2]));
    const y = tensor(Int32Array.of(0, 3, 2, 1, 3, 3), [3, 2]);
    for (const reduction of ["mean", "sum", "none"] as const) {
      const options = { weight: tensor([1, 2, 0.5, 3]), ignoreIndex: 2, reduction };
      expect(numbers(nllLoss(logSoftmax(logits, 1), y, options))).toEqual(numbers(crossEntropy(logits, y, options)));
    }
  });

  test("its gradients of first and second order are central differences", () => {
    const random = createRandom(2);
    const loss = (x: Variable) => nllLoss(logSoftmax(x, 1), labels(0, 2, 1), { weight: tensor([1, 2, 3]) });
    expect(checkGradient(loss, [random.normal([3, 3])]).entries).toBe(9);
    expect(checkGradient(loss, [random.normal([3, 3])], { order: 2 }).entries).toBe(9);
  });

  test("refuses labels that are no classes, and shapes that do not fit, under its own words", () => {
    expect(() => nllLoss(rows(), labels(0, 2))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: nllLoss: label 2 is not one of the 2 classes 0 to 1 of logProbs [2, 2]. Use ignoreIndex for examples that do not count.]`,
    );
    expect(() => nllLoss(rows(), labels(0))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: nllLoss: labels has shape [1], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => nllLoss(variable(tensor([1, 2])), labels(0))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: nllLoss: logProbs must have at least two axes, [N, C, …], got [2].]`,
    );
    expect(() => nllLoss(rows(), labels(0, 1), { weight: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: nllLoss: weight has shape [1], but these sizes need [2]. Give it that shape.]`,
    );
  });

  test("refuses another reduction, and label smoothing, which only crossEntropy has", () => {
    const loss = (options: object) => () => nllLoss(rows(), labels(0, 1), options);
    expect(loss({ reduction: "average" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: nllLoss: reduction must be "mean", "sum" or "none", got "average".]`,
    );
    expect(loss({ labelSmoothing: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: nllLoss: unknown option labelSmoothing. It takes weight, ignoreIndex, reduction.]`,
    );
  });
});
