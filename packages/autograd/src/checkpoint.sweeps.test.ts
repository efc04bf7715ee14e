import { createRandom, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { normal, plainly, type Wrap } from "../test/checkpoints.js";
import { fixed, leaf, numbers } from "../test/scopes.js";
import { add, checkpoint, exp, grad, isRecomputing, mul, relu, sum, type Variable, variable } from "./index.js";

describe("sweeps", () => {
  const square = (v: Variable) => mul(v, v);

  test("by hand: a second backward adds the same again, if the first retained the graph", () => {
    const x = leaf(3);
    const y = checkpoint(square, x);
    y.backward(undefined, { retainGraph: true });
    expect(numbers(x.grad)).toEqual([6]);
    y.backward();
    expect(numbers(x.grad)).toEqual([12]);
  });

  test("free the graph, also that of checkpoints in checkpoints, and refuse it then", () => {
    const x = leaf(3);
    const y = checkpoint((v) => checkpoint(square, v), x);
    y.backward();
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: another backward or grad freed the graph of checkpoint, or failed on its way. Pass { retainGraph: true } to that one, or compute the result again.]`,
    );
    expect([y.vertex?.saved, y.vertex?.inputs]).toEqual([[], undefined]);
    const kept = square(x);
    const z = checkpoint((v) => mul(v, kept), x);
    kept.backward();
    expect(() => z.backward()).toThrow("freed the graph of mul");
    expect(numbers(x.grad)).toEqual([12]);
  });

  test("of a checkpoint's result alone: it may be given the gradient", () => {
    const x = leaf(1, 2);
    checkpoint(square, x).backward(tensor([10, 100]));
    expect(numbers(x.grad)).toEqual([20, 400]);
  });

  test("go back through 1000 checkpoints, one of the other, and through 100 in each other", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 1000; i++) y = checkpoint((v) => add(v, x), y);
    const nest = (v: Variable, depth: number): Variable =>
      depth === 0 ? v : checkpoint((u) => add(nest(u, depth - 1), x), v);
    nest(y, 100).backward();
    expect(numbers(x.grad)).toEqual([1101]);
  });
});

describe("a value that was assigned since is noticed", () => {
  const message = /^checkpoint: a Variable that fn uses, of shape \[2\], was assigned a new value/;
  const x = leaf(1, -1);
  const reassign = (given: Variable) => {
    given.value = tensor([-5, 5]);
  };

  test("of an input", () => {
    const given = leaf(1, 2);
    const y = sum(checkpoint((v) => mul(v, v), given));
    reassign(given);
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkpoint: a Variable that fn uses, of shape [2], was assigned a new value after checkpoint used it, so that the gradient would be wrong. Call backward before changing it, or compute the result again.]`,
    );
  });

  test("of an input that needs no gradient, and of one that no step keeps", () => {
    for (const given of [fixed(1, 2), leaf(1, 2)]) {
      const y = sum(checkpoint((v) => relu(add(v, x)), given));
      reassign(given);
      expect(() => y.backward()).toThrow(message);
    }
  });

  const makers: [string, () => Variable][] = [
    ["a parameter", () => leaf(1, 2)],
    ["one that needs no gradient", () => fixed(1, 2)],
  ];
  test.each(makers)("of what fn uses without being given it: %s", (_, make) => {
    const used = make();
    const y = sum(checkpoint((v) => mul(v, used), x));
    reassign(used);
    expect(() => y.backward()).toThrow(message);
  });

  test.each(makers)("of what fn uses where no step keeps it, as a bias before relu: %s", (_, make) => {
    const used = make();
    const y = sum(checkpoint((v) => relu(add(v, used)), x));
    reassign(used);
    expect(() => y.backward()).toThrow(message);
  });

  test("by a checkpoint in a checkpoint too", () => {
    const used = leaf(1, 2);
    const y = sum(checkpoint((v) => checkpoint((u) => mul(u, used), v), x));
    reassign(used);
    expect(() => y.backward()).toThrow(message);
  });

  test("but not of what is assigned after the sweep, or of others", () => {
    const [used, other] = [leaf(1, 2), leaf(3, 4)];
    const y = sum(checkpoint((v) => mul(v, used), x));
    reassign(other);
    y.backward(undefined, { retainGraph: true });
    reassign(used);
    expect(() => y.backward()).toThrow(message);
  });
});

describe("hooks", () => {
  test("on what fn makes, on its result, on inputs and on what it uses, are called as without", () => {
    const run = (wrap: Wrap) => {
      const calls: [string, number[]][] = [];
      const watch = (name: string, x: Variable, factor?: number) => {
        x.registerHook((gradient) => {
          calls.push([name, numbers(gradient)]);
          return factor === undefined ? undefined : mul(gradient, factor);
        });
        return x;
      };
      const [x, w] = [watch("x", variable(normal([5]))), watch("w", variable(normal([5], 2)), 3)];
      const earlier = watch("earlier", exp(w));
      const given = watch("given", mul(x, w), 5);
      const y = wrap((v) => {
        const inner = watch("inner", mul(v, w), 2);
        return mul(watch("late", mul(inner, earlier)), exp(inner));
      }, given);
      watch("y", y, 7);
      mul(add(y, given), y).backward(normal([5], 3));
      return { calls, gradients: [x, w].map((v) => numbers(v.grad)) };
    };
    const [got, expected] = [run(checkpoint), run(plainly)];
    expect(got).toEqual(expected);
    expect(got.calls.map(([name]) => name).slice(0, 5)).toEqual(["y", "late", "inner", "given", "earlier"]);
  });

  test("by hand: on the result, inside fn and outside, each multiplies the slope 2x", () => {
    const x = leaf(1, 2);
    const y = checkpoint((v) => {
      const square = mul(v, v);
      square.registerHook((gradient) => mul(gradient, 10));
      return square;
    }, x);
    y.registerHook((gradient) => mul(gradient, 3));
    sum(y).backward();
    expect(numbers(x.grad)).toEqual([60, 120]);
  });

  test("that fn sets on older Variables are set once, if it asks isRecomputing", () => {
    const x = leaf(1, 2);
    const hooked = (v: Variable) => {
      if (!isRecomputing()) v.registerHook((gradient) => mul(gradient, 10));
      return mul(v, v);
    };
    sum(checkpoint(hooked, x)).backward();
    expect(numbers(x.grad)).toEqual([20, 40]);
  });

  test("removed in time are not called", () => {
    const x = leaf(1, 2);
    const y = checkpoint((v) => mul(v, v), x);
    const handle = y.registerHook((gradient) => mul(gradient, 10));
    handle.remove();
    sum(y).backward();
    expect(numbers(x.grad)).toEqual([2, 4]);
  });
});

describe("isRecomputing", () => {
  test("is true while fn runs again, and at no other time", () => {
    const seen: [string, boolean][] = [];
    const see = (where: string) => void seen.push([where, isRecomputing()]);
    const x = leaf(2);
    see("before");
    const y = checkpoint((v) => {
      see("fn");
      const z = mul(v, v);
      z.registerHook(() => see("hook"));
      return mul(z, z);
    }, x);
    y.registerHook(() => see("hook of the result"));
    see("between");
    y.backward();
    see("after");
    expect(seen).toEqual([
      ["before", false],
      ["fn", false],
      ["between", false],
      ["hook of the result", false],
      ["fn", true],
      ["hook", false],
      ["after", false],
    ]);
  });

  test("in checkpoints in checkpoints: the inner fn runs three times, and only the first is new", () => {
    const seen: [string, boolean][] = [];
    const x = leaf(2);
    const y = checkpoint((v) => {
      seen.push(["outer", isRecomputing()]);
      const inner = checkpoint((u) => {
        seen.push(["inner", isRecomputing()]);
        return mul(u, u);
      }, v);
      seen.push(["outer", isRecomputing()]);
      return mul(inner, v);
    }, x);
    y.backward();
    const [once, again] = [false, true].map((on) => [
      ["outer", on],
      ["inner", on],
      ["outer", on],
    ]);
    expect(seen).toEqual([...once, ...again, ["inner", true]]);
  });

  test("in a sweep inside fn: what was computed before in the same run is computed again there", () => {
    const seen: boolean[] = [];
    const x = leaf(2);
    const slope = (v: Variable) => {
      const y = checkpoint((u) => {
        seen.push(isRecomputing());
        return mul(u, mul(u, u));
      }, v);
      const [g] = grad(y, [v], { createGraph: true });
      expect(isRecomputing()).toBe(seen.length > 2);
      return g;
    };
    checkpoint(slope, x).backward();
    expect(numbers(x.grad)).toEqual([12]);
    expect(seen.slice(0, 3)).toEqual([false, true, true]);
  });

  test("is false again when fn throws the second time; generators stand where they stood, and steps are recorded", () => {
    const [x, random] = [leaf(2), createRandom(1)];
    let runs = 0;
    const failing = (v: Variable) => {
      const y = mul(v, random.uniform([1]));
      if (runs++ > 0) throw new Error("the second time");
      return y;
    };
    const y = checkpoint(failing, x);
    random.uniform([3]);
    expect(() => y.backward()).toThrow("the second time");
    expect([isRecomputing(), random.state.drawn, mul(x, x).requiresGrad]).toEqual([false, 4, true]);
    expect(numbers(x.grad)).toEqual([]);
  });

  test("is false after fn threw the first time, and nothing has changed", () => {
    const x = leaf(2);
    const failing = (_: Variable) => {
      throw new Error("the first time");
    };
    expect(() => checkpoint(failing, x)).toThrow("the first time");
    expect(isRecomputing()).toBe(false);
    expect(numbers(checkpoint((v) => mul(v, v), x))).toEqual([4]);
  });
});
