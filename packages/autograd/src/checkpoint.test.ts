import { createRandom, type Random, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { fixed, leaf, numbers } from "../test/scopes.js";
import { add, cast, checkpoint, exp, grad, mul, noGrad, sum, type Variable } from "./index.js";

describe("checkpoint", () => {
  test("by hand: x³ at 2 has the value 8 and the slope 12", () => {
    const x = leaf(2);
    const y = checkpoint((v) => mul(v, mul(v, v)), x);
    y.backward();
    expect([numbers(y), numbers(x.grad)]).toEqual([[8], [12]]);
  });

  test("by hand: w that fn only uses has its slope too: w·x² at w 5, x 3 has 9 in w and 30 in x", () => {
    const [x, w] = [leaf(3), leaf(5)];
    checkpoint((v) => mul(w, mul(v, v)), x).backward();
    expect([numbers(w.grad), numbers(x.grad)]).toEqual([[9], [30]]);
  });

  test("gives fn its inputs as they are", () => {
    const given = [leaf(1), tensor([2]), fixed(3)] as const;
    const seen: unknown[] = [];
    const y = checkpoint(
      (...inputs) => {
        seen.push(...inputs);
        return mul(inputs[0], inputs[1]);
      },
      ...given,
    );
    y.backward();
    expect(seen).toEqual([...given, ...given]);
    seen.forEach((x, i) => {
      expect(x).toBe(given[i % 3]);
    });
  });

  test("runs fn once, and once more for each sweep that brings a gradient there and wants one below", () => {
    const [x, other] = [leaf(2), leaf(3)];
    let runs = 0;
    const square = (v: Variable) => {
      runs++;
      return mul(v, v);
    };
    const y = add(checkpoint(square, x), mul(other, x));
    expect(runs).toBe(1);
    grad(y, [other], { retainGraph: true });
    expect(runs).toBe(1);
    grad(y, [x], { retainGraph: true });
    expect(runs).toBe(2);
    y.backward();
    expect(runs).toBe(3);
    checkpoint(square, x); // nothing is made of it
    mul(x, 2).backward();
    expect(runs).toBe(4);
  });

  test("records where it stands, so that a step made before it in a graph is swept after it", () => {
    const x = leaf(3);
    const before = mul(x, 2);
    const y = checkpoint((v) => mul(v, before), x); // 2x²
    mul(y, before).backward(); // 4x³
    expect(numbers(x.grad)).toEqual([108]);
  });
});

describe("a result that needs no second run is what fn returns", () => {
  const x = leaf(1, 2);
  const outer = mul(x, 3);
  const cases: [string, () => [Variable, Variable]][] = [
    ["an input", () => [checkpoint((v) => v, x), x]],
    ["an older Variable", () => [checkpoint((_: Variable) => outer, x), outer]],
    [
      "without a gradient",
      () => {
        const y = mul(tensor([1]), 2);
        return [checkpoint((_: Tensor) => y, tensor([1])), y];
      },
    ],
    [
      "a new leaf",
      () => {
        const y = leaf(1);
        return [checkpoint(() => y), y];
      },
    ],
  ];
  test.each(cases)("%s", (_, run) => {
    const [got, expected] = run();
    expect(got).toBe(expected);
  });

  test("a leaf that fn makes receives its gradient", () => {
    let made = x;
    const y = checkpoint(() => {
      made = leaf(5);
      return made;
    });
    mul(y, 3).backward();
    expect(numbers(made.grad)).toEqual([3]);
  });

  test("in noGrad, with its random numbers; also if a gradient is asked for later", () => {
    const [one, two] = [createRandom(1), createRandom(1)];
    const draw = (random: Random) => (v: Variable) => mul(v, random.uniform([2]));
    const y = noGrad(() => checkpoint(draw(one), x));
    expect(y.requiresGrad).toBe(false);
    expect(numbers(y)).toEqual(numbers(draw(two)(x)));
    expect(one.state).toEqual(two.state);
    const outside = checkpoint(
      (v) =>
        mul(
          noGrad(() => exp(v)),
          v,
        ),
      leaf(0),
    );
    expect([outside.requiresGrad, numbers(grad(outside, [outside])[0])]).toEqual([true, [1]]);
  });

  test("noGrad inside fn is noGrad the second time", () => {
    const y = leaf(2);
    checkpoint(
      (v) =>
        mul(
          noGrad(() => mul(v, v)),
          v,
        ),
      y,
    ).backward();
    expect(numbers(y.grad)).toEqual([4]); // not 3x²
  });
});

describe("checkpoint refuses", () => {
  const x = leaf(1, 2);

  test("a fn that is none, and inputs that are no tensors", () => {
    expect(() => checkpoint(x as never, x)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkpoint: fn must be a function of the inputs, got a tensor [2].]`,
    );
    expect(() => checkpoint((v) => v, 3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkpoint: input 1 must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("a fn that returns something else than a Variable", () => {
    const returning = (result: unknown) => () => checkpoint((_: Variable) => result as Variable, x);
    expect(returning([x, x])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkpoint: fn must return one Variable, got [a tensor [2], a tensor [2]]. Join several with concat.]`,
    );
    expect(returning(undefined)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkpoint: fn must return one Variable, got undefined. Join several with concat.]`,
    );
    expect(returning(tensor([1]))).toThrow(TypeError);
    expect(() => noGrad(returning(tensor([1])))).toThrow(TypeError);
  });

  test("an asynchronous fn", () => {
    expect(() => checkpoint((async (v: Variable) => v) as never, x)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: checkpoint: fn must not be asynchronous. Wrap each synchronous part in its own checkpoint, and await outside.]`,
    );
  });

  /** A fn that returns something else when it runs again. */
  const changing = (second: (v: Variable) => unknown) => {
    let runs = 0;
    const y = checkpoint((v) => (runs++ === 0 ? mul(v, v) : (second(v) as Variable)), x);
    return () => sum(y).backward();
  };

  test("a fn that returns another shape the second time, no Variable or a promise", () => {
    expect(changing((v) => sum(v))).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkpoint: fn returned float32 [], not float32 [2], when it ran again. It must compute the same again.]`,
    );
    expect(changing((v) => v.value)).toThrow("checkpoint: fn must return one Variable, got a tensor [2].");
    expect(changing(async (v) => v)).toThrow("checkpoint: fn must not be asynchronous.");
    expect(x.grad).toBeUndefined();
  });

  test("a fn whose result has no graph the second time, or another dtype", () => {
    expect(changing((v) => mul(v, v).detach())).toThrowErrorMatchingInlineSnapshot(
      `[Error: checkpoint: fn took other steps when it ran again. It must compute the same again.]`,
    );
    expect(changing((v) => cast(mul(v, v), "float64"))).toThrow(
      "checkpoint: fn returned float64 [2], not float32 [2], when it ran again. It must compute the same again.",
    );
    expect(x.grad).toBeUndefined();
  });
});
