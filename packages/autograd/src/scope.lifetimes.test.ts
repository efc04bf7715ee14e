import { cpu, sub as minus, type Tensor, tensor, mul as times } from "@conv/core";
import { givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { isGone, leaf, numbers } from "../test/scopes.js";
import { add, exp, grad, keep, mul, reshape, scope, sum, Variable, variable } from "./index.js";

givingBack(cpu);

describe("what is older lives on", () => {
  test("tensors, used or viewed or returned or given to Variables that end", () => {
    const x = tensor([1, 2]);
    scope(() => void add(mul(x, x), reshape(x, [2])));
    scope(() => void variable(x).detach());
    scope(() => x);
    scope(() => {
      const y = leaf(0, 0);
      y.value = x;
    });
    expect(numbers(x)).toEqual([1, 2]);
  });

  test("a value that is assigned to an older Variable, and the one that was there, but nothing else", () => {
    const x = leaf(1, 2);
    const before = x.value;
    let aside: Tensor | undefined;
    scope(() => {
      aside = times(x.value, 5);
      x.value = times(aside, 2);
    });
    expect([numbers(x), numbers(before), isGone(aside)]).toEqual([[10, 20], [1, 2], true]);
  });

  test("by hand: the gradient of an older Variable, added up within a scope and from scope to scope", () => {
    const x = leaf(3);
    scope(() => {
      mul(x, x).backward();
      mul(x, 10).backward();
    });
    expect(numbers(x.grad)).toEqual([16]);
    scope(() => mul(x, x).backward());
    expect(numbers(x.grad)).toEqual([22]);
  });

  test("one gradient that several Variables received", () => {
    const [x, y] = [leaf(1, 2), leaf(3, 4)];
    scope(() => {
      const inner = leaf(5, 6);
      sum(add(add(x, inner), y)).backward();
    });
    expect([numbers(x.grad), numbers(y.grad)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test("a gradient that was given to backward, and one that a hook put in its place", () => {
    const [x, y] = [leaf(1, 2), leaf(1, 2)];
    y.registerHook(() => tensor([7, 8]));
    scope(() => {
      x.backward(tensor([3, 4]));
      sum(y).backward();
    });
    expect([numbers(x.grad), numbers(y.grad)]).toEqual([
      [3, 4],
      [7, 8],
    ]);
  });

  test("by hand: with createGraph the gradient's own graph: x³ at 2 has 12, and of 12 the slope 12", () => {
    const x = leaf(2);
    scope(() => mul(x, mul(x, x)).backward(undefined, { createGraph: true }));
    const gradient = x.grad as Variable;
    expect(numbers(gradient)).toEqual([12]);
    expect(numbers(grad(gradient, [x])[0])).toEqual([12]);
  });

  test.each<[string, (p: Variable, clipped: Tensor) => void]>([
    [
      "the grad of a Variable",
      (p, clipped) => {
        p.grad = variable(clipped, { requiresGrad: false });
      },
    ],
    [
      "the value of its grad",
      (p, clipped) => {
        (p.grad as Variable).value = clipped;
      },
    ],
  ])("a gradient that one makes of the gradient, as clipping does, and assigns to %s", (_, assign) => {
    const x = leaf(3);
    scope(() => {
      mul(x, x).backward();
      assign(x, times((x.grad as Variable).value, 0.5));
    });
    expect(numbers(x.grad)).toEqual([3]);
  });
});

describe("what a Variable made inside holds ends with it", () => {
  test("values and gradients", () => {
    let inner: Variable | undefined;
    scope(() => {
      inner = leaf(1);
      inner.value = tensor([2]);
      mul(inner, inner).backward();
    });
    expect([isGone(inner), isGone(inner?.grad)]).toEqual([true, true]);
  });

  test("in the scope where the Variable was made, which may be around this one", () => {
    let outer: Variable | undefined;
    scope(() => {
      const made = leaf(1);
      outer = made;
      scope(() => {
        made.value = tensor([2]);
        mul(made, made).backward();
      });
      expect([numbers(made), numbers(made.grad)]).toEqual([[2], [4]]);
    });
    expect([isGone(outer), isGone(outer?.grad)]).toEqual([true, true]);
  });

  test("and in the scope around, once the Variable was handed over to it", () => {
    let [first, second]: (Variable | undefined)[] = [];
    scope(() => {
      const x = scope(() => leaf(1));
      mul(x, x).backward();
      first = x.grad;
      x.value = tensor([2]);
      second = x;
      expect([numbers(first), numbers(second)]).toEqual([[2], [2]]);
    });
    expect([isGone(first), isGone(second)]).toEqual([true, true]);
  });

  test("or for ever, once it was handed over to no scope", () => {
    const x = scope(() => leaf(3));
    scope(() => {
      x.value = tensor([5]);
      mul(x, x).backward();
    });
    expect([numbers(x), numbers(x.grad)]).toEqual([[5], [10]]);
  });
});

describe("keep", () => {
  test("by hand: a running mean, held in a variable of the program", () => {
    let average = tensor([0, 0]);
    for (const x of [tensor([2, 4]), tensor([4, 8])]) {
      scope(() => {
        average = keep(times(minus(x, times(average, -1)), 0.5));
      });
    }
    expect(numbers(average)).toEqual([2.5, 5]);
  });

  test("gives back what it is given, in scopes and outside", () => {
    const [x, y] = [tensor([1]), leaf(1)];
    expect([keep(x), keep(y)]).toEqual([x, y]);
    scope(() => expect([keep(x), keep(y)]).toEqual([x, y]));
    const inner = scope(() => keep(leaf(2)) instanceof Variable);
    expect(inner).toBe(true);
  });

  test("a Variable with all that its graph keeps", () => {
    const x = leaf(2);
    let y = x;
    let aside: Variable | undefined;
    scope(() => {
      aside = exp(x);
      y = keep(mul(mul(x, x), x));
    });
    expect(isGone(aside)).toBe(true);
    y.backward();
    expect(numbers(x.grad)).toEqual([12]);
  });

  test("for all scopes that are open, not the innermost only", () => {
    const kept: Tensor[] = [];
    scope(() => {
      kept.push(tensor([1]));
      scope(() => {
        kept.push(keep(tensor([2])));
        scope(() => {
          kept.push(keep(tensor([3])));
          keep(kept[0]);
        });
      });
    });
    expect(kept.map(isGone)).toEqual([false, false, false]);
  });

  test("what fn throws does not end it", () => {
    let kept: Tensor | undefined;
    const broken = () => {
      kept = keep(tensor([1]));
      throw new Error("inside");
    };
    expect(() => scope(broken)).toThrow("inside");
    expect(numbers(kept)).toEqual([1]);
  });

  test("a Variable with what it is given later, in the same scope: a parameter made in the first step", () => {
    let weight: Variable | undefined;
    scope(() => {
      const w = keep(leaf(3));
      weight = w;
      mul(w, w).backward();
      w.value = tensor([2]);
    });
    expect([isGone(weight), isGone(weight?.grad)]).toEqual([false, false]);
    expect([numbers(weight), numbers(weight?.grad)]).toEqual([[2], [6]]);
  });

  test("refuses what is neither a tensor nor a Variable", () => {
    expect(() => keep([tensor([1])] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: keep: x must be a tensor or a Variable, got [a tensor [1]]. Keep each one by itself.]`,
    );
    expect(() => keep(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: keep: x must be a tensor or a Variable, got undefined. Keep each one by itself.]`,
    );
    expect(() => keep(3 as never)).toThrow(TypeError);
  });
});
