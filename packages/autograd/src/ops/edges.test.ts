import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import * as ops from "../index.js";
import { variable } from "../index.js";

const { log, mean, mul, relu, sum } = ops;

test("relu stops an infinite gradient where x is not positive: not 0·∞", () => {
  const x = variable(tensor([-1, 2]));
  sum(log(relu(x))).backward();
  expect([...(x.grad?.dataSync() ?? [])]).toEqual([0, 0.5]);
});

test("the second derivative of elu is finite far above 0, where eˣ is not", () => {
  const x = variable(tensor([1000]));
  const [slope] = ops.grad(ops.elu(x), [x], { createGraph: true });
  expect([slope.item(), ops.grad(slope, [x])[0].item()]).toEqual([1, 0]);
});

test("types are promoted as in @conv/core, and gradients come back in the type of each input", () => {
  const [a, b] = [variable(tensor(Float32Array.of(2))), variable(tensor(Float64Array.of(3)))];
  const y = mul(a, b);
  y.backward();
  expect([y.dtype, a.grad?.dtype, a.grad?.item(), b.grad?.dtype, b.grad?.item()]).toEqual([
    "float64",
    "float32",
    3,
    "float64",
    2,
  ]);
  expect(ops.sigmoid(tensor(Int32Array.of(0))).item()).toBe(0.5);
  expect(mean(tensor(Int32Array.of(1, 2))).item()).toBe(1.5);
});

test("unknown options are refused as in @conv/core", () => {
  const x = variable(tensor([-1, 2]));
  expect(() => sum(x, { axis: 0 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: sum: unknown option axis. Did you mean dim?]`,
  );
  expect(() => mean(x, { keepdim: true } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: mean: unknown option keepdim. Did you mean keepDim?]`,
  );
});

test("a cast to int32 is cut off from the graph; what is no type is refused", () => {
  const x = variable(tensor([1.5, -1.5]));
  const y = ops.cast(x, "int32");
  expect([y.requiresGrad, [...y.dataSync()]]).toEqual([false, [1, -1]]);
  expect(() => ops.cast(x, "int3" as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cast: dtype must be "float32", "float64" or "int32", got "int3".]`,
  );
});

test("the gradient of elu keeps its digits far below 0", () => {
  const x = variable(tensor([-18]));
  ops.elu(x).backward();
  expect(x.grad?.item()).toBe(Math.fround(Math.exp(-18)));
});

test("what is no tensor is refused by the operator, not by JavaScript", () => {
  const { sum, mean, variance, reshape, permute, transpose, slice, flip, broadcastTo, cast, softmax, prelu, pad } = ops;
  for (const map of [
    sum,
    mean,
    variance,
    reshape,
    permute,
    transpose,
    slice,
    flip,
    broadcastTo,
    cast,
    softmax,
    prelu,
    pad,
  ]) {
    expect(() => (map as (x: unknown) => unknown)(undefined)).toThrow(/x must be a tensor, got undefined/);
  }
  expect(() => ops.where(true as never, 1, 2)).toThrow(/condition must be a tensor, got true/);
  expect(() => ops.relu(undefined as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: relu: x must be a tensor, got undefined. Make a tensor with tensor(values, shape).]`,
  );
  expect(() => ops.conv2d(variable(tensor([1])), [1] as never)).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: conv2d: x must have 4 axes, [N, C, …] with 2 spatial, but its shape is [1]. Reshape it.]`,
  );
  const [x, w, b] = [tensor([[[[1]]]]), tensor([[[[1]]]]), variable(tensor([1]))];
  expect(() => ops.conv2d(x, w, b as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: conv2d: the last argument is the options, got a tensor [1]. Pass a bias as { bias: b }.]`,
  );
  expect(() => ops.conv2d(x, w, null as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: conv2d: the last argument is the options, got null. Pass an object: { stride: … }.]`,
  );
});

test("the slope of a norm over a window of zeros is 0, as in PyTorch, and so is the second derivative; a sum's is 1", () => {
  const slopes = (p: number) => {
    const x = variable(tensor([[[0, 0, 3, 4]]]));
    const [gradX] = ops.grad(sum(ops.lpPool(x, p, 2)), [x], { createGraph: true });
    const [second] = ops.grad(sum(gradX), [x]);
    return [gradX, second].map((g) => [...g.dataSync()].slice(0, 2));
  };
  expect(slopes(2)).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(slopes(1)[0]).toEqual([1, 1]);
});

test("the slope of gelu is 0 or 1 far out, where x² overflows, in both of its forms", () => {
  for (const approximate of ["none", "tanh"] as const) {
    const x = variable(tensor([-3e38, -2e19, 2e19, 3e38]));
    sum(ops.gelu(x, { approximate })).backward();
    expect([...(x.grad?.dataSync() ?? [])].map(Math.abs)).toEqual([0, 0, 1, 1]);
  }
});
