import { createRandom, type Random, type Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Computation,
  expectSameBits,
  normal,
  plainly,
  resultAndGradients,
  vectors,
  type Wrap,
} from "../test/checkpoints.js";
import { numbers } from "../test/scopes.js";
import {
  add,
  checkpoint,
  conv2d,
  div,
  exp,
  gather,
  grad,
  maximum,
  maxPool2d,
  mean,
  mul,
  relu,
  reshape,
  sigmoid,
  softplus,
  sub,
  sum,
  tanh,
  type Variable,
  variable,
  where,
} from "./index.js";

const block: Computation = (wrap, [x, w, b]) =>
  wrap((v) => maxPool2d(relu(conv2d(v, w, { padding: 1, bias: b })), 2), x);
const convValues = [normal([2, 3, 6, 6]), normal([4, 3, 3, 3], 2), normal([4], 3)];

/** x four times in fn and twice around it, so that six gradients meet. */
const inAndOut: Computation = (wrap, [x, w]) => {
  const first = mul(x, w);
  const y = wrap((v) => mul(add(mul(v, w), exp(v)), sigmoid(mul(v, tanh(v)))), x);
  return add(add(mul(y, x), first), mul(x, y));
};

const cube = (wrap: Wrap, v: Variable) =>
  wrap(
    (a) =>
      mul(
        a,
        wrap((c) => mul(c, c), a),
      ),
    v,
  );

describe("gradients are the same bit for bit", () => {
  test.each<[string, readonly Tensor[], Computation]>([
    ["of a block of convolution, relu and pooling", convValues, block],
    ["of an input that is used inside and outside, several times", vectors, inAndOut],
    [
      "of one input given twice, and used besides",
      vectors,
      (wrap, [x, w]) =>
        add(
          wrap((a, b) => mul(add(mul(a, w), b), exp(mul(a, x))), x, x),
          x,
        ),
    ],
    [
      "of what fn uses without being given anything",
      vectors,
      (wrap, [x, w]) => wrap(() => mul(exp(x), add(mul(w, x), w))),
    ],
    [
      "of results of earlier steps, given or not",
      vectors,
      (wrap, [x, w]) => {
        const [given, used] = [mul(x, w), exp(w)];
        const y = wrap((v) => mul(add(mul(v, used), v), add(used, v)), given);
        return add(mul(y, given), mul(used, add(y, x)));
      },
    ],
    [
      "of a result that is used several times",
      vectors,
      (wrap, [x, w]) => {
        const y = wrap((v) => mul(v, exp(mul(v, w))), x);
        return add(add(mul(y, x), mul(y, y)), exp(y));
      },
    ],
    [
      "of several in a row, and steps between them",
      vectors,
      (wrap, [x, w]) => {
        const step = (v: Variable) => tanh(add(mul(v, w), mul(v, sigmoid(v))));
        let y = wrap(step, x);
        for (let i = 0; i < 4; i++) y = wrap(step, i % 2 === 0 ? add(y, x) : y);
        return mul(y, x);
      },
    ],
    [
      "of checkpoints in checkpoints",
      vectors,
      (wrap, [x, w]) =>
        mul(
          x,
          wrap((a) => {
            const inner = wrap((b) => add(mul(b, w), mul(cube(wrap, b), exp(w))), mul(a, w));
            return add(
              add(mul(inner, a), mul(a, x)),
              wrap((b) => mul(b, inner), a),
            );
          }, x),
        ),
    ],
    [
      "of parameters, for an input that needs none",
      [normal([3, 4]), normal([4], 2)],
      (wrap, [w, b]) => wrap((v) => softplus(add(mul(v, w), b)), variable(normal([3, 4], 5), { requiresGrad: false })),
    ],
    [
      "of parameters, for tensors as inputs",
      [normal([3, 4]), normal([4], 2)],
      (wrap, [w, b]) => wrap((x, t) => add(mul(w, x), mul(b, exp(t))), normal([3, 4], 5), normal([4], 6)),
    ],
    [
      "through gathered elements, a condition, a view and a sum of broadcast axes",
      [normal([4, 5]), normal([5], 2)],
      (wrap, [x, b]) =>
        wrap((v) => {
          const picked = gather(v, 0, tensor(Int32Array.of(3, 0, 0, 1, 2), [1, 5]));
          const chosen = where(normal([4, 1], 3), mul(v, b), picked);
          return mul(reshape(chosen, [2, 2, 5]), maximum(b, 0.1));
        }, x),
    ],
    [
      "with a gradient inside: the square of the slope of v³",
      vectors,
      (wrap, [x, w]) =>
        add(
          x,
          wrap((v) => {
            const [slope] = grad(sum(mul(cube(wrap, v), w)), [v], { createGraph: true });
            return mul(slope, mul(slope, w));
          }, x),
        ),
    ],
  ])("%s", (_, values, compute) => {
    const bits = resultAndGradients(values, compute, plainly);
    expect(bits.every((list) => list.some((value) => value !== 0))).toBe(true);
    expectSameBits(values, compute);
  });

  test("the order in which gradients meet counts: a sweep of its own for fn, which returns sums, has other bits", () => {
    const [, expected] = resultAndGradients(vectors, inAndOut, plainly);
    const parts: { start: Variable; end: Variable; y: Variable }[] = [];
    const apart: Wrap = (fn, ...inputs) => {
      const start = variable((inputs[0] as Variable).value);
      const end: Variable = Reflect.apply(fn, undefined, [start]);
      const y = variable(end.value);
      parts.push({ start, end, y });
      return y;
    };
    const [, outside] = resultAndGradients(vectors, inAndOut, apart);
    for (const { end, y } of parts) end.backward(y.grad);
    const [inside] = parts.map(({ start }) => numbers(start.grad));
    const sums = numbers(tensor(Float32Array.from(outside, (value, i) => value + inside[i])));
    sums.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 3);
    });
    expect(sums).not.toEqual(expected);
  });

  test("of Variables inside the graph, for grad", () => {
    const gradients = (wrap: Wrap) => {
      const [x, w] = vectors.map((value) => variable(value));
      const before = mul(x, w);
      const y = wrap((v) => mul(mul(v, w), exp(v)), before);
      return grad(sum(mul(y, before)), [before, y, w, x]).map(numbers);
    };
    expect(gradients(checkpoint)).toEqual(gradients(plainly));
  });

  test("in any expression, of which any part is wrapped", () => {
    const ops: ((a: Variable, b: Variable, random: Random) => Variable)[] = [
      add,
      sub,
      mul,
      (a, b) => div(a, add(exp(b), 1)),
      (a) => relu(a),
      (a) => tanh(a),
      (a, b) => maximum(a, b),
      (a, b) => mul(a, mean(b)),
      (a, _, random) => mul(a, random.uniform(a.shape)),
      (a, b, random) => where(random.normal(a.shape), a, b),
    ];
    const steps = (minLength: number, maxLength: number) =>
      fc.array(fc.tuple(fc.nat(ops.length - 1), fc.nat(), fc.nat()), { minLength, maxLength });
    type Plan = readonly (readonly [op: number, a: number, b: number])[];

    /** Makes steps of those that are there; each may use any of them. */
    const grow = (pool: readonly Variable[], plan: Plan, random: Random): Variable[] => {
      const all = [...pool];
      for (const [op, a, b] of plan) all.push(ops[op](all[a % all.length], all[b % all.length], random));
      return all;
    };
    const last = (all: readonly Variable[]) => all[all.length - 1];
    const parts = { before: steps(0, 4), inner: steps(0, 3), inside: steps(1, 6), after: steps(0, 5) };
    let moved = 0;
    fc.assert(
      fc.property(fc.record({ ...parts, seed: fc.nat(1000) }), ({ before, inner, inside, after, seed }) => {
        const compute: Computation = (wrap, leaves) => {
          const random = createRandom(seed);
          const start = grow(leaves, before, random);
          const y = wrap((v) => {
            const nested = inner.length === 0 ? v : wrap((u) => last(grow([...start, u], inner, random)), v);
            return last(grow([...start, v, nested], inside, random));
          }, last(start));
          const all = grow([...start, y], after, random);
          moved += random.state.drawn;
          return add(last(all), mul(y, 2));
        };
        expectSameBits([normal([7], seed), normal([7], seed + 1), normal([], seed + 2)], compute);
      }),
      { seed: 13, numRuns: 400 },
    );
    expect(moved).toBeGreaterThan(1000); // there were random numbers
  });
});
