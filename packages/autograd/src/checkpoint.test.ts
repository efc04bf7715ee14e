import { createRandom, type Random, type Shape, type Tensor, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  avgPool2d,
  cast,
  checkGradient,
  checkpoint,
  conv2d,
  div,
  exp,
  gather,
  grad,
  isRecomputing,
  maximum,
  maxPool2d,
  mean,
  mul,
  noGrad,
  relu,
  reshape,
  scope,
  sigmoid,
  softplus,
  sqrt,
  sub,
  sum,
  tanh,
  type Variable,
  variable,
  where,
} from "./index.js";
import { withWatch } from "./watch.js";

const numbers = (x: Tensor | Variable | undefined): number[] => [...(x?.dataSync() ?? [])];
const leaf = (...values: number[]): Variable => variable(tensor(values));
const fixed = (...values: number[]): Variable => variable(tensor(values), { requiresGrad: false });
const normal = (shape: Shape, seed = 1): Tensor => createRandom(seed).normal(shape);

/** How a part of a computation is run: as it is, or as a checkpoint. */
type Wrap = typeof checkpoint;
const plainly: Wrap = (fn, ...inputs) => fn(...inputs);

/** A computation from leaves, parts of which are wrapped. */
type Computation = (wrap: Wrap, leaves: readonly Variable[]) => Variable;

/** The result, and its gradient in every leaf, weighted at random. */
function resultAndGradients(values: readonly Tensor[], compute: Computation, wrap: Wrap): number[][] {
  const leaves = values.map((value) => variable(value));
  const y = compute(wrap, leaves);
  y.backward(createRandom(9).normal(y.shape, { dtype: y.dtype }));
  return [y, ...leaves.map((x) => x.grad)].map(numbers);
}

/** Expects all bits to be the same without and with checkpoints. */
function expectSameBits(values: readonly Tensor[], compute: Computation): void {
  const expected = resultAndGradients(values, compute, plainly);
  expect(resultAndGradients(values, compute, checkpoint)).toEqual(expected);
}

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

const block: Computation = (wrap, [x, w, b]) =>
  wrap((v) => maxPool2d(relu(conv2d(v, w, { padding: 1, bias: b })), 2), x);
const convValues = [normal([2, 3, 6, 6]), normal([4, 3, 3, 3], 2), normal([4], 3)];

/** x four times in fn and twice around it, so that six gradients meet. */
const inAndOut: Computation = (wrap, [x, w]) => {
  const first = mul(x, w);
  const y = wrap((v) => mul(add(mul(v, w), exp(v)), sigmoid(mul(v, tanh(v)))), x);
  return add(add(mul(y, x), first), mul(x, y));
};
const vectors = [normal([40]), normal([40], 2)];

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

describe("random numbers", () => {
  /** Draws of all kinds, and what depends on them. */
  const noisy = (random: Random) => (v: Variable) => {
    const mask = relu(sub(random.uniform(v.shape), 0.3));
    const noise = random.normal(v.shape, { std: 0.1 });
    const order = reshape(variable(random.permutation(v.size), { requiresGrad: false }), v.shape);
    const child = random.split();
    const mixed = gather(mul(v, mask), 0, order.value);
    return add(mul(mixed, child.uniform(v.shape)), mul(mul(noise, v), random.integer(5) + 1));
  };

  test("are the same again, and what the generator draws in between and afterwards is not disturbed", () => {
    const run = (wrap: Wrap) => {
      const random = createRandom(5);
      random.uniform([3]);
      const before = numbers(random.uniform([2]));
      const bits = resultAndGradients(
        [normal([30])],
        (_, [x]) => {
          const y = wrap(noisy(random), x);
          return mul(y, random.uniform([30])); // moves on before the sweep
        },
        wrap,
      );
      return { before, bits, after: numbers(random.normal([4])), state: random.state };
    };
    expect(run(checkpoint)).toEqual(run(plainly));
  });

  test("of checkpoints in checkpoints and of several in a row are the same again", () => {
    const compute: Computation = (wrap, [x]) => {
      const [a, b] = [createRandom(1), createRandom(2)];
      let y = x;
      for (let i = 0; i < 3; i++) {
        y = wrap((v) => {
          const inner = wrap((u) => noisy(a)(mul(u, b.uniform(u.shape))), mul(v, a.uniform(v.shape)));
          return mul(wrap(noisy(b), inner), a.uniform(v.shape, { low: 0.5 }));
        }, y);
        b.uniform([1]);
      }
      return y;
    };
    expectSameBits([normal([20])], compute);
  });

  test("are the same again for every sweep", () => {
    const random = createRandom(4);
    const x = variable(normal([10]));
    const y = checkpoint(noisy(random), x);
    const sweeps = [1, 2, 3].map(() => {
      random.uniform([7]);
      return numbers(grad(sum(y), [x], { retainGraph: true })[0]);
    });
    expect(sweeps[1]).toEqual(sweeps[0]);
    expect(sweeps[2]).toEqual(sweeps[0]);
  });

  test("a generator that fn sets to a seed of its own is put back too", () => {
    const random = createRandom(4);
    const x = variable(normal([5]));
    const seeded = (v: Variable) => {
      random.restore(createRandom(77).state);
      return mul(v, random.uniform([5]));
    };
    const y = checkpoint(seeded, x);
    random.restore(createRandom(4).state);
    const { state } = random;
    sum(y).backward();
    expect(random.state).toEqual(state);
    expect(numbers(x.grad)).toEqual(numbers(createRandom(77).uniform([5])));
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

describe("derivatives of higher order", () => {
  test("by hand: x⁴ at 2 has 32, 48, 48 and 24", () => {
    const x = variable(tensor(2, [], { dtype: "float64" }));
    const orders: number[] = [];
    let y = checkpoint(
      (v) =>
        mul(
          mul(v, v),
          checkpoint((u) => mul(u, u), v),
        ),
      x,
    );
    for (let order = 1; order <= 4; order++) {
      [y] = grad(y, [x], { createGraph: true });
      orders.push(y.item());
    }
    expect(orders).toEqual([32, 48, 48, 24]);
  });

  test("by hand: y = x², z = y²·x = x⁵: its slope 5x⁴ has itself the slope 20x³", () => {
    const x = leaf(2);
    const y = checkpoint((v) => mul(v, v), x);
    const [slope] = grad(mul(mul(y, y), x), [x], { createGraph: true });
    expect([numbers(slope), numbers(grad(slope, [x])[0])]).toEqual([[80], [160]]);
  });

  test("agree with central differences, up to the third", () => {
    const random = createRandom(3);
    const smooth = (x: Variable, w: Variable, b: Variable) => {
      const inner = checkpoint(
        (v, bias) => avgPool2d(softplus(conv2d(v, w, { bias, padding: 1 })), 2),
        tanh(x),
        mul(b, 2),
      );
      return mul(
        checkpoint((v) => exp(mul(v, 0.3)), inner),
        inner,
      );
    };
    const inputs = [random.normal([1, 2, 4, 4]), random.normal([2, 2, 3, 3]), random.normal([2])];
    expect(checkGradient(smooth, inputs, { order: 2 }).entries).toBe(32 + 36 + 2);
    const product = (x: Variable, w: Variable) => checkpoint((v) => mul(exp(mul(v, w)), v), x);
    const small = [random.normal([3]), random.normal([3])];
    expect(checkGradient(product, small, { order: 3 }).entries).toBe(6);
  });

  test("are the same bit for bit where nothing but the checkpoint bends the result", () => {
    const second = (wrap: Wrap) => {
      const [x, w] = vectors.map((value) => variable(value));
      const y = wrap((v) => mul(exp(mul(v, w)), tanh(v)), x);
      const first = grad(sum(y), [x, w], { createGraph: true });
      return [...first, ...grad(add(sum(mul(first[0], 3)), sum(first[1])), [x, w])].map(numbers);
    };
    expect(second(checkpoint)).toEqual(second(plainly));
  });

  test("are exact where rounding has no part: integers, a mask drawn in fn, steps around it that bend too", () => {
    const second = (wrap: Wrap) => {
      const random = createRandom(6);
      const integers = (seed: number) =>
        variable(tensor(Float64Array.from({ length: 8 }, (_, i) => ((i * seed) % 5) - 2)));
      const [x, w] = [integers(3), integers(7)];
      const dropped = (v: Variable) => {
        const mask = tensor(
          Float64Array.from(random.permutation(8).dataSync(), (i) => i % 2),
          [8],
        );
        return mul(mul(mul(v, w), add(v, x)), mask);
      };
      const y = wrap(dropped, mul(x, w));
      const first = grad(sum(mul(mul(y, y), x)), [x, w], { createGraph: true });
      return [...first, ...grad(sum(add(mul(first[0], first[1]), first[0])), [x, w])].map(numbers);
    };
    expect(second(checkpoint)).toEqual(second(plainly));
    expect(
      second(plainly)
        .flat()
        .some((value) => value !== 0),
    ).toBe(true);
  });

  // The second sweep runs fn once more; what arrives at its steps from there and from the first sweep's gradients goes on
  // apart, J·a + J·b for J·(a + b).
  test("are the same but for rounding where steps around the checkpoint bend too", () => {
    const second = (wrap: Wrap) => {
      const [x, w] = vectors.map((value) => variable(cast(value, "float64").value));
      const y = wrap((v) => mul(exp(mul(v, w)), tanh(v)), x);
      const first = grad(sum(mul(mul(y, y), x)), [x, w], { createGraph: true });
      return grad(sum(mul(first[0], first[1])), [x, w]).flatMap(numbers);
    };
    const [got, expected] = [second(checkpoint), second(plainly)];
    got.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-12 * Math.max(1, ...expected.map(Math.abs)));
    });
  });

  test("in a loss that contains the norm of a gradient, as a critic's does", () => {
    const loss = (wrap: Wrap) => {
      const [w, b] = [normal([3, 2, 3, 3], 2), normal([3], 3)].map((value) => variable(cast(value, "float64").value));
      const x = variable(cast(normal([2, 2, 5, 5]), "float64").value);
      const score = mean(wrap((v) => softplus(conv2d(v, w, { bias: b })), x));
      const [slope] = grad(score, [x], { createGraph: true });
      sqrt(sum(mul(slope, slope))).backward();
      return [w, b].map(({ grad: g }) => numbers(g));
    };
    const [got, expected] = [loss(checkpoint), loss(plainly)];
    got.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i], 14);
    });
    expect(Math.max(...expected.flat().map(Math.abs))).toBeGreaterThan(1e-3);
  });
});

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
      `[Error: backward: an earlier backward or grad freed the graph of checkpoint. Pass { retainGraph: true } to that one, or compute the result again.]`,
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
    ["a result", () => mul(leaf(1, 2), 1)],
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

  test("the places where gradients go on: those of older Variables, each once, and not of leaves that fn makes", () => {
    const [x, w] = [leaf(1, 2), leaf(3, 4)];
    const earlier = exp(w);
    const y = checkpoint((v) => mul(mul(v, earlier), mul(mul(v, w), leaf(5, 6))), x);
    expect(new Set(y.vertex?.inputs)).toEqual(new Set([x.vertex, w.vertex, earlier.vertex]));
    expect(y.vertex?.inputs).toHaveLength(3);
  });

  test("in a scope the tensors that fn uses from outside, none that it makes; outside of scopes none", () => {
    const [x, used] = [leaf(1, 2), tensor([3, 4])];
    const make = () => checkpoint((v) => where(tensor([0, 1]), mul(v, used), tensor([5, 6])), x);
    const inside = scope(make);
    expect(inside.vertex?.constants).toEqual([used]);
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
      `[ShapeError: checkpoint: what fn returns the second time has shape [], but these sizes need [2]. Give it that shape.]`,
    );
    expect(changing((v) => v.value)).toThrow("checkpoint: fn must return one Variable, got a tensor [2].");
    expect(changing(async (v) => v)).toThrow("checkpoint: fn must not be asynchronous.");
    expect(x.grad).toBeUndefined();
  });

  test("a fn whose result has no graph the second time, or another dtype", () => {
    expect(changing((v) => mul(v, v).detach())).toThrow(
      "checkpoint: what fn returns the second time needs no gradient",
    );
    expect(changing((v) => cast(mul(v, v), "float64"))).toThrow(
      "checkpoint: what fn returns the second time is float64",
    );
    expect(x.grad).toBeUndefined();
  });
});
