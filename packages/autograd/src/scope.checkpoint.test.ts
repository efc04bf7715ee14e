import { cpu, type Tensor, tensor, mul as times } from "@conv/core";
import { givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { copyOf, fixed, leaf, numbers } from "../test/scopes.js";
import { add, checkpoint, exp, gather, keep, mul, relu, scope, sum, type Variable, variable, where } from "./index.js";

givingBack(cpu);

describe("a checkpoint whose result is returned", () => {
  const x = leaf(1, 2);
  /** The gradient of x, if y is computed in a scope. */
  const gradientOf = (fn: () => Variable) => {
    x.grad = undefined;
    const y = scope(fn);
    sum(y).backward();
    return numbers(x.grad);
  };

  test("by hand: x³ has 3x²", () => {
    expect(gradientOf(() => checkpoint((v) => mul(v, mul(v, v)), x))).toEqual([3, 12]);
  });

  test("keeps the inputs that were made in the scope", () => {
    expect(gradientOf(() => checkpoint((v) => mul(v, v), mul(x, 3)))).toEqual([18, 36]);
    expect(gradientOf(() => checkpoint((v, t) => mul(v, t), x, tensor([5, 6])))).toEqual([5, 6]);
  });

  const makers: [string, () => Variable][] = [
    ["a leaf", () => leaf(-3, 4)],
    ["one that needs no gradient", () => fixed(-3, 4)],
    ["a result", () => mul(leaf(-1, 2), fixed(3, 2))],
  ];
  test.each(makers)("and the Variables made in it that fn uses without being given them: %s", (_, make) => {
    const product = () => {
      const used = make();
      return checkpoint((v) => mul(v, used), x);
    };
    expect(gradientOf(product)).toEqual([-3, 4]);
  });

  test.each(makers)("and those that no step keeps, but fn needs to run again: %s", (_, make) => {
    const positive = () => {
      const used = make();
      return checkpoint((v) => relu(add(v, used)), x);
    };
    expect(gradientOf(positive)).toEqual([0, 1]);
  });

  /** How fn uses a tensor that was made in the scope, and the gradient of x then. */
  type Use = [string, Tensor, (v: Variable, used: Tensor) => Variable, number[]];
  const gradientUsing = ([, value, use]: Use) =>
    gradientOf(() => {
      const used = copyOf(value);
      return checkpoint((v) => use(v, used), x);
    });

  const inOperators: Use[] = [
    ["an input of an operator", tensor([-3, 4]), (v, used) => mul(v, used), [-3, 4]],
    ["one that no step keeps", tensor([-3, 4]), (v, used) => relu(add(v, used)), [0, 1]],
    ["a condition", tensor([0, 1]), (v, used) => where(used, v, 0), [0, 1]],
    ["indices", tensor(Int32Array.of(1, 1)), (v, used) => gather(v, 0, used), [0, 2]],
    ["a Variable's value", tensor([-3, 4]), (v, used) => mul(v, variable(used, { requiresGrad: false })), [-3, 4]],
    ["in a checkpoint in it", tensor([-3, 4]), (v, used) => checkpoint((u) => mul(u, used), v), [-3, 4]],
  ];
  test.each(inOperators)("and the tensors made in it that fn uses without being given them: %s", (...use) => {
    expect(gradientUsing(use)).toEqual(use[3]);
  });

  const elsewhere: Use[] = [
    ["of the core", tensor([-3, 4]), (v, used) => mul(v, times(used, 2)), [-6, 8]],
    ["that read numbers", tensor([-3, 4]), (v, used) => mul(v, numbers(used)[1]), [4, 4]],
  ];
  test.each(elsewhere)("but those that it uses in functions %s only if they are given to it, or kept", (...use) => {
    expect(() => gradientUsing(use)).toThrow("was disposed of");
    const [, value, fn, expected] = use;
    expect(gradientOf(() => checkpoint(fn, x, copyOf(value)))).toEqual(expected);
    const withKept = () => {
      const kept = keep(copyOf(value));
      return checkpoint((v) => fn(v, kept), x);
    };
    expect(gradientOf(withKept)).toEqual(expected);
  });

  test("and is swept inside a scope as well", () => {
    x.grad = undefined;
    scope(() => sum(checkpoint((v) => exp(mul(v, 0)), x)).backward());
    expect(numbers(x.grad)).toEqual([0, 0]);
  });
});
