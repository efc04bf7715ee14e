import { cpu, createRandom, ones, type Tensor, tensor } from "@conv/core";
import { counting, givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import { deviceCases } from "../test/deviceCases.js";
import { copyOf, isGone, leaf, numbers } from "../test/scopes.js";
import { add, exp, grad, keep, mul, noGrad, reshape, scope, sum, type Variable, variable } from "./index.js";

givingBack(cpu);

/** Random numbers of the shape and type of x. */
const like = ({ shape, dtype }: Variable, seed = 1): Tensor => createRandom(seed).normal(shape, { dtype });

describe("what fn returns lives on", () => {
  test("by hand: of y = x·x + x the sum lives on, the product does not", () => {
    const x = tensor([1, 2, 3]);
    let product: Variable | undefined;
    const y = scope(() => {
      product = mul(x, x);
      return add(product, x).value;
    });
    expect(numbers(y)).toEqual([2, 6, 12]);
    expect(() => product?.dataSync()).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: tensor: [3] was disposed of and has no elements any more. Use it before dispose().]`,
    );
    expect(numbers(x)).toEqual([1, 2, 3]);
  });

  test("by hand: a Variable lives on with its graph: after x³ at 2 the gradient is still 12", () => {
    const x = leaf(2);
    let aside: Variable | undefined;
    const y = scope(() => {
      aside = exp(x);
      const square = mul(x, x);
      return mul(square, x);
    });
    expect(isGone(aside)).toBe(true);
    y.backward();
    expect(numbers(x.grad)).toEqual([12]);
  });

  class Box {
    readonly more = { empty: undefined, text: "text" };
    constructor(readonly inside: unknown) {}
  }
  const round = (x: unknown) => {
    const cycle: unknown[] = [1, null, x];
    cycle.push({ cycle });
    return cycle;
  };
  test.each<[string, (x: unknown) => unknown]>([
    ["itself", (x) => x],
    ["an array", (x) => [1, x]],
    ["an object", (x) => ({ a: "a", x })],
    ["a Set", (x) => new Set([x, 2])],
    ["the values of a Map", (x) => new Map([["x", x]])],
    ["the keys of a Map", (x) => new Map([[x, "x"]])],
    ["an instance of a class", (x) => new Box(x)],
    ["all of that, one in the other", (x) => [new Box(new Map([[1, [new Set([{ x }])]]]))]],
    ["something that goes round in circles", round],
    ["an object without a prototype", (x) => Object.assign(Object.create(null), { x })],
  ])("in %s", (_, wrap) => {
    let [variables, tensors]: (Tensor | Variable)[][] = [];
    scope(() => {
      variables = [mul(tensor([3]), 2), mul(tensor([3]), 3)];
      return wrap(variables[0]);
    });
    scope(() => {
      tensors = [tensor([4]), tensor([5])];
      return wrap(tensors[0]);
    });
    expect([numbers(variables[0]), numbers(tensors[0])]).toEqual([[6], [4]]);
    expect([isGone(variables[1]), isGone(tensors[1])]).toEqual([true, true]);
  });

  test("and what holds no tensors comes back as it is", () => {
    const values = [undefined, null, 1, "text", true, 10n, Symbol.iterator, () => 1, new Float32Array(3), new Date(0)];
    for (const value of values) expect(scope(() => value)).toBe(value);
  });

  test("what a class hides, or a function remembers, is not found: keep is for that", () => {
    class Hidden {
      readonly #x: Tensor;
      constructor(x: Tensor) {
        this.#x = x;
      }
      read = () => numbers(this.#x);
    }
    const [hidden, closure] = scope(() => {
      const x = tensor([2]);
      return [new Hidden(tensor([1])), () => numbers(x)] as const;
    });
    expect(hidden.read).toThrow("was disposed of");
    expect(closure).toThrow("was disposed of");
    const kept = scope(() => new Hidden(keep(tensor([1]))));
    expect(kept.read()).toEqual([1]);
  });

  test("in collections of any size and any depth", () => {
    const many = 300_000;
    const inArray = scope(() => Array.from({ length: many }, (_, i) => (i === many - 1 ? tensor([1]) : i)));
    expect(numbers(inArray[many - 1] as Tensor)).toEqual([1]);
    const deep = scope(() => {
      let x: unknown = tensor([2]);
      for (let i = 0; i < many; i++) x = [x];
      return x;
    });
    let x = deep;
    while (Array.isArray(x)) x = x[0];
    expect(numbers(x as Tensor)).toEqual([2]);
  });

  test("in a Map of 300 000 entries", () => {
    const entries = (last: Tensor) => Array.from({ length: 300_000 }, (_, i) => [i, i === 7 ? last : i] as const);
    const map = scope(() => new Map(entries(tensor([3]))));
    expect(numbers(map.get(7) as Tensor)).toEqual([3]);
  });

  test("with a graph of 100 000 steps", () => {
    const x = leaf(1);
    const y = scope(() => {
      let z: Variable = x;
      for (let i = 0; i < 100_000; i++) z = add(z, x);
      return z;
    });
    y.backward();
    expect(numbers(x.grad)).toEqual([100_001]);
  });

  test("a leaf with the gradient that it got", () => {
    const x = scope(() => {
      const inner = leaf(3);
      mul(inner, inner).backward();
      return inner;
    });
    expect([numbers(x), numbers(x.grad)]).toEqual([[3], [6]]);
  });

  test("a view keeps the elements of the tensor it shares them with, which is gone", () => {
    const { device, live } = counting(cpu);
    const x = variable(ones([4]).to(device));
    let base: Variable | undefined;
    const y = scope(() => {
      base = add(x, x);
      return reshape(base, [2, 2]);
    });
    expect([numbers(y), isGone(base)]).toEqual([[2, 2, 2, 2], true]);
    expect(live.size).toBe(2);
    y.value.dispose();
    expect(live).toEqual(new Set([x.value.storage]));
  });

  test("and its views are gone without it", () => {
    let view: Variable | undefined;
    const y = scope(() => {
      const base = mul(tensor([1, 2]), 2);
      view = reshape(base, [2, 1]);
      return base;
    });
    expect([numbers(y), isGone(view)]).toEqual([[2, 4], true]);
  });
});

describe("a graph that lives on keeps all that its derivatives need", () => {
  test.each(deviceCases)("first derivatives of $operator $name", ({ inputs, run }) => {
    const gradients = (within: typeof scope) => {
      const leaves = inputs.map((x) => variable(copyOf(x)));
      const y = within(() => run(leaves, copyOf));
      y.backward(like(y));
      return leaves.map((x) => numbers(x.grad));
    };
    expect(gradients(scope)).toEqual(gradients((fn) => fn()));
  });

  test.each(deviceCases)("derivatives of the gradients of $operator $name", ({ inputs, run }) => {
    const gradients = (within: typeof scope) => {
      const leaves = inputs.map((x) => variable(copyOf(x)));
      const first = within(() => {
        const y = run(leaves, copyOf);
        return grad(y, leaves, { gradY: variable(like(y)), createGraph: true });
      });
      const total = first.map((g) => sum(mul(g, like(g, 2)))).reduce((a, b) => add(a, b));
      return total.requiresGrad ? grad(total, leaves).map(numbers) : [];
    };
    expect(gradients(scope)).toEqual(gradients((fn) => fn()));
  });
});

describe("scopes in scopes", () => {
  test("by hand: what the inner one returns is the outer one's, and ends with it unless it is returned again", () => {
    const inner: Variable[] = [];
    const [y] = scope(() => {
      inner.push(
        ...scope(() => {
          inner.push(leaf(9));
          return [mul(leaf(1), 2), mul(leaf(2), 2)];
        }),
      );
      expect(inner.map(isGone)).toEqual([true, false, false]);
      return [inner[1]];
    });
    expect(inner.map(isGone)).toEqual([true, false, true]);
    expect(numbers(y)).toEqual([2]);
  });

  test("a graph passes through three of them", () => {
    const x = leaf(2);
    const y = scope(() =>
      scope(() =>
        mul(
          scope(() => mul(x, x)),
          x,
        ),
      ),
    );
    y.backward();
    expect(numbers(x.grad)).toEqual([12]);
  });
});

describe("when fn throws", () => {
  test("all that it made is gone, but for what older Variables hold by then; and the scope has ended", () => {
    const x = leaf(1);
    let made: Variable | undefined;
    const broken = () => {
      made = mul(x, 2);
      x.value = tensor([5]);
      throw new Error("inside");
    };
    expect(() => scope(broken)).toThrow("inside");
    expect([isGone(made), numbers(x)]).toEqual([true, [5]]);
    expect(numbers(mul(x, 2))).toEqual([10]);
  });

  test("a scope around it goes on", () => {
    const y = scope(() => {
      const before = leaf(1);
      expect(() => scope(() => noGrad(() => mul(before, tensor([1, 2, 3, 4]).to("gpu" as never))))).toThrow(TypeError);
      return add(before, 1);
    });
    expect(numbers(y)).toEqual([2]);
  });
});

test("an asynchronous fn is refused, and what it made by then is gone", () => {
  const made: Tensor[] = [];
  const later = async () => {
    made.push(tensor([1]));
    return made[0];
  };
  expect(() => scope(later)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: scope: fn must not be asynchronous. Wrap each synchronous part in its own scope, and await outside.]`,
  );
  expect(made.map(isGone)).toEqual([true]);
  expect(numbers(mul(tensor([1]), 2))).toEqual([2]);
});
