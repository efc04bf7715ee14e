import { cpu, createRandom, type Tensor, tensor } from "@conv/core";
import { givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { fixed, leaf, numbers } from "../test/scopes.js";
import { add, checkpoint, exp, gather, mul, relu, scope, sum, type Variable, where } from "./index.js";
import { withWatch } from "./watch.js";

givingBack(cpu);

describe("what is kept", () => {
  /** The names of what the graph of y keeps there, in any order. */
  const kept = (y: Variable, names: Readonly<Record<string, Variable>>) =>
    y.vertex?.saved.map((x) => Object.entries(names).find(([, named]) => named === x)?.[0] ?? `? [${x.shape}]`).sort();

  test("by hand: of relu(x·w)·c the input and what fn uses, not the product, the result or the constant", () => {
    const [x, w] = [leaf(1, 2), leaf(3, 4)];
    const y = checkpoint((v) => mul(relu(mul(v, w)), tensor([5, 6])), x);
    expect(kept(y, { x, w })).toEqual(["w", "x"]);
  });

  test("no mask, no index, no noise, no inner checkpoint; each Variable once", () => {
    const random = createRandom(1);
    const [x, w, fixedW] = [leaf(1, 2, 3), leaf(3, 4, 5), fixed(1, 1, 1)];
    const earlier = exp(w);
    const y = checkpoint(
      (v, again) => {
        const masked = mul(v, tensor(Float32Array.of(1, 0, 1)));
        const noisy = mul(masked, random.uniform([3]));
        const mixed = mul(gather(noisy, 0, random.permutation(3)), earlier);
        return mul(
          checkpoint((u) => mul(mul(u, w), fixedW), mixed),
          mul(again, w),
        );
      },
      x,
      x,
    );
    expect(kept(y, { x, w, fixedW, earlier })).toEqual(["earlier", "fixedW", "w", "x"]);
  });

  test("inputs, also those that no step would keep", () => {
    const [x, given] = [leaf(1, 2), fixed(3, 4)];
    const y = checkpoint((v, w, t) => add(add(v, w), t), x, given, tensor([5, 6]));
    expect(y.vertex?.saved.map(numbers)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test("what fn uses and no step would keep, since fn needs it to run again", () => {
    const [x, bias] = [leaf(1, 2), leaf(3, 4)];
    const y = checkpoint((v) => relu(add(v, bias)), x);
    expect(kept(y, { x, bias })).toEqual(["bias", "x"]);
  });

  test("the places where gradients go on: those of older Variables, each once, and of leaves that fn makes", () => {
    const [x, w] = [leaf(1, 2), leaf(3, 4)];
    const earlier = exp(w);
    const made: Variable[] = [];
    const fn = (v: Variable) => {
      made.push(leaf(5, 6)); // it may outlive fn: then its gradient must not be lost without a word
      return mul(mul(v, earlier), mul(mul(v, w), made[made.length - 1]));
    };
    const y = checkpoint(fn, x);
    expect(new Set(y.vertex?.inputs)).toEqual(new Set([x.vertex, w.vertex, earlier.vertex, made[0].vertex]));
    expect(y.vertex?.inputs).toHaveLength(4);
  });

  test("tensors of a scope that fn uses, none that it makes; of those made outside of scopes none", () => {
    const x = leaf(1, 2);
    const used: Tensor[] = [];
    const make = () => {
      used.push(tensor([3, 4]));
      const factors = used[used.length - 1];
      return checkpoint((v) => where(tensor([0, 1]), mul(v, factors), tensor([5, 6])), x);
    };
    const inside = scope(make);
    expect(inside.vertex?.constants).toEqual([used[0]]);
    expect(make().vertex?.constants).toEqual([]);
    sum(inside).backward();
    expect(inside.vertex?.constants).toEqual([]);
    expect(numbers(x.grad)).toEqual([0, 4]);
  });

  test("outside of scopes, what fn sets aside lives on; in one it is gone as soon as fn has ended", () => {
    const aside: Tensor[] = [];
    const run = () => {
      checkpoint((v) => {
        const product = mul(v, v);
        aside.push(product.value);
        return exp(product);
      }, leaf(3));
      return aside.map(numbers);
    };
    expect(run()).toEqual([[9]]);
    expect(() => scope(run)).toThrow("was disposed of");
  });
});

test("who watches what operators are given sees it while fn runs, also from inside another watch, and not afterwards", () => {
  const [outer, inner]: unknown[][] = [[], []];
  const [a, b, c] = [leaf(1), tensor([2]), leaf(3)];
  withWatch(
    (x) => outer.push(x),
    () => {
      const failing = () => {
        mul(a, b);
        throw new Error("inside");
      };
      expect(() => withWatch((x) => inner.push(x), failing)).toThrow("inside");
      exp(c);
    },
  );
  exp(a);
  expect([a, b, c].map((x) => inner.includes(x))).toEqual([true, true, false]);
  expect([a, b, c].map((x) => outer.includes(x))).toEqual([true, true, true]);
  expect(outer.slice(inner.length).every((x) => x === c)).toBe(true);
});
