import { type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { defineOp, grad, mul, noGrad, type Variable, variable } from "./index.js";

const scalar = (value: number) => variable(tensor(value));
const values = (x: Variable | Tensor | undefined) => x && [...x.dataSync()];

/** The gradient that a leaf received. */
function gradOf({ grad: gradient }: Variable): Variable {
  if (gradient === undefined) throw new Error("there is no gradient");
  return gradient;
}

/** a·b, which notes the rules that run. */
function spyingProduct() {
  const ran: string[] = [];
  const product = defineOp({
    name: "product",
    inputs: ["a", "b"],
    forward: ({ a, b }) => kernels.mul(a, b),
    adjoint: {
      a: (gradY, { b }) => {
        ran.push("a");
        return mul(gradY, b);
      },
      b: (gradY, { a }) => {
        ran.push("b");
        return mul(gradY, a);
      },
    },
  });
  return { product, ran };
}

describe("grad", () => {
  test("reaches Variables inside the graph, and gives zeros where nothing depends", () => {
    const [x, other] = [scalar(2), variable(tensor(Float64Array.of(1, 2)))];
    const inner = mul(x, 3);
    const gradients = grad(mul(inner, inner), [inner, other, x, inner]);
    expect(gradients.map(values)).toEqual([[12], [0, 0], [36], [12]]);
    expect(gradients[1].dtype).toBe("float64");
  });

  test("of y in itself is gradY", () => {
    const x = scalar(2);
    const y = mul(x, x);
    expect(grad(y, [y, x], { gradY: tensor(5) }).map(values)).toEqual([[5], [20]]);
    expect(grad(x, [x])[0].item()).toBe(1);
  });

  test("leaves every .grad as it is", () => {
    const [x, w] = [scalar(2), scalar(3)];
    mul(x, w).backward();
    const before = [x.grad, w.grad];
    grad(mul(x, w), [x], { createGraph: true });
    expect([x.grad === before[0], w.grad === before[1]]).toEqual([true, true]);
    expect([values(x.grad), values(w.grad)]).toEqual([[3], [2]]);
  });

  test("runs no rule that leads to none of the inputs", () => {
    const { product, ran } = spyingProduct();
    const [x, w, v] = [scalar(2), scalar(3), scalar(5)];
    const y = product(product(x, w), product(w, v));
    expect(grad(y, [x], { retainGraph: true })[0].item()).toBe(45);
    expect(ran).toEqual(["a", "a"]);
    ran.length = 0;
    expect(grad(y, [v, w], { retainGraph: true }).map(values)).toEqual([[18], [2 * 15 + 30]]);
    expect(ran).toEqual(["a", "b", "a", "b", "b"]);
    ran.length = 0;
    expect(grad(y, [scalar(1)]).map(values)).toEqual([[0]]);
    expect(ran).toEqual([]);
  });

  test("runs no rule of a wanted Variable's own step", () => {
    const { product, ran } = spyingProduct();
    const x = scalar(2);
    const inner = product(x, x);
    expect(grad(mul(inner, 3), [inner])[0].item()).toBe(3);
    expect(ran).toEqual([]);
  });

  test("leaves the graph of a wanted Variable for the rest of the way", () => {
    const x = scalar(2);
    const inner = mul(x, x);
    const [gradInner] = grad(mul(inner, 3), [inner]);
    inner.backward(gradInner);
    expect(x.grad?.item()).toBe(12);
  });
});

describe("with createGraph", () => {
  test("by hand: x³ at 2 has the gradients 12, 12, 6", () => {
    const x = scalar(2);
    const [first] = grad(mul(mul(x, x), x), [x], { createGraph: true });
    const [second] = grad(first, [x], { createGraph: true });
    const [third] = grad(second, [x]);
    expect([first, second, third].map((g) => g.item())).toEqual([12, 12, 6]);
    expect([first, second, third].map((g) => g.requiresGrad)).toEqual([true, true, false]);
  });

  test("backward leaves gradients in .grad that have gradients: by hand, (3x²)² at 2 has the slope 36x³ = 288", () => {
    const x = scalar(2);
    mul(mul(x, x), x).backward(undefined, { createGraph: true });
    const slope = gradOf(x);
    expect([slope.item(), slope.requiresGrad, slope.isLeaf]).toEqual([12, true, false]);
    x.grad = undefined;
    mul(slope, slope).backward();
    expect(values(x.grad)).toEqual([288]);
  });

  test("they do also where backward was called twice", () => {
    const x = scalar(2);
    for (const factor of [1, 10]) mul(mul(x, x), mul(x, factor)).backward(undefined, { createGraph: true });
    const slope = gradOf(x); // 33x²
    expect([slope.item(), grad(slope, [x])[0].item()]).toEqual([132, 132]);
  });

  test("and they do so where nothing else is recorded", () => {
    const x = scalar(2);
    const ys = [1, 10].map((factor) => mul(mul(x, x), mul(x, factor)));
    noGrad(() => ys.forEach((y) => void y.backward(undefined, { createGraph: true })));
    const slope = gradOf(x);
    expect([slope.item(), slope.requiresGrad]).toEqual([132, true]);
  });

  test("gradients have derivatives in gradY: the product with the Jacobian", () => {
    const [x, v] = [variable(tensor([1, 2])), variable(tensor([1, 1]))];
    const [gradX] = grad(mul(mul(x, x), x), [x], { gradY: v, createGraph: true }); // 3x²·v
    expect(values(grad(gradX, [v], { gradY: tensor([1, 10]) })[0])).toEqual([3, 120]);
  });

  test("not given, nothing is recorded, even if gradY requires a gradient", () => {
    const [x, gradY] = [variable(tensor([1, 2])), variable(tensor([1, 1]))];
    expect(grad(mul(x, x), [x], { gradY })[0].requiresGrad).toBe(false);
    mul(x, x).backward(gradY);
    expect([x.grad?.requiresGrad, gradY.grad]).toEqual([false, undefined]);
  });
});
