import { createRandom, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { add, backward, exp, grad, linear, mul, relu, sum, type Variable, variable } from "./index.js";

const scalar = (value: number) => variable(tensor(value));
const values = (x: Variable | Tensor | undefined) => x && [...x.dataSync()];

describe("backward", () => {
  test("by hand: y = x·x + 3x has dy/dx = 2x + 3", () => {
    const x = scalar(5);
    add(mul(x, x), mul(x, 3)).backward();
    expect(x.grad?.item()).toBe(13);
  });

  test("is a function too", () => {
    const x = variable(tensor([1, -2, 3]));
    backward(sum(relu(x)));
    expect(values(x.grad)).toEqual([1, 0, 1]);
    backward(relu(x), tensor([10, 20, 30]));
    expect(values(x.grad)).toEqual([11, 0, 31]);
  });

  test("sums over every path: a diamond", () => {
    const x = scalar(3);
    const [a, b] = [mul(x, 2), mul(x, x)];
    mul(a, b).backward(); // 2x³
    expect(x.grad?.item()).toBe(54);
  });

  test("leaves Variables that require no gradient alone, and those inside the graph", () => {
    const [x, c] = [scalar(2), variable(tensor(3), { requiresGrad: false })];
    const inner = mul(x, c);
    mul(inner, 2).backward();
    expect([x.grad?.item(), c.grad, inner.grad]).toEqual([6, undefined, undefined]);
  });

  test("of a leaf brings it its own gradient", () => {
    const [x, w] = [scalar(5), variable(tensor([1, 2]))];
    x.backward();
    w.backward(tensor([3, 4]));
    expect([x.grad?.item(), values(w.grad)]).toEqual([1, [3, 4]]);
  });

  test("implies a gradient of 1 for one element, whatever the shape", () => {
    const x = variable(tensor([[3]]));
    mul(x, x).backward();
    expect([x.grad?.shape, values(x.grad)]).toEqual([[1, 1], [6]]);
  });

  test("goes back through a chain of 100 000 steps", () => {
    const x = scalar(1);
    let y: Variable = x;
    for (let i = 0; i < 100_000; i++) y = add(y, x);
    y.backward();
    expect(x.grad?.item()).toBe(100_001);
  });
});

describe("gradients add up", () => {
  test("to what is there, until it is set to undefined", () => {
    const x = scalar(2);
    mul(x, x).backward();
    mul(x, 3).backward();
    expect(x.grad?.item()).toBe(7);
    x.grad = undefined;
    mul(x, 3).backward();
    expect(values(x.grad)).toEqual([3]);
  });

  test("over uses of one parameter: by hand, in w·(w·x + 1) with w = 3, x = 2, w receives (wx + 1) + wx = 13", () => {
    const [w, x] = [scalar(3), scalar(2)];
    const layer = (v: Variable, shift: number) => mul(w, add(v, shift));
    layer(mul(w, x), 1).backward();
    expect([w.grad?.item(), x.grad?.item()]).toEqual([13, 9]);
  });

  test("over batches: two halves give what the whole gives", () => {
    const random = createRandom(3);
    const rows = Float64Array.from(random.normal([4, 3]).dataSync(), (v) => Math.round(4 * v)); // so that sums are exact
    const batch = (from: number, to: number) => tensor(rows.slice(3 * from, 3 * to), [to - from, 3]);
    const w = variable(tensor(Float64Array.of(1, -2, 3, 0, 5, -1), [2, 3]));
    const loss = (x: Tensor) => {
      const y = linear(x, w);
      return sum(mul(y, y));
    };
    loss(batch(0, 4)).backward();
    const whole = values(w.grad);
    w.grad = undefined;
    loss(batch(0, 1)).backward();
    loss(batch(1, 4)).backward();
    expect(values(w.grad)).toEqual(whole);
  });

  test("over losses that share a part of the graph: they give what their sum gives", () => {
    const [w, x] = [variable(tensor([2, -3])), variable(tensor([5, 7]))];
    const losses = () => {
      const shared = mul(w, x);
      return [sum(mul(shared, shared)), sum(mul(shared, 4)), sum(add(shared, w))];
    };
    losses()
      .reduce((a, b) => add(a, b))
      .backward();
    const together = [values(w.grad), values(x.grad)];
    expect(together[0]).toEqual([5 * (2 * 10 + 5) + 1, 7 * (2 * -21 + 5) + 1]); // x·(2wx + 4 + 1) + 1
    w.grad = undefined;
    x.grad = undefined;
    for (const loss of losses()) loss.backward(undefined, { retainGraph: true });
    expect([values(w.grad), values(x.grad)]).toEqual(together);
  });

  test("in one of the leaf's own: to change it changes no other, nor what gradY was", () => {
    const [x, y] = [variable(tensor([1, 2])), variable(tensor([3, 4]))];
    const gradY = variable(tensor([5, 5]));
    add(x, y).backward(gradY);
    expect(x.grad).not.toBe(gradY);
    if (x.grad !== undefined) x.grad.value = tensor([9, 9]);
    expect([values(y.grad), values(gradY)]).toEqual([
      [5, 5],
      [5, 5],
    ]);
    const before = y.grad;
    mul(y, 2).backward(tensor([1, 1]));
    expect([values(before), values(y.grad)]).toEqual([
      [5, 5],
      [7, 7],
    ]); // what someone has kept stays as it was
  });
});

describe("the graph", () => {
  test("is let go of by backward, though the loss is kept", () => {
    const x = variable(tensor([1, 2]));
    const y = exp(x);
    const loss = sum(y);
    expect([loss.vertex?.inputs?.length, y.vertex?.saved.length]).toEqual([1, 1]);
    loss.backward();
    expect([loss.vertex?.inputs, y.vertex?.inputs, y.vertex?.saved]).toEqual([undefined, undefined, []]);
  });

  test("is there for another sweep with retainGraph only", () => {
    const x = scalar(2);
    const y = mul(x, x);
    y.backward(undefined, { retainGraph: true });
    grad(y, [x], { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(8);
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: another backward or grad freed the graph of mul, or failed on its way. Pass { retainGraph: true } to that one, or compute the result again.]`,
    );
    expect(() => grad(y, [x])).toThrowErrorMatchingInlineSnapshot(
      `[Error: grad: another backward or grad freed the graph of mul, or failed on its way. Pass { retainGraph: true } to that one, or compute the result again.]`,
    );
  });

  test("is freed by grad too, and a part of it for all who share it: nobody receives half a gradient", () => {
    const [x, z] = [scalar(2), scalar(3)];
    const shared = mul(x, x);
    grad(mul(shared, 2), [x]);
    const other = add(mul(z, z), mul(shared, z));
    expect(() => other.backward()).toThrow(
      "backward: another backward or grad freed the graph of mul, or failed on its way.",
    );
    expect([x.grad, z.grad]).toEqual([undefined, undefined]);
  });

  test("stays where grad did not pass", () => {
    const [x, z] = [scalar(2), scalar(3)];
    const [ofX, ofZ] = [mul(x, x), mul(z, z)];
    expect(grad(mul(ofX, ofZ), [x])[0].item()).toBe(4 * 9);
    ofZ.backward();
    expect(z.grad?.item()).toBe(6);
  });

  test("stays with createGraph, unless retainGraph is false", () => {
    const x = scalar(2);
    const y = exp(mul(x, x));
    const [slope] = grad(y, [x], { createGraph: true });
    y.backward(undefined, { createGraph: true, retainGraph: false });
    expect(() => y.backward()).toThrow("freed the graph of exp");
    expect(() => grad(slope, [x])).toThrow("freed the graph of exp"); // the slope is made of it
  });
});

describe("what cannot be is refused", () => {
  const x = variable(tensor([1, 2]));
  const loss = () => sum(mul(x, x));

  test("y that is no Variable, or that nothing leads back from", () => {
    expect(() => backward(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: y must be a Variable, got 3. Compute it from variable(tensor).]`,
    );
    expect(() => backward(tensor(1) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: y must be a Variable, got a tensor []. Compute it from variable(tensor).]`,
    );
    expect(() => grad(undefined as never, [x])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: y must be a Variable, got undefined. Compute it from variable(tensor).]`,
    );
    expect(() => loss().detach().backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: nothing leads back from y. Make it from a variable(tensor) that requires a gradient; and in noGrad, hooks and adjoint rules, inside enableGrad.]`,
    );
    expect(() => grad(sum(x.detach()), [x])).toThrowErrorMatchingInlineSnapshot(
      `[Error: grad: nothing leads back from y. Make it from a variable(tensor) that requires a gradient; and in noGrad, hooks and adjoint rules, inside enableGrad.]`,
    );
  });

  test("gradY that is missing, of another shape or dtype, or no tensor", () => {
    expect(() => mul(x, x).backward()).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: backward: y has shape [2]; only a scalar has an implied gradient. Pass one of the same shape: backward(y, gradY).]`,
    );
    expect(() => grad(mul(x, x), [x])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: grad: y has shape [2]; only a scalar has an implied gradient. Pass one of the same shape: { gradY }.]`,
    );
    expect(() => mul(x, x).backward(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: backward: gradY has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => mul(x, x).backward(tensor(Float64Array.of(1, 2)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: gradY is float64, but it must be float32. Use cast(x, "float32").]`,
    );
    expect(() => grad(mul(x, x), [x], { gradY: tensor(1) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: grad: gradY has shape [], but these sizes need [2]. Give it that shape.]`,
    );
    expect(() => loss().backward(1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: gradY must be a tensor, got 1. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => grad(mul(x, x), [x], { gradY: [1, 2] as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: gradY must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("gradY that is null: not 1 everywhere", () => {
    expect(() => mul(x, x).backward(null as never)).toThrow("gradY");
  });

  test("options that do not exist, or are neither true nor false", () => {
    expect(() => loss().backward(undefined, { retain_graph: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: unknown option retain_graph. Did you mean retainGraph?]`,
    );
    expect(() => loss().backward(undefined, { retainGraph: 1 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: retainGraph must be true or false, got 1.]`,
    );
    expect(() => grad(loss(), [x], { createGraph: "yes" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: createGraph must be true or false, got "yes".]`,
    );
    expect(() => grad(loss(), [x], { create_graph: true } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: unknown option create_graph. Did you mean createGraph?]`,
    );
    expect(() => backward(loss(), undefined, true as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: backward: the last argument is the options, got true. Pass an object: { createGraph: true }.]`,
    );
  });

  test("inputs that have no gradient, or are not in an array", () => {
    const fixed = variable(tensor([2]), { requiresGrad: false });
    expect(() => grad(loss(), [x, fixed])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: input 2 is a Variable that requires no gradient. Make it with variable(tensor) before y is computed from it.]`,
    );
    expect(() => grad(loss(), [tensor([1]) as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: input 1 is a tensor [1]. Make it with variable(tensor) before y is computed from it.]`,
    );
    expect(() => grad(loss(), [x, undefined as never])).toThrow("grad: input 2 is undefined.");
    expect(() => grad(loss(), x as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: grad: inputs must be an array of Variables, got a tensor [2]. Write grad(y, [x]).]`,
    );
  });
});
