import { minimum, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { add, backward, cast, conv2d, grad, mul, neg, noGrad, sum, type Variable, variable } from "./index.js";

const scalar = (value: number) => variable(tensor(value));
const values = (x: Variable | Tensor | undefined) => x && [...x.dataSync()];

/** The gradient that a leaf received. */
function gradOf({ grad: gradient }: Variable): Variable {
  if (gradient === undefined) throw new Error("there is no gradient");
  return gradient;
}

describe("a hook", () => {
  test("sees the gradient that arrives at a leaf, and leaves it as it is", () => {
    const x = variable(tensor([1, 2]));
    const seen: unknown[] = [];
    x.registerHook((gradient) => {
      seen.push(values(gradient), x.grad);
    });
    sum(mul(x, x)).backward();
    expect(seen).toEqual([[2, 4], undefined]);
    expect(values(x.grad)).toEqual([2, 4]);
  });

  test("sees that of a Variable inside the graph, the sum over all paths, once", () => {
    const x = scalar(2);
    const inner = mul(x, 3);
    const seen: number[] = [];
    inner.registerHook((gradient) => void seen.push(gradient.item()));
    add(mul(inner, inner), mul(inner, 5)).backward(); // 2·6 + 5
    expect([seen, x.grad?.item()]).toEqual([[17], 51]);
  });

  test("sees that of the result itself: gradY", () => {
    const x = variable(tensor([1, 2]));
    const y = mul(x, 10);
    const seen: unknown[] = [];
    y.registerHook((gradient) => void seen.push(values(gradient)));
    y.backward(tensor([3, 4]));
    expect(seen).toEqual([[3, 4]]);
  });

  test("sees each gradient, not their sum over several sweeps", () => {
    const x = scalar(2);
    const seen: number[] = [];
    x.registerHook((gradient) => void seen.push(gradient.item()));
    mul(x, 3).backward();
    mul(x, 5).backward();
    expect([seen, x.grad?.item()]).toEqual([[3, 5], 8]);
  });

  test("is called by grad too, but only on the way to what is asked for", () => {
    const [x, w] = [scalar(2), scalar(3)];
    const seen: string[] = [];
    for (const [name, v] of Object.entries({ x, w })) v.registerHook(() => void seen.push(name));
    grad(mul(x, w), [x]);
    expect(seen).toEqual(["x"]);
  });

  test("belongs to its Variable: neither to a detached one nor to another of the same value", () => {
    const x = scalar(2);
    x.registerHook(() => tensor(0));
    const other = variable(x.value);
    mul(other, x.detach()).backward();
    expect(other.grad?.item()).toBe(2);
  });

  test("stays with a parameter that is assigned a new value", () => {
    const x = scalar(2);
    x.registerHook((gradient) => mul(gradient, 10));
    x.value = tensor(5);
    mul(x, x).backward();
    expect(x.grad?.item()).toBe(100);
  });
});

describe("what a hook returns takes the place of the gradient", () => {
  test("as a Variable or as a Tensor", () => {
    const x = variable(tensor([1, 2]));
    x.registerHook((gradient) => mul(gradient, 10));
    sum(x).backward();
    expect(values(x.grad)).toEqual([10, 10]);
    const y = variable(tensor([1, 2]));
    y.registerHook(() => tensor([7, 8]));
    sum(y).backward();
    expect(values(y.grad)).toEqual([7, 8]);
  });

  test("inside the graph for all that lies below, and for grad", () => {
    const x = scalar(2);
    const inner = mul(x, 3);
    inner.registerHook(neg);
    inner.registerHook((gradient) => gradient.value);
    expect(grad(mul(inner, 5), [inner, x]).map(values)).toEqual([[-5], [-15]]);
  });

  test("for the filters of a convolution: gradients are clipped before they are added up", () => {
    const x = tensor([1, 2, 3, 40], [1, 1, 2, 2]); // a filter of one pixel receives their sum, 46, times the gradient
    const w = variable(tensor([1, 1], [2, 1, 1, 1]));
    w.registerHook(({ value }) => minimum(value, tensor(30)));
    for (const gradY of [0.5, 10]) sum(mul(conv2d(x, w), gradY)).backward();
    expect(values(w.grad)).toEqual([23 + 30, 23 + 30]);
  });

  test("one after the other, each seeing what those before it returned", () => {
    const x = scalar(1);
    const seen: number[] = [];
    const look = (gradient: Variable) => void seen.push(gradient.item());
    x.registerHook((gradient) => add(gradient, 1));
    x.registerHook(look);
    x.registerHook((gradient) => mul(gradient, 10));
    x.registerHook(look);
    mul(x, 2).backward();
    expect([seen, x.grad?.item()]).toEqual([[3, 30], 30]);
  });
});

describe("remove", () => {
  test("ends one hook and no other, though they are the same function; twice does no harm", () => {
    const x = scalar(1);
    const double = (gradient: Variable) => mul(gradient, 2);
    const gradientOf = () => {
      x.grad = undefined;
      mul(x, 1).backward();
      return values(x.grad);
    };
    const [first, second] = [x.registerHook(double), x.registerHook(double)];
    expect(gradientOf()).toEqual([4]);
    first.remove();
    first.remove();
    expect(gradientOf()).toEqual([2]);
    second.remove();
    expect(gradientOf()).toEqual([1]);
  });

  test("may be called by the hook itself", () => {
    const x = scalar(1);
    const handle = x.registerHook((gradient) => {
      handle.remove();
      return mul(gradient, 100);
    });
    mul(x, 1).backward();
    mul(x, 1).backward();
    expect(x.grad?.item()).toBe(101);
  });
});

describe("with createGraph", () => {
  test("what a hook computes has derivatives: by hand, of 10·3x² at 2 it is 60x = 120", () => {
    const x = scalar(2);
    x.registerHook((gradient) => mul(gradient, 10));
    const [slope] = grad(mul(x, mul(x, x)), [x], { createGraph: true, retainGraph: true });
    expect(slope.item()).toBe(120);
    // The way back from the slope arrives at x as well, and the hook is called again.
    expect(grad(slope, [x])[0].item()).toBe(120 * 10);
  });

  test("inside the graph too, and in .grad: by hand, x·2x at 2 has the slope 4x = 8", () => {
    const x = scalar(2);
    const inner = mul(x, x);
    inner.registerHook((gradient) => mul(gradient, x));
    mul(inner, 1).backward(undefined, { createGraph: true });
    const slope = gradOf(x);
    expect([slope.item(), grad(slope, [x])[0].item()]).toEqual([8, 8]);
  });

  test("a Tensor that it returns is a constant", () => {
    const x = scalar(2);
    const inner = mul(x, x);
    inner.registerHook(() => tensor(5));
    const [slope] = grad(mul(inner, inner), [x], { createGraph: true }); // 5·2x
    expect(slope.item()).toBe(20);
    expect(grad(slope, [x])[0].item()).toBe(10);
  });
});

describe("without createGraph", () => {
  test("what a hook computes is not recorded, and with noGrad it is called all the same", () => {
    const x = scalar(2);
    const y = mul(x, 3);
    const recorded: boolean[] = [];
    x.registerHook((gradient) => {
      recorded.push(mul(x, gradient).requiresGrad);
      return mul(gradient, x);
    });
    noGrad(() => y.backward());
    expect([recorded, x.grad?.item(), x.grad?.requiresGrad]).toEqual([[false], 6, false]);
  });
});

describe("what cannot be a hook is refused", () => {
  const x = variable(tensor([1, 2]));

  test("where no gradient will arrive", () => {
    const look = () => undefined;
    for (const v of [x.detach(), noGrad(() => mul(x, x)), cast(x, "int32")]) {
      expect(() => v.registerHook(look)).toThrow("registerHook: this Variable requires no gradient.");
    }
    expect(() => x.detach().registerHook(look)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: registerHook: this Variable requires no gradient. Make it with variable(tensor).]`,
    );
  });

  test("what is no function", () => {
    expect(() => x.registerHook(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: registerHook: hook must be a function of the gradient, got undefined.]`,
    );
    expect(() => x.registerHook(tensor([1, 2]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: registerHook: hook must be a function of the gradient, got a tensor [2].]`,
    );
  });

  test("what returns a gradient of another shape or dtype, or none at all", () => {
    const returning = (gradient: Variable | Tensor) => () => {
      const v = variable(tensor([1, 2]));
      v.registerHook(() => gradient);
      sum(v).backward();
    };
    expect(returning(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: registerHook: what the hook returns has shape [3], but these sizes need [2]. Give it that shape.]`,
    );
    expect(returning(variable(tensor(1)))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: registerHook: what the hook returns has shape [], but these sizes need [2]. Give it that shape.]`,
    );
    expect(returning(tensor(Float64Array.of(1, 2)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: registerHook: what the hook returns is float64, but it must be float32. Use cast(x, "float32").]`,
    );
    expect(returning(3 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: registerHook: what the hook returns must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
  });

  test("what throws: its error comes through, and no leaf receives anything", () => {
    const [v, w] = [scalar(1), scalar(2)];
    v.registerHook(() => {
      throw new Error("inside");
    });
    expect(() => backward(mul(v, w))).toThrow("inside");
    expect([v.grad, w.grad]).toEqual([undefined, undefined]);
    expect(mul(v, w).requiresGrad).toBe(true); // recording goes on
  });

  test("by the compiler, if it asks for more than the gradient", () => {
    // @ts-expect-error a hook is called with one gradient
    const two = () => x.registerHook((_: Variable, __: Variable) => undefined);
    // @ts-expect-error a gradient is a Variable
    const typed = () => x.registerHook((_: number) => undefined);
    expect([two, typed]).toHaveLength(2);
  });
});
