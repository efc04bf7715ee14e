import { cpu, type Tensor, tensor } from "@conv/core";
import { sub as subTensor } from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import { add, cast, exp, grad, mul, noGrad, reshape, sub, sum, type Variable, variable } from "./index.js";

const scalar = (value: number) => variable(tensor(value));
const values = (x: Variable | Tensor | undefined) => x && [...x.dataSync()];

describe("variable", () => {
  test("makes a leaf that requires a gradient, unless it is told not to", () => {
    const x = scalar(2);
    expect([x.requiresGrad, x.isLeaf, x.grad, x.version]).toEqual([true, true, undefined, 0]);
    const fixed = variable(tensor(2), { requiresGrad: false });
    expect([fixed.requiresGrad, fixed.isLeaf, fixed.vertex]).toEqual([false, true, undefined]);
    expect(variable(tensor(Int32Array.of(1)), { requiresGrad: false }).dtype).toBe("int32");
  });

  test("refuses what is no tensor, what cannot have a gradient, and options that do not exist", () => {
    expect(() => variable([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: value must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => variable(scalar(1) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: this only looks like a tensor. For a Variable use the operator of @conv/autograd, or pass x.value; else two copies of @conv/core are loaded: import it in one way only.]`,
    );
    expect(() => variable(tensor(Int32Array.of(1, 2)))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: int32 has no gradients. Use float32, or { requiresGrad: false }.]`,
    );
    expect(() => variable(tensor(1), { requires_grad: false } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: unknown option requires_grad. Did you mean requiresGrad?]`,
    );
    expect(() => variable(tensor(1), { requiresGrad: 0 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: requiresGrad must be true or false, got 0.]`,
    );
  });
});

describe("a Variable", () => {
  const x = variable(tensor([[1, 2, 3]]));

  test("tells what its tensor tells", async () => {
    expect([x.shape, x.dtype, x.device, x.size]).toEqual([[1, 3], "float32", cpu, 3]);
    expect(await x.data()).toEqual(Float32Array.of(1, 2, 3));
    expect(x.dataSync()).toEqual(Float32Array.of(1, 2, 3));
    expect(await x.array()).toEqual([[1, 2, 3]]);
    expect(scalar(4).item()).toBe(4);
  });

  test("is a line to read", () => {
    expect(String(x)).toMatchInlineSnapshot(`"Variable [1, 3] float32 on cpu"`);
    expect(`${cast(sum(x), "float64")}`).toMatchInlineSnapshot(`"Variable [] float64 on cpu"`);
  });

  test("is a leaf if no operator made it, or none that is recorded", () => {
    for (const leaf of [x, x.detach(), noGrad(() => mul(x, x)), mul(x.detach(), 2)]) expect(leaf.isLeaf).toBe(true);
    for (const made of [mul(x, x), reshape(x, [3])]) expect(made.isLeaf).toBe(false);
  });

  test("detached, is the same tensor without a way back", () => {
    const y = mul(x, 2);
    const cut = y.detach();
    expect([cut.value === y.value, cut.requiresGrad]).toEqual([true, false]);
    const w = scalar(3);
    const [gradW] = grad(sum(mul(cut, w)), [w]);
    expect(gradW.item()).toBe(2 + 4 + 6);
  });

  test("of int32 is cut off from the graph: it is a leaf, and nothing goes back through it", () => {
    const counts = cast(x, "int32");
    expect([counts.requiresGrad, counts.isLeaf, add(counts, counts).requiresGrad]).toEqual([false, true, false]);
    const z = variable(tensor([1, 1, 1]));
    sum(mul(z, cast(counts, "float32"))).backward();
    expect([values(z.grad), x.grad]).toEqual([[1, 2, 3], undefined]);
    expect(() => sum(counts).backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: y is int32, which has no gradients. Compute it in floats.]`,
    );
  });
});

describe("a new value", () => {
  test("takes the place of the old one, which others still have", () => {
    const x = variable(tensor([1, 2]));
    const [before, cut] = [x.value, x.detach()];
    x.value = tensor([3, 4]);
    x.value = tensor([5, 6]);
    expect([values(x), values(cut), values(before), x.version]).toEqual([[5, 6], [1, 2], [1, 2], 2]);
    sum(mul(x, x)).backward();
    expect(values(x.grad)).toEqual([10, 12]);
  });

  test("must be a tensor of the same shape and dtype; else nothing changes", () => {
    const x = scalar(2);
    const assign = (value: Tensor) => () => {
      x.value = value;
    };
    expect(assign(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: variable: the new value has shape [2], but these sizes need []. Give it that shape.]`,
    );
    expect(assign(tensor(Float64Array.of(1), []))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: the new value is float64, but it must be float32. Use cast(x, "float32").]`,
    );
    expect(assign([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: the new value must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
    expect(assign(scalar(1) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: this only looks like a tensor. For a Variable use the operator of @conv/autograd, or pass x.value; else two copies of @conv/core are loaded: import it in one way only.]`,
    );
    expect([x.item(), x.version]).toEqual([2, 0]);
  });
});

describe("a value assigned after a step used it", () => {
  const three = () => tensor([3, 3]);

  test("is noticed, with the names of the step and of its input", () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([1, 2]))];
    const y = sum(mul(a, b));
    b.value = three();
    expect(() => y.backward()).toThrowErrorMatchingInlineSnapshot(
      `[Error: mul: b, of shape [2], was assigned a new value after mul used it, so that the gradient would be wrong. Call backward before changing it, or compute the result again.]`,
    );
    expect([a.grad, b.grad]).toEqual([undefined, undefined]);
  });

  test("is noticed by grad too; the very same tensor again changes nothing", () => {
    const x = scalar(2);
    const y = mul(x, x);
    const same = x.value;
    x.value = same;
    expect(grad(y, [x], { retainGraph: true })[0].item()).toBe(4);
    x.value = tensor(2);
    expect(() => grad(y, [x])).toThrow("was assigned a new value after mul used it");
  });

  test("is refused at once for the result of a step: its gradient would go on as that of the old value", () => {
    const inner = exp(variable(tensor([1, 2])));
    expect(() => {
      inner.value = three();
    }).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: this is the result of exp, and its gradient would go on as that of the old value. Assign to detach(), or to a variable(tensor).]`,
    );
    const cut = inner.detach();
    cut.value = three();
    expect([values(cut), cut.version]).toEqual([values(three()), 1]);
  });

  test("does no harm if the step kept shapes alone", () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([1, 2]))];
    const y = sum(sub(add(a, b), reshape(b, [2])));
    a.value = three();
    b.value = three();
    y.backward();
    expect([values(a.grad), values(b.grad)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test("does no harm if only the other input needs a gradient", () => {
    const [a, fixed] = [variable(tensor([1, 2])), variable(tensor([5, 6]), { requiresGrad: false })];
    const y = sum(mul(a, fixed));
    a.value = three();
    y.backward();
    expect(values(a.grad)).toEqual([5, 6]);
  });

  test("does no harm to what an optimizer computes after its update", () => {
    const w = scalar(4);
    const loss = () => mul(w, w);
    const stale = loss();
    loss().backward();
    w.value = subTensor(w.value, tensor(1)); // outside of the graph, as an optimizer does it
    expect(() => stale.backward()).toThrow("mul: b, of shape [], was assigned a new value after mul used it");
    w.grad = undefined;
    loss().backward();
    expect([values(w), values(w.grad)]).toEqual([[3], [6]]);
    noGrad(() => {
      w.value = sub(w, 6).value;
    });
    expect([w.item(), w.isLeaf, w.version]).toEqual([-3, true, 2]);
  });
});

describe("noGrad", () => {
  const x = scalar(2);

  test("records nothing, and returns what fn returns", () => {
    const y = noGrad(() => mul(x, x));
    expect([y.item(), y.requiresGrad, y.vertex]).toEqual([4, false, undefined]);
    expect(noGrad(() => "text")).toBe("text");
    expect(mul(x, x).requiresGrad).toBe(true);
  });

  test("ends where it began: nested, and if fn throws", () => {
    noGrad(() => {
      noGrad(() => mul(x, x));
      expect(mul(x, x).requiresGrad).toBe(false);
      expect(() => noGrad(throwing)).toThrow("inside");
      expect(mul(x, x).requiresGrad).toBe(false);
    });
    expect(() => noGrad(throwing)).toThrow("inside");
    expect(mul(x, x).requiresGrad).toBe(true);
  });

  test("makes leaves as always, and lets backward go back through what was recorded before", () => {
    const w = noGrad(() => scalar(3));
    expect(w.requiresGrad).toBe(true);
    const y = mul(w, w);
    noGrad(() => y.backward());
    expect(w.grad?.item()).toBe(6);
  });

  test("does not keep createGraph from recording the sweep, and goes on after it", () => {
    const y = mul(x, mul(x, x));
    const [slope, after] = noGrad(() => [grad(y, [x], { createGraph: true })[0], mul(x, x)]);
    expect([slope.item(), after.requiresGrad]).toEqual([12, false]);
    expect(grad(slope, [x])[0].item()).toBe(12);
  });

  test("refuses asynchronous functions", () => {
    expect(() => noGrad(async () => 1)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: noGrad: fn must not be asynchronous. Wrap each synchronous part in its own noGrad, and await outside.]`,
    );
    expect(mul(x, x).requiresGrad).toBe(true);
  });
});

function throwing(): never {
  throw new Error("inside");
}

describe("requiresGrad can be assigned", () => {
  test("a frozen leaf gets no gradient from steps that follow, and its grad stays; set free, it gets them again", () => {
    const [w, x] = [variable(tensor([2, 3])), variable(tensor([5, 7]))];
    sum(mul(w, x)).backward();
    w.requiresGrad = false;
    expect([w.requiresGrad, w.isLeaf, w.vertex]).toEqual([false, true, undefined]);
    sum(mul(w, x)).backward();
    expect([w.grad?.dataSync(), x.grad?.dataSync()]).toEqual([Float32Array.of(5, 7), Float32Array.of(4, 6)]);
    w.requiresGrad = true;
    sum(mul(w, x)).backward();
    expect(w.grad?.dataSync()).toEqual(Float32Array.of(10, 14));
  });

  test("a step that was made before still leads there, as in PyTorch", () => {
    const w = variable(tensor([2, 3]));
    const y = sum(mul(w, w));
    w.requiresGrad = false;
    y.backward();
    expect(w.grad?.dataSync()).toEqual(Float32Array.of(4, 6));
  });

  test("what cannot be is refused", () => {
    const y = exp(variable(tensor([1])));
    expect(() => {
      y.requiresGrad = false;
    }).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: this is the result of exp, which requires a gradient. Use detach() for its value alone.]`,
    );
    const counts = variable(tensor(Int32Array.of(1)), { requiresGrad: false });
    expect(() => {
      counts.requiresGrad = true;
    }).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: variable: int32 has no gradients. Use float32, or { requiresGrad: false }.]`,
    );
    expect(() => {
      y.requiresGrad = "no" as never;
    }).toThrowErrorMatchingInlineSnapshot(`[TypeError: variable: requiresGrad must be true or false, got "no".]`);
  });
});
