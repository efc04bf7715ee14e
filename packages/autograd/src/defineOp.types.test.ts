import { type DType, type Shape, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, expectTypeOf, test } from "vitest";
import { add, defineOp, mul, neg, type Op, reshape, type Variable, variable } from "./index.js";

// The compiler is the judge here: tsc -p tsconfig.test.json. None of these definitions needs a type argument or a cast.

const scale = defineOp({
  name: "scale",
  inputs: ["x"],
  saves: [],
  forward: ({ x }, { factor }: { factor: number }) => kernels.mul(x, tensor(factor)),
  adjoint: { x: (gradY, _, { factor }) => mul(gradY, factor) },
});
const negate = defineOp({
  name: "negate",
  inputs: ["x"],
  saves: [],
  forward: ({ x }) => kernels.neg(x),
  adjoint: { x: (gradY) => neg(gradY) },
});

describe("calls of an operator compile", () => {
  const x = variable(tensor([1, 2]));

  test("with Variables and Tensors, and options if it has some", () => {
    expect([...scale(x, { factor: 3 }).dataSync(), ...negate(x.value).dataSync()]).toEqual([3, 6, -1, -2]);
    expectTypeOf(scale).toEqualTypeOf<Op<readonly ["x"], { factor: number }>>();
    expectTypeOf(negate).toEqualTypeOf<Op<readonly ["x"]>>();
    expectTypeOf(negate(x)).toEqualTypeOf<Variable>();
  });

  test("not with wrong options, without them, or with other inputs", () => {
    // @ts-expect-error the option is called factor
    const misspelt = () => scale(x, { factors: 2 });
    // @ts-expect-error the factor is a number
    const wrongType = () => scale(x, { factor: "2" });
    // @ts-expect-error the options are missing
    const missing = () => scale(x);
    // @ts-expect-error there is one input
    const tooMany = () => scale(x, x, { factor: 2 });
    // @ts-expect-error it takes a Variable or a Tensor
    const number = () => scale(2, { factor: 2 });
    // @ts-expect-error it has no options
    const none = () => negate(x, {});
    expect([misspelt, wrongType, missing, tooMany, number, none]).toHaveLength(6);
  });
});

describe("rules compile", () => {
  test("with the values of what is saved, by name: of all inputs by default", () => {
    defineOp({
      name: "product",
      inputs: ["a", "b"],
      forward: ({ a, b }) => kernels.mul(a, b),
      adjoint: {
        a: (gradY, known) => {
          expectTypeOf(known.a).toEqualTypeOf<Variable>();
          expectTypeOf(known.b).toEqualTypeOf<Variable>();
          return mul(gradY, known.b);
        },
        b: (gradY, { a }) => mul(gradY, a),
      },
    });
    expect.assertions(0);
  });

  test("with y where it is saved, and with what is saved for the own input", () => {
    const quotient: Op<["a", "b"]> = defineOp({
      name: "quotient",
      inputs: ["a", "b"],
      saves: { a: ["b"], b: ["b", "y"] },
      forward: ({ a, b }) => kernels.div(a, b),
      adjoint: {
        a: (gradY, { b }) => quotient(gradY, b),
        b: (gradY, { b, y }) => neg(mul(gradY, quotient(y, b))),
      },
    });
    const b = variable(tensor(2));
    quotient(tensor(12), b).backward();
    expect(b.grad?.item()).toBe(-3);
  });

  test("with shape, dtype and device of every input", () => {
    defineOp({
      name: "id",
      inputs: ["a", "b"],
      saves: { a: [], b: ["a"] },
      forward: ({ a }) => a,
      adjoint: {
        a: (gradY, { a, b }) => {
          expectTypeOf(a.shape).toEqualTypeOf<Shape>();
          expectTypeOf(b.dtype).toEqualTypeOf<DType>();
          return reshape(gradY, a.shape);
        },
        b: (gradY, { a, b }) => reshape(mul(gradY, a), b.shape),
      },
    });
    expect.assertions(0);
  });

  test("with the plan's type, which follows from the function plan", () => {
    const repeat = defineOp({
      name: "repeat",
      inputs: ["x"],
      plan: ({ x }, times: number) => ({ times, sizes: x.shape }),
      forward: ({ x }, plan) => {
        expectTypeOf(plan).toEqualTypeOf<{ times: number; sizes: Shape }>();
        return kernels.mul(x, tensor(plan.times));
      },
      adjoint: { x: (gradY, _, { times }) => mul(gradY, times) },
    });
    expectTypeOf(repeat).toEqualTypeOf<Op<readonly ["x"], number>>();
    expect(repeat(tensor(2), 3).item()).toBe(6);
  });
});

describe("rules do not compile", () => {
  const forward = ({ a }: { readonly a: ReturnType<typeof tensor> }) => a;
  const inputs = ["a", "b"] as const;

  test("if one is missing, or belongs to no input", () => {
    // @ts-expect-error the rule for b is missing
    const missing = () => defineOp({ name: "op", inputs, forward, adjoint: { a: (gradY: Variable) => gradY } });
    const rules = { a: (gradY: Variable) => gradY, b: (gradY: Variable) => gradY };
    // @ts-expect-error there is no input c
    const strange = () => defineOp({ name: "op", inputs, forward: ({ c }) => c, adjoint: rules });
    expect(missing).toThrow("must have an adjoint rule for b");
    expect(strange).not.toThrow();
  });

  test("if they return no Variable", () => {
    defineOp({
      name: "op",
      inputs: ["a"],
      forward,
      // @ts-expect-error a gradient is a Variable
      adjoint: { a: () => 1 },
    });
    defineOp({
      name: "op",
      inputs: ["a"],
      forward,
      // @ts-expect-error a Tensor is a result of forward
      adjoint: { a: (gradY) => gradY.value },
    });
    expect.assertions(0);
  });

  test("if they use the value of an input that is not saved", () => {
    defineOp({
      name: "op",
      inputs,
      saves: [],
      forward,
      adjoint: {
        // @ts-expect-error of b there is only the shape, the dtype and the device
        a: (gradY, { b }) => mul(gradY, b),
        // @ts-expect-error so there is of a
        b: (gradY, { a }) => add(gradY, a.value),
      },
    });
    expect.assertions(0);
  });

  test("if they use what is saved for another input only", () => {
    defineOp({
      name: "op",
      inputs,
      saves: { a: ["b"], b: ["a", "y"] },
      forward,
      adjoint: {
        // @ts-expect-error a is saved for the rule of b
        a: (gradY, { a }) => mul(gradY, a),
        // @ts-expect-error b is saved for the rule of a
        b: (gradY, { b, y }) => mul(mul(gradY, b), y),
      },
    });
    expect.assertions(0);
  });

  test("if they use y where it is not saved", () => {
    defineOp({
      name: "op",
      inputs,
      saves: { a: ["a", "b"], b: ["y"] },
      forward,
      adjoint: {
        // @ts-expect-error y is saved for the rule of b only
        a: (gradY, { y }) => mul(gradY, y),
        b: (gradY, { y }) => mul(gradY, y),
      },
    });
    defineOp({
      name: "op",
      inputs: ["a"],
      forward,
      // @ts-expect-error by default inputs are saved, not y
      adjoint: { a: (gradY, { y }) => mul(gradY, y) },
    });
    expect.assertions(0);
  });

  test("if something is saved that does not exist, or not for every input", () => {
    const adjoint = { a: (gradY: Variable) => gradY, b: (gradY: Variable) => gradY };
    // @ts-expect-error there is no input c
    const strange = () => defineOp({ name: "op", inputs, saves: ["c"], forward, adjoint });
    // @ts-expect-error what is saved for b is missing
    const partial = () => defineOp({ name: "op", inputs, saves: { a: ["a"] }, forward, adjoint });
    // @ts-expect-error it is called saves
    const misspelt = () => defineOp({ name: "op", inputs, save: ["a"], forward, adjoint });
    for (const define of [strange, partial, misspelt]) expect(define).toThrow(TypeError);
  });
});
