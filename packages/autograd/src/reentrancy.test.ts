import { type Tensor, tensor, mul as times } from "@conv/core";
import { expect, test } from "vitest";
import { checkpoint, defineOp, enableGrad, exp, grad, mul, noGrad, sum, type Variable, variable } from "./index.js";

// Sweeps in sweeps, and recording where nothing is recorded.

const values = (x: Variable | Tensor | undefined) => [...(x?.dataSync() ?? [])];

test("a sweep in a hook that frees what the outer one still needs is noticed, not half a gradient", () => {
  const [x, w] = [variable(tensor([2])), variable(tensor([3]))];
  const product = mul(x, w);
  const y = mul(mul(product, product), x);
  const penalty = sum(product);
  y.registerHook(() => penalty.backward());
  expect(() => sum(y).backward()).toThrowErrorMatchingInlineSnapshot(
    `[Error: backward: another backward or grad freed the graph of mul, or failed on its way. Pass { retainGraph: true } to that one, or compute the result again.]`,
  );
});

test("one that retains the graph is right: by hand, x²w²·x and the penalty x·w", () => {
  const [x, w] = [variable(tensor([2])), variable(tensor([3]))];
  const product = mul(x, w);
  const y = mul(mul(product, product), x);
  const penalty = sum(product);
  y.registerHook(() => penalty.backward(undefined, { retainGraph: true }));
  sum(y).backward();
  expect([values(x.grad), values(w.grad)]).toEqual([[3 * 4 * 9 + 3], [2 * 8 * 3 + 2]]); // 3x²w² + w, 2x³w + x
});

test("enableGrad records in noGrad, and in a rule, which a sweep runs unrecorded", () => {
  const x = variable(tensor([1, 2]));
  expect(noGrad(() => [mul(x, x), enableGrad(() => mul(x, x)), mul(x, x)].map((y) => y.requiresGrad))).toEqual([
    false,
    true,
    false,
  ]);
  const square = defineOp({
    name: "square",
    inputs: ["x"],
    forward: ({ x: v }) => times(v, v),
    adjoint: {
      x: (gradY, { x: v }) => {
        const again = variable(v.value);
        return enableGrad(() => grad(mul(again, again), [again], { gradY })[0]);
      },
    },
  });
  sum(square(x)).backward();
  expect(values(x.grad)).toEqual([2, 4]);
  expect(() => noGrad(() => sum(mul(x, x))).backward()).toThrow("inside enableGrad");
  expect(() => enableGrad(async () => x)).toThrow("enableGrad: fn must not be asynchronous.");
});

test("what is set as a gradient is checked; null starts anew, as undefined does", () => {
  const x = variable(tensor([1, 2]));
  expect(() => {
    x.grad = variable(tensor([1, 2, 3]));
  }).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: variable: the new grad has shape [3], but these sizes need [2]. Give it that shape.]`,
  );
  expect(() => {
    x.grad = 3 as never;
  }).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: variable: the new grad must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
  );
  x.grad = variable(tensor([10, 20]), { requiresGrad: false });
  sum(x).backward();
  expect(values(x.grad)).toEqual([11, 21]);
  x.grad = null as never;
  expect(x.grad).toBeUndefined();
});

test("options in the place of gradY are refused with the right place", () => {
  const x = variable(tensor([1, 2]));
  expect(() => sum(x).backward({ retainGraph: true } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: backward: gradY comes first, the options second. Write backward(undefined, { … }).]`,
  );
});

test("a Variable among the options of an operator is refused: its gradient would be lost", () => {
  const scale = defineOp({
    name: "scale",
    inputs: ["x"],
    saves: [],
    forward: ({ x }, { w }: { w: Variable }) => times(x, w.value),
    adjoint: { x: (gradY, _, { w }) => mul(gradY, w) },
  });
  expect(() => scale(tensor([1]), { w: variable(tensor([2])) })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: scale: its options hold a Variable, whose gradient would be lost. Name it in inputs, or pass its value.]`,
  );
});

test("options may be left out if the operator has defaults for them", () => {
  const scaled = defineOp({
    name: "scaled",
    inputs: ["x"],
    saves: [],
    plan: (_, options?: { readonly by?: number }) => options?.by ?? 2,
    forward: ({ x }, by) => times(x, by),
    adjoint: { x: (gradY, _, by) => mul(gradY, by) },
  });
  expect([values(scaled(tensor([1]))), values(scaled(tensor([1]), { by: 5 }))]).toEqual([[2], [5]]);
});

test("checkpoint notices that fn does not compute the same again", () => {
  const x = variable(tensor([1, 2]));
  const w = variable(tensor([3, 4]));
  let isTraining = true;
  const dropped = sum(checkpoint((v) => (isTraining ? mul(v, tensor([0, 2])) : v), x));
  isTraining = false;
  expect(() => dropped.backward()).toThrowErrorMatchingInlineSnapshot(
    `[Error: checkpoint: fn took other steps when it ran again. It must compute the same again.]`,
  );

  let factor = w;
  const bound = sum(checkpoint((v) => mul(v, factor), x));
  factor = variable(tensor([5, 6]));
  expect(() => bound.backward()).toThrowErrorMatchingInlineSnapshot(
    `[Error: checkpoint: fn used other Variables when it ran again. It must compute the same again.]`,
  );

  const read = sum(checkpoint((v) => mul(v, times(w.value, 2)), x));
  w.value = tensor([7, 8]);
  expect(() => read.backward()).toThrow("checkpoint: a Variable that fn uses, of shape [2], was assigned a new value");

  const moved = sum(
    checkpoint((v) => {
      const y = exp(mul(v, w));
      w.value = times(w.value, 2);
      return y;
    }, x),
  );
  expect(() => moved.backward()).toThrow("was assigned a new value after checkpoint used it");
  expect(x.grad).toBeUndefined();
});

test("and that it read another value of a Variable by detach, item or dataSync", () => {
  const reads: ((w: Variable) => Variable)[] = [
    (w) => w.detach(),
    (w) => variable(tensor(w.item()), { requiresGrad: false }),
    (w) => variable(tensor(w.dataSync(), []), { requiresGrad: false }),
  ];
  for (const read of reads) {
    const [x, w] = [variable(tensor([1, 2])), variable(tensor(3))];
    const y = sum(checkpoint((v) => mul(v, read(w)), x));
    w.value = tensor(7);
    expect(() => y.backward()).toThrow("was assigned a new value after checkpoint used it");
  }
});

test("and that a Variable is there which fn made the first time: its gradient would be lost", () => {
  let made: Variable | undefined;
  const y = checkpoint(
    (x) => {
      made ??= variable(tensor([3, 4]));
      return sum(mul(x, made));
    },
    tensor([1, 2]),
  );
  expect(() => y.backward()).toThrow("checkpoint: fn used other Variables when it ran again.");
});
