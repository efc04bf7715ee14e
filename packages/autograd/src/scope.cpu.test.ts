import { type Tensor, tensor, mul as times } from "@conv/core";
import { expect, test } from "vitest";
import { fixed, isGone, leaf, numbers } from "../test/scopes.js";
import { add, checkpoint, exp, mul, scope, type Variable, where } from "./index.js";

// The other tests of scopes let the cpu note only what it gives back. Here it is as it is.

test("on the cpu, as elsewhere, what was made in a scope is disposed of at its end, but for what is returned", () => {
  const x = leaf(1, 2);
  const made: (Tensor | Variable)[] = [];
  const y = scope(() => {
    const w = leaf(3, 4);
    made.push(w, mul(x, w), times(w.value, 2));
    scope(() => made.push(exp(w), fixed(5)));
    expect(made.map(isGone)).toEqual([false, false, false, true, true]);
    return add(x, w);
  });
  const broken = () => {
    made.push(mul(x, 2));
    throw new Error("inside");
  };
  expect(() => scope(broken)).toThrow("inside");
  expect(made.map(isGone)).toEqual(made.map(() => true));
  expect([numbers(x), numbers(y)]).toEqual([
    [1, 2],
    [4, 6],
  ]);
});

test("and what fn made when a checkpoint in a scope has ended", () => {
  const x = leaf(3);
  const made: Variable[] = [];
  scope(() => {
    const square = (v: Variable) => {
      made.push(mul(v, v));
      return exp(made[0]);
    };
    const y = checkpoint(square, x);
    expect([isGone(made[0]), numbers(y)]).toEqual([true, [Math.fround(Math.exp(9))]]);
  });
});

test("and a checkpoint in a scope keeps nothing of what fn makes: no masks, no constants", () => {
  const x = leaf(3, 4);
  const y = scope(() => checkpoint((v) => where(tensor([0, 1]), mul(v, 2), tensor([5, 6])), x));
  expect([y.vertex?.constants, y.vertex?.saved]).toEqual([[], [x]]);
});
