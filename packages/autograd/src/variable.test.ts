import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { add, backward, defineOp, grad, mul, noGrad, relu, sum, type Variable, variable } from "./index.js";

const scalar = (value: number) => variable(tensor(value));

describe("backward", () => {
  test("by hand: y = x·x + 3x has dy/dx = 2x + 3", () => {
    const x = scalar(5);
    add(mul(x, x), mul(x, 3)).backward();
    expect(x.grad?.item()).toBe(13);
  });

  test("adds to the gradient that is there", () => {
    const x = scalar(2);
    mul(x, x).backward();
    mul(x, 3).backward();
    expect(x.grad?.item()).toBe(7);
  });

  test("leaves Variables that require no gradient alone", () => {
    const [x, c] = [scalar(2), variable(tensor(3), { requiresGrad: false })];
    mul(x, c).backward();
    expect([x.grad?.item(), c.grad]).toEqual([3, undefined]);
  });

  test("sums over every path: a diamond", () => {
    const x = scalar(3);
    const [a, b] = [mul(x, 2), mul(x, x)];
    mul(a, b).backward(); // 2x³
    expect(x.grad?.item()).toBe(54);
  });

  test("goes back through a chain of 100 000 steps", () => {
    const x = scalar(1);
    let y: Variable = x;
    for (let i = 0; i < 100_000; i++) y = add(y, x);
    y.backward();
    expect(x.grad?.item()).toBe(100_001);
  });

  test("takes the gradient of a result that is no scalar", () => {
    const x = variable(tensor([1, -2, 3]));
    backward(relu(x), tensor([10, 20, 30]));
    expect([...(x.grad?.dataSync() ?? [])]).toEqual([10, 0, 30]);
  });

  test("says what is wrong", () => {
    const x = variable(tensor([1, 2]));
    expect(() => mul(x, x).backward()).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: backward: y has shape [2]; only a scalar has an implied gradient. Pass one of the same shape: backward(y, gradY).]`,
    );
    expect(() => mul(x, x).backward(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: backward: gradY has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => x.detach().backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: y was not made from a Variable that requires a gradient. Make one with variable(tensor).]`,
    );
    expect(() => variable(tensor([1, 2], [2], { dtype: "int32" }))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: int32 has no gradients. Use float32, or { requiresGrad: false }.]`,
    );
  });

  test("a second one needs retainGraph", () => {
    const x = scalar(2);
    const y = mul(x, x);
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(8);
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: the graph of mul was freed by an earlier backward. Pass { retainGraph: true } to that one.]`,
    );
  });

  test("a value assigned after it was used is noticed", () => {
    const x = scalar(2);
    const y = mul(x, x);
    x.value = tensor(5);
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: the value of input 1 of mul, of shape [], was assigned after mul used it. Call backward before changing it, or compute the result again.]`,
    );
    expect(() => {
      x.value = tensor([1, 2]);
    }).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: variable: the new value has shape [2], but these sizes need []. Give it that shape.]`,
    );
  });
});

describe("grad", () => {
  test("gives gradients of every order: x³ at 2 has 12, 12, 6", () => {
    const x = scalar(2);
    const y = mul(mul(x, x), x);
    const [first] = grad(y, [x], { createGraph: true });
    const [second] = grad(first, [x], { createGraph: true });
    const [third] = grad(second, [x]);
    expect([first.item(), second.item(), third.item(), x.grad]).toEqual([12, 12, 6, undefined]);
  });

  test("reaches Variables inside the graph, and gives zeros where nothing depends", () => {
    const [x, other] = [scalar(2), variable(tensor([1, 2]))];
    const inner = mul(x, 3);
    const gradients = grad(mul(inner, inner), [inner, other, x]);
    expect(gradients.map((g) => [...g.dataSync()])).toEqual([[12], [0, 0], [36]]);
  });
});

describe("noGrad", () => {
  test("records nothing, and recording goes on afterwards even if fn throws", () => {
    const x = scalar(2);
    expect(noGrad(() => mul(x, x)).requiresGrad).toBe(false);
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(mul(x, x).requiresGrad).toBe(true);
  });

  test("refuses asynchronous functions", () => {
    expect(() => noGrad(async () => 1)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: noGrad: fn must not be asynchronous. Wrap each synchronous part in its own noGrad.]`,
    );
  });
});

test("users define operators: an input without an adjoint does not compile", () => {
  const scale = defineOp({
    name: "scale",
    inputs: ["x"],
    forward: ({ x }, factor: number) => mul(x, factor).value,
    adjoint: { x: (gradY, _, factor) => mul(gradY, factor) },
  });
  const x = variable(tensor([1, 2]));
  sum(scale(x, 3)).backward();
  expect([...(x.grad?.dataSync() ?? [])]).toEqual([3, 3]);
  // @ts-expect-error the adjoint of b is missing
  defineOp({ name: "product", inputs: ["a", "b"], forward: ({ a }) => a, adjoint: { a: (gradY) => gradY } });
});

describe("every leaf has a gradient of its own", () => {
  test("though one and the same came to several: to change one leaves the other", () => {
    const [x, y] = [variable(tensor([1, 2])), variable(tensor([3, 4]))];
    sum(add(x, y)).backward();
    if (x.grad === undefined || y.grad === undefined) throw new Error("there is no gradient");
    x.grad.value = tensor([9, 9]);
    expect([...y.grad.dataSync()]).toEqual([1, 1]);
    const gradY = variable(tensor([5, 5]), { requiresGrad: false });
    x.grad = undefined;
    add(x, 1).backward(gradY);
    expect(x.grad).not.toBe(gradY);
  });
});

describe("what cannot be is refused", () => {
  test("values that are no tensors, options that do not exist", () => {
    expect(() => variable([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: value must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => variable(variable(tensor([1])) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: this only looks like a tensor. For a Variable use the operator of @conv/autograd, or pass x.value; else two copies of @conv/core are loaded: import it in one way only.]`,
    );
    expect(() => variable(tensor([1]), { requires_grad: false } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: unknown option requires_grad. Did you mean requiresGrad?]`,
    );
    expect(() => variable(tensor([1]), { requiresGrad: 0 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: requiresGrad must be true or false, got 0.]`,
    );
    const x = variable(tensor([1]));
    expect(() => {
      x.value = [1] as never;
    }).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: the new value must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => sum(x).backward(undefined, { retain_graph: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: unknown option retain_graph. Did you mean retainGraph?]`,
    );
  });

  test("gradients of what needs none", () => {
    const [x, fixed] = [variable(tensor([1])), variable(tensor([2]), { requiresGrad: false })];
    const y = sum(add(x, fixed));
    expect(() => grad(y, [x, fixed])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: input 2 is a Variable that requires no gradient. Make it with variable(tensor) before y is computed from it.]`,
    );
    expect(() => grad(y, [tensor([1]) as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: input 1 is a tensor [1]. Make it with variable(tensor) before y is computed from it.]`,
    );
    expect(() => grad(y, [x], { create_graph: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: unknown option create_graph. Did you mean createGraph?]`,
    );
  });
});

test("backward lets go of the steps' inputs, though the loss is kept", () => {
  const x = variable(tensor([1, 2]));
  const y = add(x, 1);
  const loss = sum(y);
  expect(loss.node?.inputs).toHaveLength(1);
  loss.backward();
  expect([loss.node?.inputs, y.node?.inputs]).toEqual([[], []]);
});
