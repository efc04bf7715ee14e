import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { normal, plainly, vectors, type Wrap } from "../test/checkpoints.js";
import { leaf, numbers } from "../test/scopes.js";
import {
  add,
  avgPool2d,
  cast,
  checkGradient,
  checkpoint,
  conv2d,
  exp,
  grad,
  mean,
  mul,
  softplus,
  sqrt,
  sum,
  tanh,
  type Variable,
  variable,
} from "./index.js";

describe("derivatives of higher order", () => {
  test("by hand: x⁴ at 2 has 32, 48, 48 and 24", () => {
    const x = variable(tensor(2, [], { dtype: "float64" }));
    const orders: number[] = [];
    let y = checkpoint(
      (v) =>
        mul(
          mul(v, v),
          checkpoint((u) => mul(u, u), v),
        ),
      x,
    );
    for (let order = 1; order <= 4; order++) {
      [y] = grad(y, [x], { createGraph: true });
      orders.push(y.item());
    }
    expect(orders).toEqual([32, 48, 48, 24]);
  });

  test("by hand: y = x², z = y²·x = x⁵: its slope 5x⁴ has itself the slope 20x³", () => {
    const x = leaf(2);
    const y = checkpoint((v) => mul(v, v), x);
    const [slope] = grad(mul(mul(y, y), x), [x], { createGraph: true });
    expect([numbers(slope), numbers(grad(slope, [x])[0])]).toEqual([[80], [160]]);
  });

  test("agree with central differences, up to the third", () => {
    const random = createRandom(3);
    const smooth = (x: Variable, w: Variable, b: Variable) => {
      const inner = checkpoint(
        (v, bias) => avgPool2d(softplus(conv2d(v, w, { bias, padding: 1 })), 2),
        tanh(x),
        mul(b, 2),
      );
      return mul(
        checkpoint((v) => exp(mul(v, 0.3)), inner),
        inner,
      );
    };
    const inputs = [random.normal([1, 2, 4, 4]), random.normal([2, 2, 3, 3]), random.normal([2])];
    expect(checkGradient(smooth, inputs, { order: 2 }).entries).toBe(32 + 36 + 2);
    const product = (x: Variable, w: Variable) => checkpoint((v) => mul(exp(mul(v, w)), v), x);
    const small = [random.normal([3]), random.normal([3])];
    expect(checkGradient(product, small, { order: 3 }).entries).toBe(6);
  });

  test("are the same bit for bit where nothing but the checkpoint bends the result", () => {
    const second = (wrap: Wrap) => {
      const [x, w] = vectors.map((value) => variable(value));
      const y = wrap((v) => mul(exp(mul(v, w)), tanh(v)), x);
      const first = grad(sum(y), [x, w], { createGraph: true });
      return [...first, ...grad(add(sum(mul(first[0], 3)), sum(first[1])), [x, w])].map(numbers);
    };
    expect(second(checkpoint)).toEqual(second(plainly));
  });

  test("are exact where rounding has no part: integers, a mask drawn in fn, steps around it that bend too", () => {
    const second = (wrap: Wrap) => {
      const random = createRandom(6);
      const integers = (seed: number) =>
        variable(tensor(Float64Array.from({ length: 8 }, (_, i) => ((i * seed) % 5) - 2)));
      const [x, w] = [integers(3), integers(7)];
      const dropped = (v: Variable) => {
        const mask = tensor(
          Float64Array.from(random.permutation(8).dataSync(), (i) => i % 2),
          [8],
        );
        return mul(mul(mul(v, w), add(v, x)), mask);
      };
      const y = wrap(dropped, mul(x, w));
      const first = grad(sum(mul(mul(y, y), x)), [x, w], { createGraph: true });
      return [...first, ...grad(sum(add(mul(first[0], first[1]), first[0])), [x, w])].map(numbers);
    };
    expect(second(checkpoint)).toEqual(second(plainly));
    expect(
      second(plainly)
        .flat()
        .some((value) => value !== 0),
    ).toBe(true);
  });

  // The second sweep runs fn once more; what arrives at its steps from there and from the first sweep's gradients goes on
  // apart, J·a + J·b for J·(a + b).
  test("are the same but for rounding where steps around the checkpoint bend too", () => {
    const second = (wrap: Wrap) => {
      const [x, w] = vectors.map((value) => variable(cast(value, "float64").value));
      const y = wrap((v) => mul(exp(mul(v, w)), tanh(v)), x);
      const first = grad(sum(mul(mul(y, y), x)), [x, w], { createGraph: true });
      return grad(sum(mul(first[0], first[1])), [x, w]).flatMap(numbers);
    };
    const [got, expected] = [second(checkpoint), second(plainly)];
    got.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-12 * Math.max(1, ...expected.map(Math.abs)));
    });
  });

  test("in a loss that contains the norm of a gradient, as a critic's does", () => {
    const loss = (wrap: Wrap) => {
      const [w, b] = [normal([3, 2, 3, 3], 2), normal([3], 3)].map((value) => variable(cast(value, "float64").value));
      const x = variable(cast(normal([2, 2, 5, 5]), "float64").value);
      const score = mean(wrap((v) => softplus(conv2d(v, w, { bias: b })), x));
      const [slope] = grad(score, [x], { createGraph: true });
      sqrt(sum(mul(slope, slope))).backward();
      return [w, b].map(({ grad: g }) => numbers(g));
    };
    const [got, expected] = [loss(checkpoint), loss(plainly)];
    got.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i], 14);
    });
    expect(Math.max(...expected.flat().map(Math.abs))).toBeGreaterThan(1e-3);
  });
});
