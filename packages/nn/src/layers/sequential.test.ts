import { variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Flatten, Linear, ReLU, Sequential } from "../index.js";

const layer = (weight: number, bias: number) => {
  const linear = new Linear(1, 1);
  linear.loadStateDict({ weight: tensor([[weight]]), bias: tensor([bias]) });
  return linear;
};

describe("Sequential", () => {
  test("by hand: 2x + 1, then its positive part, then −3y + 4: 3 ↦ −17, −3 ↦ 4", () => {
    const model = new Sequential(layer(2, 1), new ReLU(), layer(-3, 4));
    expect([...model.forward(variable(tensor([[3], [-3]]))).dataSync()]).toEqual([-17, 4]);
  });

  test("the order of layers is that of its arguments", () => {
    const [a, b] = [layer(2, 0), layer(1, 1)];
    const x = variable(tensor([[5]]));
    expect(new Sequential(a, b).forward(x).item()).toBe(11);
    expect(new Sequential(b, a).forward(x).item()).toBe(12);
  });

  test("nested, it names children by their numbers; empty, it passes x", () => {
    const model = new Sequential(new Flatten(), new Sequential(new ReLU(), layer(1, 0)));
    expect(model.namedParameters().map(([name]) => name)).toEqual(["1.1.weight", "1.1.bias"]);
    const x = variable(tensor([[1]]));
    expect(new Sequential().forward(x)).toBe(x);
  });

  test("refuses an array of layers, and what is no layer", () => {
    expect(() => new Sequential([new ReLU()] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 0 is not a Module. Pass layers as arguments: new Sequential(...layers).]`,
    );
    expect(() => new Sequential(new ReLU(), ReLU as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 1 is not a Module. Did you mean new ReLU()?]`,
    );
  });
});
