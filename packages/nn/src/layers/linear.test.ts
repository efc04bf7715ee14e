import { linear, type Variable } from "@conv/autograd";
import { createRandom, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Linear } from "../index.js";

const numbers = (x: Tensor | Variable) => [...x.dataSync()];

describe("Linear", () => {
  test("by hand: x [1, 2] with weight [[3, 4], [5, 6], [7, 8]] and bias [0, 10, 20] gives [11, 27, 43]", () => {
    const layer = new Linear(2, 3);
    layer.loadStateDict({
      weight: tensor([
        [3, 4],
        [5, 6],
        [7, 8],
      ]),
      bias: tensor([0, 10, 20]),
    });
    const y = layer.forward(tensor([[1, 2]]));
    expect([y.shape, numbers(y)]).toEqual([
      [1, 3],
      [11, 27, 43],
    ]);
  });

  test("maps the last axis and keeps the others, as the operator does", () => {
    const layer = new Linear(4, 2);
    const x = createRandom(1).normal([3, 5, 4]);
    expect(layer.forward(x).shape).toEqual([3, 5, 2]);
    expect(numbers(layer.forward(x))).toEqual(numbers(linear(x, layer.weight, layer.bias)));
  });

  test("without bias has one parameter", () => {
    const layer = new Linear(4, 2, { bias: false });
    expect(layer.namedParameters().map(([name, { shape }]) => [name, shape])).toEqual([["weight", [2, 4]]]);
    expect(numbers(layer.forward(tensor([[0, 0, 0, 0]])))).toEqual([0, 0]);
  });

  test("starts within ±1/√inFeatures, and fills it", () => {
    const { weight, bias } = new Linear(25, 500, { random: createRandom(2) });
    for (const values of [numbers(weight), numbers(bias as Variable)]) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(1 / 5);
      expect(largest).toBeGreaterThan(0.98 / 5);
    }
  });

  test("refuses unknown options, sizes and features of another number", () => {
    expect(() => new Linear(2, 3, { useBias: false } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Linear: unknown option useBias. Did you mean bias?]`,
    );
    expect(() => new Linear(2, 3, { bias: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Linear: bias must be true or false, got 0.]`,
    );
    expect(() => new Linear(2, 3, { random: 5 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Linear: random must be a generator, got 5. Make one of a seed: createRandom(5).]`,
    );
    expect(() => new Linear(2, 0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Linear: outFeatures must be a positive integer, got 0.]`,
    );
    expect(() => new Linear("2" as never, 1)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Linear: inFeatures must be a positive integer, got "2".]`,
    );
    expect(() => new Linear(2, 3).forward(tensor([[1, 2, 3]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: linear: x [1, 3] must end in the 2 features that w [3, 2], [out, in], takes. Reshape x, or make w [3, 3].]`,
    );
  });
});
