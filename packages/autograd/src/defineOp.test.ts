import { cast as castTensor, ShapeError, sum as sumTensor, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import {
  broadcastTo,
  cast,
  checkGradient,
  defineOp,
  grad,
  mul,
  type Op,
  reshape,
  sum,
  Variable,
  variable,
} from "./index.js";

const values = (x: Variable | Tensor | undefined) => [...(x?.dataSync() ?? [])];

/** x to a power: an operator as a user writes it. */
const power: Op<["x"], { exponent: number }> = defineOp({
  name: "power",
  inputs: ["x"],
  forward: ({ x }, { exponent }: { exponent: number }) =>
    tensor(
      x.dataSync().map((v) => v ** exponent),
      x.shape,
    ),
  adjoint: {
    x: (gradY, { x }, { exponent }) => mul(gradY, mul(power(x, { exponent: exponent - 1 }), exponent)),
  },
});

/** Σ of every `every`-th element, scaled: with a plan that checks and works out sizes. */
const subsample = defineOp({
  name: "subsample",
  inputs: ["x"],
  plan: ({ x }, { every }: { every: number }) => {
    if (x.shape.length !== 1) throw new ShapeError(`subsample: x must have one axis, got ${x.shape.length}.`);
    return { every, length: Math.ceil(x.shape[0] / every), xLength: x.shape[0] };
  },
  forward: ({ x }, { every, length }) =>
    tensor(
      x.dataSync().filter((_, i) => i % every === 0),
      [length],
    ),
  adjoint: {
    x: (gradY, _, { every, xLength }) => {
      const spread = new Float64Array(xLength);
      gradY.dataSync().forEach((g, i) => {
        spread[i * every] = g;
      });
      return variable(tensor(spread, [xLength], { dtype: gradY.dtype }), { requiresGrad: false });
    },
  },
});

describe("defineOp", () => {
  test("by hand: x³ at [1, 2] is [1, 8], and its gradient 3x² is [3, 12]", () => {
    const x = variable(tensor([1, 2]));
    const y = power(x, { exponent: 3 });
    expect(values(y)).toEqual([1, 8]);
    sum(y).backward();
    expect(values(x.grad)).toEqual([3, 12]);
  });

  test("an adjoint written with operators has derivatives of every order: 3·2·x at 5 is 30", () => {
    const x = variable(tensor(5));
    const [first] = grad(power(x, { exponent: 3 }), [x], { createGraph: true });
    const [second] = grad(first, [x]);
    expect([first.item(), second.item()]).toEqual([75, 30]);
    expect(checkGradient((v) => power(v, { exponent: 3 }), [tensor([0.5, -2])], { order: 2 }).entries).toBe(2);
  });

  test("the plan sees tensors and options before anything is computed, and both rules get what it returns", () => {
    const x = variable(tensor([1, 2, 3, 4, 5]));
    const y = subsample(x, { every: 2 });
    expect(values(y)).toEqual([1, 3, 5]);
    y.backward(tensor([10, 20, 30]));
    expect(values(x.grad)).toEqual([10, 0, 20, 0, 30]);
    expect(() => subsample(tensor([[1]]), { every: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: subsample: x must have one axis, got 2.]`,
    );
  });

  test("the plan is made once per call, however often the graph is swept", () => {
    let plans = 0;
    const planned = defineOp({
      name: "planned",
      inputs: ["x"],
      plan: (_, factor: number) => {
        plans++;
        return factor + 1;
      },
      forward: ({ x }, factor) => kernels.mul(x, tensor(factor)),
      adjoint: { x: (gradY, _, factor) => mul(gradY, factor) },
    });
    const x = variable(tensor(1));
    const y = planned(x, 4);
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect([plans, y.item(), x.grad?.item()]).toEqual([1, 5, 5 + 5]);
  });

  test("takes Tensors, which receive no gradient and whose adjoint rule does not run", () => {
    const asked: string[] = [];
    const product = defineOp({
      name: "product",
      inputs: ["a", "b"],
      forward: ({ a, b }) => kernels.mul(a, b),
      adjoint: {
        a: (gradY, { b }) => {
          asked.push("a");
          return mul(gradY, b);
        },
        b: (gradY, { a }) => {
          asked.push("b");
          return mul(gradY, a);
        },
      },
    });
    const b = variable(tensor([5, 6]));
    product(tensor([2, 3]), b).backward(tensor([1, 1]));
    expect([values(b.grad), asked]).toEqual([[2, 3], ["b"]]);
    const y = product(tensor([2, 3]), tensor([5, 6]));
    expect(y).toBeInstanceOf(Variable);
    expect([values(y), y.requiresGrad, y.vertex]).toEqual([[10, 18], false, undefined]);
  });

  test("the adjoint sees the inputs in their order, not that of its keys", () => {
    const minus = defineOp({
      name: "minus",
      inputs: ["a", "b"],
      forward: ({ a, b }) => kernels.sub(a, b),
      adjoint: { b: (gradY) => mul(gradY, -1), a: (gradY) => gradY },
    });
    const [a, b] = [variable(tensor([1])), variable(tensor([2]))];
    minus(a, b).backward();
    expect([values(a.grad), values(b.grad)]).toEqual([[1], [-1]]);
  });

  test("an operator may have inputs that are known only at run time", () => {
    const names = ["u", "v", "w"];
    const weighted = defineOp<string[], number, []>({
      name: "weighted",
      inputs: names,
      saves: [],
      forward: (inputs, factor) =>
        kernels.mul(
          names.map((name) => inputs[name]).reduce((a, b) => kernels.add(a, b)),
          tensor(factor),
        ),
      adjoint: Object.fromEntries(
        names.map((name, i) => [name, (gradY: Variable, _: unknown, factor: number) => mul(gradY, i * factor)]),
      ),
    });
    const inputs = [1, 2, 3].map((v) => variable(tensor(v)));
    const y = weighted(...inputs, 10);
    y.backward();
    expect([y.item(), inputs.map(({ grad: g }) => g?.item())]).toEqual([60, [0, 10, 20]]);
  });

  test("an operator may have no inputs: its result is a constant", () => {
    const one = defineOp({ name: "one", inputs: [], forward: () => tensor(1), adjoint: {} });
    expect([one().item(), one().requiresGrad]).toEqual([1, false]);
  });

  test("a result of int32 is cut off from the graph", () => {
    const sign = defineOp({
      name: "sign",
      inputs: ["x"],
      forward: ({ x }) => castTensor(x, "int32"),
      adjoint: { x: (gradY) => gradY },
    });
    const y = sign(variable(tensor([1.5, -2.5])));
    expect([values(y), y.requiresGrad, y.vertex]).toEqual([[1, -2], false, undefined]);
  });
});

describe("a rule's gradient is refused", () => {
  /** Σ x, with a rule of which the gradient is wrong. */
  const total = (rule: (gradY: Variable) => Variable) =>
    defineOp({ name: "total", inputs: ["x"], saves: [], forward: ({ x }) => sumTensor(x), adjoint: { x: rule } });
  const sweep = (rule: (gradY: Variable) => Variable) => () => total(rule)(variable(tensor([1, 2, 3]))).backward();

  test("if it has another shape than its input", () => {
    expect(sweep((gradY) => gradY)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: total: the gradient that its adjoint gives for x has shape [], but these sizes need [3]. Give it that shape.]`,
    ); // forgot to broadcast to x's shape
    expect(sweep((gradY) => reshape(gradY, [1, 1]))).toThrow(
      "total: the gradient that its adjoint gives for x has shape [1, 1]",
    );
  });

  test("if it has another dtype than its input", () => {
    expect(sweep((gradY) => cast(broadcastTo(gradY, [3]), "float64"))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: total: the gradient that its adjoint gives for x is float64, but it must be float32. Use cast(x, "float32").]`,
    );
  });
});

describe("a definition is refused", () => {
  const parts = {
    name: "square",
    inputs: ["x"],
    forward: ({ x }: { x: Tensor }) => kernels.mul(x, x),
    adjoint: { x: (gradY: Variable) => gradY },
  };
  const define = (changes: object) => () => defineOp({ ...parts, ...changes } as never);

  test("if it lacks a part", () => {
    expect(define({})).not.toThrow();
    expect(define({ name: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: an operator must have a name, which errors call it by, got undefined.]`,
    );
    expect(define({ inputs: "x" })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square must have inputs, an array of their names, got "x".]`,
    );
    expect(define({ forward: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square must have forward, a function of tensors, got undefined.]`,
    );
    expect(define({ adjoint: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square must have an adjoint rule for x, got undefined.]`,
    );
    expect(() => defineOp(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: the last argument is the options, got undefined. Pass an object: { name: … }.]`,
    );
  });

  test("if an input has no rule", () => {
    expect(define({ inputs: ["x", "w"] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square must have an adjoint rule for w, got undefined.]`,
    );
    expect(define({ adjoint: { x: 3 } })).toThrow("defineOp: square must have an adjoint rule for x, got 3.");
  });

  test("if it has a part that does not exist", () => {
    expect(define({ save: ["x"] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: unknown option save. It takes name, inputs, saves, plan, forward, adjoint.]`,
    );
    expect(define({ backward: () => {} })).toThrow("defineOp: unknown option backward.");
  });

  test("if it saves what is neither an input nor the result", () => {
    expect(define({ saves: ["z"] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square cannot save "z". Name inputs, or "y" for the result.]`,
    );
    expect(define({ saves: { x: ["y", "X"] } })).toThrow(`defineOp: square cannot save "X".`);
    expect(define({ saves: {} })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square must say in saves what the rule for x uses: a list of inputs, or "y".]`,
    ); // for every rule, or none
    expect(define({ saves: "x" })).toThrow("defineOp: square must say in saves");
    expect(define({ saves: { x: "y" } })).toThrow("defineOp: square must say in saves");
    expect(define({ saves: null })).toThrow("defineOp: square must say in saves");
  });

  test("unless y is an input: then it is that which is saved, not the result", () => {
    const product = defineOp({
      name: "product",
      inputs: ["x", "y"],
      forward: ({ x, y }) => kernels.mul(x, y),
      adjoint: { x: (gradY, { y }) => mul(gradY, y), y: (gradY, { x }) => mul(gradY, x) },
    });
    const [x, y] = [variable(tensor(2)), variable(tensor(3))];
    product(x, y).backward();
    expect([x.grad?.item(), y.grad?.item()]).toEqual([3, 2]);
  });

  test("if two inputs have one name", () => {
    expect(define({ inputs: ["x", "x"] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square has two inputs of one name: x, x. Rename one.]`,
    );
  });

  test("if its plan is no function", () => {
    expect(define({ plan: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: defineOp: square has a plan that is no function, but 3.]`,
    );
  });

  test("when it is used, if forward gives no Tensor or a rule no Variable", () => {
    const x = variable(tensor(3));
    const wrong = define({ forward: ({ x: v }: { x: Tensor }) => variable(v) })();
    expect(() => (wrong as (x: Variable) => Variable)(x)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: square: forward must return a Tensor, got a Variable. Compute with @conv/core, or return its value.]`,
    );
    const lost = define({ adjoint: { x: () => undefined } })();
    expect(() => (lost as (x: Variable) => Variable)(x).backward()).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: square: the gradient that its adjoint gives for x must be a Variable, got undefined. Write it with operators.]`,
    );
  });
});

describe("arguments are refused by the operator", () => {
  test("if they are no tensors", () => {
    expect(() => power([1, 2] as never, { exponent: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: power: x must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => power(undefined as never, { exponent: 2 })).toThrow("power: x must be a tensor, got undefined.");
  });
});
