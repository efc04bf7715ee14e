import { type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import * as ops from "./index.js";
import { checkGradient, conv2d, defineOp, grad, mul, noGrad, sum, type Variable, variable } from "./index.js";

const leaf = (...values: number[]) => variable(tensor(values));
const fixed = (...values: number[]) => variable(tensor(values), { requiresGrad: false });

/** The names of the values that the step of y keeps; "?" for one that is neither y nor has a name here. */
function kept(y: Variable, named: Readonly<Record<string, Variable>>): readonly string[] | undefined {
  const all = Object.entries({ ...named, y });
  return y.vertex?.saved.map((x) => all.find(([, v]) => v === x)?.[0] ?? "?").sort();
}

describe("the step of an operator keeps", () => {
  const [a, b, c] = [leaf(1, 2), leaf(3, 4), fixed(5, 6)];

  test.each<[name: string, y: Variable, saved: readonly string[]]>([
    ["add", ops.add(a, b), []],
    ["sub", ops.sub(a, b), []],
    ["neg", ops.neg(a), []],
    ["sum", ops.sum(a), []],
    ["reshape", ops.reshape(a, [2, 1]), []],
    ["broadcastTo", ops.broadcastTo(a, [3, 2]), []],
    ["where", ops.where(tensor([1, 0]), a, b), []],
    ["cast", ops.cast(a, "float64"), []],
    ["concat", ops.concat([a, b], 0), []],
    ["pad", ops.pad(a, [1]), []],
    ["exp", ops.exp(a), ["y"]],
    ["sqrt", ops.sqrt(a), ["y"]],
    ["tanh", ops.tanh(a), ["y"]],
    ["sigmoid", ops.sigmoid(a), ["y"]],
    ["relu", ops.relu(a), ["y"]],
    ["softmax", ops.softmax(a, 0), ["y"]],
    ["logSoftmax", ops.logSoftmax(a, 0), ["y"]],
    ["log", ops.log(a), ["a"]],
    ["mul", mul(a, b), ["a", "b"]],
    ["div", ops.div(a, b), ["b", "y"]],
    ["pow", ops.pow(a, b), ["a", "b", "y"]],
  ])("of %s, what the rules use", (_, y, saved) => {
    expect(kept(y, { a, b })).toEqual(saved);
  });

  test.each<[name: string, y: Variable, saved: readonly string[]]>([
    ["mul, for its first input", mul(a, c), ["c"]],
    ["mul, for its second input", mul(c, a), ["c"]],
    ["div, for its first input", ops.div(a, c), ["c"]],
    ["div, for its second input", ops.div(c, a), ["a", "y"]],
    ["pow, for its first input", ops.pow(a, c), ["a", "c"]],
  ])("of %s, what the rules use of inputs that need a gradient", (_, y, saved) => {
    expect(kept(y, { a, c })).toEqual(saved);
  });

  test("of a convolution x and w and nothing as large as columns; each only if the other needs a gradient", () => {
    const values = { x: tensor([1, 2, 3, 4], [1, 1, 2, 2]), w: tensor([5], [1, 1, 1, 1]) };
    const keptOf = (xNeeds: boolean, wNeeds: boolean) => {
      const x = variable(values.x, { requiresGrad: xNeeds });
      const w = variable(values.w, { requiresGrad: wNeeds });
      return kept(conv2d(x, w, { padding: 1, stride: 2 }), { x, w });
    };
    expect(keptOf(true, true)).toEqual(["w", "x"]);
    expect(keptOf(true, false)).toEqual(["w"]);
    expect(keptOf(false, true)).toEqual(["x"]);
    expect(keptOf(false, false)).toBeUndefined();
    const [x, w, bias] = [variable(values.x), variable(values.w), leaf(1)];
    const biased = conv2d(x, w, { bias });
    expect(biased.vertex?.inputs).toHaveLength(3); // the bias is added in the same step
    expect(biased.vertex?.saved.map((v) => (v === x ? "x" : v === w ? "w" : "?"))).toEqual(["w", "x"]);
  });

  test("nothing where nothing is recorded", () => {
    expect(noGrad(() => mul(a, b)).vertex).toBeUndefined();
    expect(mul(a.detach(), b.detach()).vertex).toBeUndefined();
  });
});

describe("saves", () => {
  const rules = {
    a: (gradY: Variable) => gradY,
    b: (gradY: Variable) => gradY,
  };
  const forward = ({ a, b }: { a: Tensor; b: Tensor }) => kernels.add(a, b);
  const names = ["a", "b"] as const;

  test("left out, is all inputs", () => {
    const op = defineOp({ name: "op", inputs: names, forward, adjoint: rules });
    const [a, b] = [leaf(1), fixed(2)];
    expect(kept(op(a, b), { a, b })).toEqual(["a", "b"]);
  });

  test("names one list for all rules", () => {
    const op = defineOp({ name: "op", inputs: names, saves: ["b", "y"], forward, adjoint: rules });
    const [a, b, c] = [leaf(1), leaf(2), fixed(3)];
    expect(kept(op(a, b), { a, b })).toEqual(["b", "y"]);
    expect(kept(op(c, b), { c, b })).toEqual(["b", "y"]);
  });

  test("or one for each, of which those count whose input needs a gradient", () => {
    const op = defineOp({ name: "op", inputs: names, saves: { a: ["a"], b: ["b", "y"] }, forward, adjoint: rules });
    const [a, b, c] = [leaf(1), leaf(2), fixed(3)];
    expect(kept(op(a, b), { a, b })).toEqual(["a", "b", "y"]);
    expect(kept(op(a, c), { a, c })).toEqual(["a"]);
    expect(kept(op(c, b), { c, b })).toEqual(["b", "y"]);
    expect(kept(op(a, tensor([3])), { a })).toEqual(["a"]);
  });

  test("makes the difference between a Variable and its shape, dtype and device in a rule", () => {
    const seen: Record<string, object> = {};
    const op = defineOp({
      name: "op",
      inputs: names,
      saves: { a: ["b", "y"], b: [] },
      forward,
      adjoint: {
        a: (gradY, known) => {
          Object.assign(seen, known);
          return gradY;
        },
        b: (gradY) => gradY,
      },
    });
    const [a, b] = [leaf(1), leaf(2)];
    const y = op(a, b);
    y.backward();
    expect(seen.a).toEqual({ shape: [1], dtype: "float32", device: a.device });
    expect([Object.keys(seen).sort(), seen.b === b, seen.y === y]).toEqual([["a", "b", "y"], true, true]);
  });

  test("y is the result itself, so that rules that use it have derivatives: of exp at 1, all are e", () => {
    const exponential = defineOp({
      name: "exponential",
      inputs: ["x"],
      saves: ["y"],
      forward: ({ x }) => kernels.exp(x),
      adjoint: { x: (gradY, { y }) => mul(gradY, y) },
    });
    const x = variable(tensor(Float64Array.of(1)));
    const [first] = grad(exponential(x), [x], { createGraph: true });
    const [second] = grad(first, [x], { createGraph: true });
    const [third] = grad(second, [x]);
    expect([first, second, third].map((g) => g.item())).toEqual([Math.E, Math.E, Math.E]);
    expect(checkGradient((v) => exponential(v), [tensor([0.5, -1])], { order: 3 }).entries).toBe(2);
  });

  test("does not change gradients: rules that may use everything give the same", () => {
    const [a, b] = [leaf(2, -3), leaf(5, 7)];
    const product = (saves: "all" | "few") =>
      defineOp({
        name: "product",
        inputs: names,
        saves: saves === "all" ? { a: ["a", "b", "y"], b: ["a", "b", "y"] } : { a: ["b"], b: ["a"] },
        forward: ({ a: left, b: right }) => kernels.mul(left, right),
        adjoint: { a: (gradY, known) => mul(gradY, known.b), b: (gradY, known) => mul(gradY, known.a) },
      });
    const gradients = (["all", "few"] as const).map((saves) => grad(sum(product(saves)(a, b)), [a, b]));
    expect(gradients.map((pair) => pair.map((g) => [...g.dataSync()]))).toEqual(
      Array(2).fill([
        [5, 7],
        [2, -3],
      ]),
    );
  });
});
