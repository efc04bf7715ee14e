import { ShapeError, sum as sumTensor, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { checkGradient, defineOp, grad, mul, type Op, reshape, sum, Variable, variable } from "./index.js";

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
    expect([values(y), y.requiresGrad, y.node]).toEqual([[10, 18], false, undefined]);
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

  test("wrong options, missing ones and too many inputs do not compile", () => {
    const x = tensor([1, 2]);
    // @ts-expect-error the option is called exponent
    const misspelt = () => power(x, { exponents: 2 });
    // @ts-expect-error the exponent is a number
    const wrongType = () => power(x, { exponent: "2" });
    // @ts-expect-error the options are missing
    const missing = () => power(x);
    // @ts-expect-error there is one input
    const tooMany = () => power(x, x, { exponent: 2 });
    // @ts-expect-error it takes a Variable or a Tensor
    const number = () => power(2, { exponent: 2 });
    const negate = defineOp({
      name: "negate",
      inputs: ["x"],
      forward: ({ x: v }) => kernels.neg(v),
      adjoint: { x: (gradY) => mul(gradY, -1) },
    });
    // @ts-expect-error it has no options
    const none = () => negate(x, {});
    expect([misspelt, wrongType, missing, tooMany, number, none]).toHaveLength(6);
    expect(values(negate(x))).toEqual([-1, -2]);
  });

  test("rules that contradict the inputs do not compile", () => {
    // @ts-expect-error the adjoint of b is missing
    defineOp({ name: "product", inputs: ["a", "b"], forward: ({ a }) => a, adjoint: { a: (gradY) => gradY } });
    // @ts-expect-error there is no input c
    defineOp({ name: "id", inputs: ["a"], forward: ({ c }) => c, adjoint: { a: (gradY) => gradY } });
    defineOp({
      name: "id",
      inputs: ["a"],
      forward: ({ a }) => a,
      // @ts-expect-error an adjoint returns a Variable
      adjoint: { a: () => 1 },
    });
    expect.assertions(0); // the compiler is the judge: tsc -p tsconfig.test.json
  });

  test("a gradient of another shape than its input is refused, with the operator's name", () => {
    const total = defineOp({
      name: "total",
      inputs: ["x"],
      forward: ({ x }) => sumTensor(x),
      adjoint: { x: (gradY) => reshape(gradY, [1, 1]) }, // forgot to broadcast to x's shape
    });
    expect(() => total(variable(tensor([1, 2, 3]))).backward()).toThrow(/total.*x/);
  });
});
