import { createRandom, type Random } from "@conv/core";
import { describe, expect, test } from "vitest";
import {
  type Computation,
  expectSameBits,
  normal,
  plainly,
  resultAndGradients,
  type Wrap,
} from "../test/checkpoints.js";
import { numbers } from "../test/scopes.js";
import { add, checkpoint, gather, grad, mul, relu, reshape, sub, sum, type Variable, variable } from "./index.js";

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
