import { cpu, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { counting } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { isGone, numbers } from "../test/scopes.js";
import {
  add,
  backward,
  defineOp,
  exp,
  grad,
  maxPool2d,
  mul,
  noGrad,
  relu,
  scope,
  sum,
  type Variable,
  variable,
} from "./index.js";

/** A leaf on a device that counts its storages. */
function counted(...values: number[]) {
  const { device, live } = counting(cpu);
  return { x: variable(tensor(values).to(device)), live };
}

describe("without any scope", () => {
  test("by hand: of (x² + x)² its own value, those of the sum and the product, and after the sweep x and its gradient", () => {
    const { x, live } = counted(1, 2);
    const square = mul(x, x);
    const inner = add(square, x);
    const y = sum(mul(inner, inner));
    expect(live.size).toBe(1 + 4); // x, square, inner, inner², y
    y.backward();
    expect([numbers(x.grad), live.size]).toEqual([[12, 60], 1 + 4 + 1]);
  });

  test("what a graph saved lives until the sweep has passed, although its Variable is gone", () => {
    const { x, live } = counted(1, 2);
    const e = exp(x);
    const y = sum(e);
    e.value.dispose(); // as a sequence of layers does
    expect(live.size).toBe(3);
    y.backward(undefined, { retainGraph: true });
    expect(live.size).toBe(4);
    y.backward();
    expect(numbers(x.grad)).toEqual([Math.E, Math.E ** 2].map((v) => Math.fround(2 * Math.fround(v))));
    expect(live.size).toBe(3); // x, its gradient, y
  });

  test("indices that nobody asked for end with the graph", () => {
    const { device, live } = counting(cpu);
    const x = variable(tensor([[[[1, 5, 2, 3]]]]).to(device));
    const y = maxPool2d(x, [1, 2]);
    expect(live.size).toBe(3); // x, y and the indices
    y.backward(tensor([[[[1, 1]]]]).to(device));
    expect([numbers(x.grad), live.size]).toEqual([[0, 1, 0, 1], 4]); // x, y, gradY, the gradient
    expect(noGrad(() => maxPool2d(x, [1, 2])).shape).toEqual([1, 1, 1, 2]);
    expect(live.size).toBe(5);
  });

  test("gradients are added up in one place, and the last is all that stays", () => {
    const { x, live } = counted(1, 2);
    for (let i = 0; i < 10; i++) {
      const y = sum(mul(x, x));
      y.backward();
      y.value.dispose();
    }
    expect(numbers(x.grad)).toEqual([20, 40]);
    expect(live.size).toBe(2 + 10); // and ten products, which a program may hold
  });
});

describe("what somebody has seen stays", () => {
  test("a gradient that a hook saw, and one that a rule of somebody else was given or gave", () => {
    const seen: Variable[] = [];
    const watched = defineOp({
      name: "watched",
      inputs: ["x"],
      forward: ({ x }) => kernels.mul(x, x),
      adjoint: {
        x: (gradY, { x }) => {
          const double = mul(x, 2);
          const gradX = mul(gradY, double);
          seen.push(gradY, double, gradX, x);
          return gradX;
        },
      },
    });
    const x = variable(tensor([1, 2]));
    const inner = relu(x);
    inner.registerHook((gradient) => void seen.push(gradient));
    sum(mul(watched(inner), 3)).backward();
    expect(seen.map(isGone)).toEqual([false, false, false, false, false]);
    expect(seen.map(numbers)[0]).toEqual([3, 3]);
  });

  test("gradY that was given, also where it goes on as it is", () => {
    const x = variable(tensor([1, 2]));
    const gradY = tensor([3, 4]);
    add(x, 1).backward(gradY);
    x.grad = undefined;
    expect(numbers(gradY)).toEqual([3, 4]);
  });

  test("a gradient that was read, when another takes its place or it is added up; one that nobody read is gone", () => {
    const { x, live } = counted(1, 2);
    const y = () => sum(mul(x, x));
    y().backward();
    const first = x.grad as Variable;
    y().backward();
    expect(numbers(first)).toEqual([2, 4]);
    const before = live.size;
    x.grad = undefined;
    expect(live.size).toBe(before - 1); // the sum
    expect(numbers(first)).toEqual([2, 4]);
  });

  test("two leaves that received one gradient each have their own", () => {
    const [a, b] = [variable(tensor([1])), variable(tensor([2]))];
    sum(add(a, b)).backward();
    a.grad = undefined;
    expect(numbers(b.grad)).toEqual([1]);
  });

  test("gradients of wanted inner Variables, and of gradients", () => {
    const x = variable(tensor([2]));
    const square = mul(x, x);
    const [inner, outer] = grad(mul(square, x), [square, x], { createGraph: true });
    expect([numbers(inner), numbers(outer)]).toEqual([[2], [12]]);
    expect(numbers(grad(outer, [x])[0])).toEqual([12]);
  });
});

describe("update", () => {
  const half = (value: Tensor, gradient: Tensor) => kernels.blend(value, gradient, { alpha: 1, beta: -0.5 });

  test("by hand: 3 − 6/2 = 0; without a gradient nothing happens", () => {
    const x = variable(tensor([3]));
    x.update(half);
    expect(numbers(x)).toEqual([3]);
    mul(x, x).backward();
    x.update(half);
    expect([numbers(x), x.version]).toEqual([[0], 1]);
  });

  test("gives back the value that it replaces, unless somebody read it or gave it", () => {
    const { x, live } = counted(4);
    const given = x.value;
    x.grad = variable(tensor([2]).to(x.device), { requiresGrad: false });
    x.update(half);
    expect([isGone(given), live.size]).toEqual([false, 3]);
    x.update(half);
    expect(live.size).toBe(3);
    const read = x.value;
    x.update(half);
    expect([numbers(read), numbers(x), live.size]).toEqual([[2], [1], 4]);
    const { device } = x;
    x.value = tensor([5]).to(device);
    expect(live.size).toBe(4);
  });

  test("a graph that used the old value says so", () => {
    const x = variable(tensor([3]));
    const y = mul(x, x);
    y.backward(undefined, { retainGraph: true });
    x.update(half);
    expect(() => backward(y)).toThrow("was assigned a new value");
  });
});

describe("updateGrad", () => {
  const half = (gradient: Tensor) => kernels.blend(gradient, gradient, { alpha: 0.5, beta: 0 });

  test("by hand: 6/2 = 3; without a gradient nothing happens", () => {
    const x = variable(tensor([3]));
    x.updateGrad(half);
    expect(x.grad).toBeUndefined();
    mul(x, x).backward();
    x.updateGrad(half);
    expect([numbers(x.grad), x.grad?.requiresGrad]).toEqual([[3], false]);
  });

  test("gives back the gradient that it replaces and the one that takes its place later, unless somebody read it", () => {
    const { x, live } = counted(4);
    sum(x).backward();
    const before = live.size;
    x.updateGrad(half);
    x.updateGrad((gradient) => gradient);
    expect(live.size).toBe(before);
    const read = x.grad;
    x.updateGrad(half);
    expect([numbers(read), live.size]).toEqual([[0.5], before + 1]);
    x.grad = undefined;
    expect(live.size).toBe(before);
  });

  test("in a scope the new gradient lives on with its Variable", () => {
    const { x } = counted(4);
    scope(() => {
      sum(x).backward();
      x.updateGrad(half);
    });
    expect(numbers(x.grad)).toEqual([0.5]);
  });
});

describe("updateValue", () => {
  const half = (value: Tensor) => kernels.blend(value, value, { alpha: 0.5, beta: 0 });

  test("by hand: 6/2 = 3, another version of the same leaf; to look is not to change", () => {
    const x = variable(tensor([6]));
    x.updateValue((value) => value);
    expect([numbers(x), x.version]).toEqual([[6], 0]);
    x.updateValue(half);
    expect([numbers(x), x.version, x.isLeaf, x.requiresGrad]).toEqual([[3], 1, true, true]);
    expect(() => x.updateValue(() => tensor([1, 2]))).toThrow("variable: the new value has shape [2]");
  });

  test("gives back the value that it replaces and the one that takes its place later, unless somebody gave or read it", () => {
    const { x, live } = counted(4); // given
    x.updateValue(half);
    expect(live.size).toBe(2);
    x.updateValue(half);
    expect(live.size).toBe(2);
    const read = x.value;
    x.updateValue(half);
    expect([numbers(read), live.size]).toEqual([[1], 3]);
    sum(x).backward();
    x.update((value, gradient) => kernels.blend(value, gradient, { alpha: 1, beta: 1 }));
    expect([numbers(x), live.size]).toEqual([[1.5], 3 + 2]); // and the sum, and the gradient
  });

  test("in a scope the new value lives on with its Variable", () => {
    const { x } = counted(4);
    scope(() => x.updateValue(half));
    expect(numbers(x)).toEqual([2]);
  });
});
