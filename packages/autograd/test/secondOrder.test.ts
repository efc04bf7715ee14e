import { createRandom, oneHot, add as plus, type Tensor, tensor, mul as times } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  add,
  avgPool2d,
  conv2d,
  grad,
  linear,
  logSoftmax,
  maxPool2d,
  mean,
  mul,
  neg,
  relu,
  reshape,
  softplus,
  sqrt,
  sub,
  sum,
  type Variable,
  variable,
} from "../src/index.js";

// Uses of gradients of gradients, as people use them. That each operator has them is tested one by one elsewhere.

const random = createRandom(5);
const normal = (shape: number[], std = 1) => random.normal(shape, { std, dtype: "float64" });

describe("a Hessian-vector product of a small convnet", () => {
  const [images, labels] = [normal([3, 1, 6, 6]), oneHot(tensor([0, 2, 1]), 3, { dtype: "float64" })];
  const values = [
    normal([4, 1, 3, 3], 0.5),
    normal([4], 0.5),
    normal([2, 2, 3, 3], 0.5),
    normal([3, 8], 0.5),
    normal([3]),
  ];

  /** Cross-entropy of conv → softplus → avgPool → grouped, circular conv → maxPool → linear. */
  function loss([w1, b1, w2, w3, b3]: readonly Variable[]): Variable {
    const first = avgPool2d(softplus(conv2d(images, w1, { bias: b1, padding: 1 })), 2, { stride: 1 });
    const second = conv2d(first, w2, { groups: 2, stride: 2, padding: 1, paddingMode: "circular" });
    const scores = linear(reshape(maxPool2d(second, 2, { stride: 1 }), [3, 8]), w3, b3);
    return neg(mean(sum(mul(logSoftmax(scores, 1), labels), { dim: 1 })));
  }
  const leaves = (shift: readonly Tensor[], by: number) =>
    values.map((value, i) => variable(plus(value, times(shift[i], by))));

  test("agrees with central differences of the gradient, in every entry of every parameter", () => {
    const v = values.map(({ shape }) => normal([...shape]));
    const parameters = leaves(v, 0);
    const gradients = grad(loss(parameters), parameters, { createGraph: true });
    const along = gradients.map((g, i) => sum(mul(g, v[i]))).reduce((a, b) => add(a, b));
    const product = grad(along, parameters);

    const EPS = 1e-5;
    const [above, below] = [EPS, -EPS].map((by) => {
      const moved = leaves(v, by);
      return grad(loss(moved), moved).map((g) => g.dataSync());
    });
    let compared = 0;
    product.forEach((h, i) => {
      h.dataSync().forEach((value, at) => {
        expect(value).toBeCloseTo((above[i][at] - below[i][at]) / (2 * EPS), 7);
        compared++;
      });
    });
    expect(compared).toBe(36 + 4 + 36 + 24 + 3);
    expect(Math.max(...product.map((h) => Math.max(...h.dataSync().map(Math.abs))))).toBeGreaterThan(0.1);
  });
});

describe("a loss that contains a gradient's norm", () => {
  test("trains: a critic tells images apart, and its slope in them comes near 1 (WGAN-GP)", () => {
    const [real, fake] = [normal([8, 1, 6, 6]), normal([8, 1, 6, 6])];
    const bright = plus(real, 0.5);
    const critic = {
      filters: variable(normal([4, 1, 3, 3], 0.5)),
      bias: variable(normal([4], 0.1)),
      weight: variable(normal([1, 16], 0.5)),
    };
    const score = (x: Variable | Tensor) => {
      const features = relu(conv2d(x, critic.filters, { bias: critic.bias, stride: 2, padding: 1 }));
      return linear(reshape(avgPool2d(features, 2, { stride: 1 }), [8, 16]), critic.weight);
    };
    const slopes = (x: Variable) => {
      const [gradX] = grad(sum(score(x)), [x], { createGraph: true });
      return sqrt(sum(mul(gradX, gradX), { dim: [1, 2, 3] }));
    };
    const step = () => {
      const x = variable(times(plus(bright, fake), 0.5));
      const distance = sub(slopes(x), 1);
      const penalty = mean(mul(distance, distance));
      const gap = sub(mean(score(fake)), mean(score(bright)));
      const loss = add(gap, mul(penalty, 10));
      loss.backward();
      for (const parameter of Object.values(critic)) {
        if (parameter.grad === undefined) throw new Error("a parameter has no gradient");
        parameter.value = plus(parameter.value, times(parameter.grad.value, -0.02));
        parameter.grad = undefined;
      }
      return { loss: loss.item(), penalty: penalty.item(), gap: gap.item() };
    };
    const [first, ...others] = Array.from({ length: 150 }, step);
    const last = others[others.length - 1];
    expect(first.penalty).toBeGreaterThan(0.1);
    expect(last.loss).toBeLessThan(first.loss - 0.5);
    expect(last.penalty).toBeLessThan(0.04); // the slope is within 0.2 of 1, against the pull of the gap
    expect(last.gap).toBeLessThan(-0.5); // bright images score higher than others
  });
});
