import { cpu, createRandom, type Device, sub as minus, ones, type Tensor, tensor, mul as times } from "@conv/core";
import { describe, expect, test } from "vitest";
import { deviceCases } from "../test/deviceCases.js";
import {
  add,
  checkpoint,
  exp,
  gather,
  grad,
  keep,
  matmul,
  mean,
  mul,
  noGrad,
  relu,
  reshape,
  scope,
  sub,
  sum,
  Variable,
  variable,
  where,
} from "./index.js";

const numbers = (x: Tensor | Variable | undefined): number[] => [...(x?.dataSync() ?? [])];
const copyOf = (x: Tensor): Tensor => tensor(x.dataSync(), x.shape, { dtype: x.dtype });
const leaf = (...values: number[]): Variable => variable(tensor(values));
const fixed = (...values: number[]): Variable => variable(tensor(values), { requiresGrad: false });
/** Random numbers of the shape and type of x. */
const like = ({ shape, dtype }: Variable, seed = 1): Tensor => createRandom(seed).normal(shape, { dtype });

/** Whether it was disposed of. */
function isGone(x: Tensor | Variable | undefined): boolean {
  if (x === undefined) throw new Error("there is nothing that could be gone");
  try {
    x.dataSync();
    return false;
  } catch (error) {
    if (!String(error).includes("was disposed of")) throw error;
    return true;
  }
}

/** A device like the cpu that knows which storages it allocated and did not get back. */
function counting() {
  const live = new Set<unknown>();
  const noted = (storage: unknown) => {
    live.add(storage);
    return storage;
  };
  const device: Device = {
    ...cpu,
    name: "counting",
    allocate: (dtype, size) => noted(cpu.allocate(dtype, size)),
    upload: (values) => noted(cpu.upload(values)),
    release: (storage) => void live.delete(storage),
  };
  return { device, live };
}

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
    const { device, live } = counting();
    const x = variable(ones([4]).to(device));
    let base: Variable | undefined;
    const y = scope(() => {
      base = mul(x, 2);
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

describe("memory", () => {
  const STEPS = 1000;

  /** A linear model of one output on a device that counts: its parameters, and its loss. */
  function model() {
    const { device, live } = counting();
    const random = createRandom(1);
    const [w, b] = [random.normal([3, 1]), random.normal([1])].map((value) => variable(value.to(device)));
    const [x, target] = [random.normal([8, 3]), random.normal([8, 1])].map((value) => value.to(device));
    const loss = () => {
      const error = sub(relu(add(matmul(x, w), b)), target);
      return mean(mul(error, error));
    };
    return { live, parameters: [w, b], loss };
  }

  /** How many storages are in use after each of the steps. */
  function counts(live: ReadonlySet<unknown>, step: () => void): number[] {
    return Array.from({ length: STEPS }, () => {
      scope(step);
      return live.size;
    });
  }

  const each = (of: (step: number) => number) => Array.from({ length: STEPS }, (_, step) => of(step));

  test("without scopes grows by all that a step makes", () => {
    const { live, parameters, loss } = model();
    const before = live.size;
    loss().backward();
    const afterOne = live.size;
    loss().backward();
    expect(live.size - afterOne).toBeGreaterThan(afterOne - before - 1); // and the sums of the gradients
    expect(afterOne - before).toBeGreaterThan(10);
    expect(parameters.map(({ grad: g }) => isGone(g))).toEqual([false, false]);
  });

  test("stays as it was after the first of 1000 steps, when the step disposes of what it replaces", () => {
    const { live, parameters, loss } = model();
    const sizes = counts(live, () => {
      loss().backward();
      for (const p of parameters) {
        const [value, gradient] = [p.value, p.grad as Variable];
        p.value = minus(value, times(gradient.value, 0.01));
        p.grad = undefined;
        value.dispose();
        gradient.value.dispose();
      }
    });
    expect(sizes).toEqual(each(() => 4)); // w, b, x and the target
  });

  // What is replaced by assignment is not disposed of, since somebody may hold it: see docs/decisions/0009.
  test("grows by the value and the gradient of each parameter in a step that replaces them, and by nothing else", () => {
    const { live, parameters, loss } = model();
    const sizes = counts(live, () => {
      for (const p of parameters) p.grad = undefined;
      loss().backward();
      for (const p of parameters) p.value = minus(p.value, times((p.grad as Variable).value, 0.01));
    });
    expect(sizes).toEqual(each((step) => 4 + 4 * (step + 1)));
  });

  test("grows by a gradient for each parameter where they are added up from step to step", () => {
    const { live, loss } = model();
    expect(counts(live, () => loss().backward())).toEqual(each((step) => 4 + 2 * (step + 1)));
  });

  test("stays as it was where gradients are returned by grad and looked at inside", () => {
    const { live, parameters, loss } = model();
    expect(counts(live, () => void grad(loss(), parameters).map(numbers))).toEqual(each(() => 4));
  });

  test("the loss that a step returns is all that it adds", () => {
    const { live, parameters, loss } = model();
    const losses: Tensor[] = [];
    const sizes = counts(live, () => {
      const l = loss();
      grad(l, parameters);
      losses.push(keep(l.value));
    });
    expect(sizes).toEqual(each((step) => 4 + step + 1));
    expect(losses.map(isGone)).not.toContain(true);
  });

  test("a checkpoint gives back what fn made as soon as fn has ended, in a scope as well", () => {
    const { live, loss } = model();
    scope(() => {
      const before = live.size;
      checkpoint(loss);
      expect(live.size).toBe(before + 1); // the result
    });
  });
});
