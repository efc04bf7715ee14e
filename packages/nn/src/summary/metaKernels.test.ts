import * as ops from "@conv/autograd";
import { type Variable, variable } from "@conv/autograd";
import { argmax, createRandom, ones, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Module } from "../index.js";
import { summary } from "./summary.js";

/** A model that is a function. */
class Lambda extends Module {
  readonly #f: (x: Variable) => Variable;
  constructor(f: (x: Variable) => Variable) {
    super();
    this.#f = f;
  }
  forward(x: Variable): Variable {
    return this.#f(x);
  }
}

const INPUT = [2, 3, 12, 10];

const fieldOf = (f: (x: Variable) => Variable) => summary(new Lambda(f), INPUT).layers[0].receptiveField ?? [];

const w = (...shape: number[]) => createRandom(1).uniform(shape, { low: 1, high: 2 });

/** Where gradients of the first output are: [first, last] row and column of the input. */
function truth(f: (x: Variable) => Variable) {
  const x = variable(createRandom(2).uniform(INPUT, { low: 1, high: 2 }));
  const y = f(x);
  y.backward(
    tensor(
      Float32Array.from({ length: y.size }, (_, i) => (i === 0 ? 1 : 0)),
      y.shape,
    ),
  );
  const g = x.grad?.dataSync() ?? [];
  const pixels = Array.from(g, (v, i) => [v, Math.floor(i / 10) % 12, i % 10]).filter(([v]) => v !== 0);
  const range = (axis: number) => [Math.min(...pixels.map((p) => p[axis])), Math.max(...pixels.map((p) => p[axis]))];
  return [range(1), range(2)];
}

const PATCH = { kernelSize: [3, 3], padding: 1 };

/** A map of the channels between two permutations. */
const channelsLast = (x: Variable) => ops.permute(ops.linear(ops.permute(x, [0, 2, 3, 1]), w(3, 3)), [0, 3, 1, 2]);

/** [N, C, H, W] → [N, C·4, H/2, W/2] */
const spaceToDepth = (x: Variable) =>
  ops.reshape(ops.permute(ops.reshape(x, [2, 3, 6, 2, 5, 2]), [0, 1, 3, 5, 2, 4]), [2, 12, 6, 5]);

/** `size/jump@start` along rows and columns, or `?`. */
const words = (field: ReturnType<typeof fieldOf>) =>
  field.map((axis) => (axis === undefined ? "?" : `${axis.size}/${axis.jump}@${axis.start}`)).join(" ");

describe("by hand: x [2, 3, 12, 10], its own rows and columns", () => {
  const LOCAL = "1/1@0 1/1@0";
  const ALL = "12/0@5.5 10/0@4.5";
  const own = (x: Variable) => ops.conv2d(x, w(3, 3, 3, 3), { padding: 1 });
  test.each<[name: string, f: (x: Variable) => Variable, expected: string]>([
    ["element by element", (x) => ops.mul(ops.relu(x), 2), LOCAL],
    ["a constant on another device", (x) => ops.add(x, ones([3, 1, 1])), LOCAL],
    ["a sum over everything", (x) => ops.sum(x), ALL],
    ["a mean over the rows", (x) => ops.mean(x, { dim: 2 }), "12/0@5.5 1/1@0"],
    ["a mean over the channels", (x) => ops.mean(x, { dim: 1 }), LOCAL],
    ["a global pooling", (x) => ops.globalAvgPool(x), "12/0@5.5 10/0@4.5"],
    [
      "a border around the one mean: its neighbours are no field further on",
      (x) =>
        ops.pad(ops.globalAvgPool(x), [
          [1, 1],
          [1, 1],
        ]),
      "12/0@5.5 10/0@4.5",
    ],
    ["features, mixed", (x) => ops.linear(ops.reshape(x, [2, 360]), w(5, 360)), ALL],
    ["features, as they are", (x) => ops.reshape(x, [2, 360]), LOCAL],
    ["there and back", (x) => own(ops.reshape(ops.reshape(x, [720]), INPUT)), "3/1@0 3/1@0"],
    ["channels last, mixed, and back", channelsLast, LOCAL],
    ["a matrix product with the columns", (x) => ops.matmul(x, w(10, 4)), "1/1@0 10/0@4.5"],
    ["a matrix product with the rows", (x) => ops.matmul(w(4, 12), x), "12/0@5.5 1/1@0"],
    ["a gate from everything", (x) => ops.mul(x, ops.sigmoid(ops.mean(x, { dim: [2, 3], keepDim: true }))), ALL],
    ["groups of channels", (x) => ops.conv2d(x, w(6, 1, 3, 1), { groups: 3 }), "3/1@1 1/1@0"],
    ["channels beside each other", (x) => ops.concat([own(x), x], 1), "3/1@0 3/1@0"],
    ["one row", (x) => ops.slice(x, { dim: 2, start: 4, end: 5 }), "1/0@4 1/1@0"],
    ["every third row backwards", (x) => ops.flip(ops.slice(x, { dim: 2, start: 1, step: 3 }), 2), "1/-3@10 1/1@0"],
    ["rows with their columns backwards", (x) => ops.flip(x, [0, 1, 3]), "1/1@0 1/-1@9"],
    ["a border like the edge", (x) => ops.pad(x, [2, [1, 0]], { mode: "reflect" }), "1/1@-2 1/1@-1"],
    ["a transposed convolution", (x) => ops.convTranspose2d(x, w(3, 2, 3, 3)), "3/1@-1 3/1@-1"],
    ["patches, mixed", (x) => ops.matmul(w(4, 27), ops.im2col(x, PATCH)), "3/1@0 3/1@0"],
    ["patches and back", (x) => ops.col2im(ops.im2col(x, PATCH), { ...PATCH, inSize: [12, 10] }), "? ?"],
    ["the largest of a window", (x) => ops.maxPool2d(x, [3, 2]), "3/3@1 2/2@0.5"],
    ["sums of the batch", (x) => ops.sum(x, { dim: 0 }), LOCAL],
    ["slices of the batch, flattened", (x) => ops.slice(ops.reshape(x, [2, 360]), { start: 1 }), LOCAL],
    ["rows as columns", (x) => ops.transpose(x, 2, 3), LOCAL],
    ["blocks of pixels as channels", spaceToDepth, "? ?"],
    ["a transposed convolution with a stride", (x) => ops.convTranspose2d(x, w(3, 2, 2, 2), { stride: 2 }), "? ?"],
    ["windows of several sizes", (x) => ops.adaptiveAvgPool2d(x, [5, 5]), "? 2/2@0.5"],
    ["rows with rows", (x) => ops.matmul(x, ops.transpose(x, 2, 3)), "? 10/0@4.5"],
    ["rows below each other", (x) => ops.concat([x, x], 2), "? 1/1@0"],
    ["filters made of x", (x) => ops.conv2d(x, ops.slice(x, { end: 1 })), "? ?"],
    ["elements at places that x tells", (x) => ops.gather(x, 3, argmax(x.value, { dim: 3, keepDim: true })), "? ?"],
  ])("%s", (_, f, expected) => {
    expect(words(fieldOf(f))).toBe(expected);
  });

  test.each<[name: string, f: (x: Variable) => Variable]>([
    ["channels last", (x) => own(channelsLast(x))],
    ["one row", (x) => own(ops.slice(x, { dim: 2, start: 4, end: 5 }))],
    ["every third row backwards", (x) => ops.flip(ops.slice(own(x), { dim: 2, start: 1, step: 3 }), 2)],
    ["patches, mixed", (x) => ops.matmul(w(4, 27), ops.im2col(own(x), PATCH))],
    ["a transposed convolution", (x) => ops.convTranspose2d(own(x), w(3, 2, 3, 3), { padding: 1 })],
    ["a matrix product", (x) => ops.matmul(w(4, 12), own(x))],
    ["rows as columns", (x) => ops.transpose(own(x), 2, 3)],
    ["a gate", (x) => ops.mul(own(x), ops.mean(x, { dim: 2, keepDim: true }))],
  ])("the first output of %s has gradients there, cut at the edges", (_, f) => {
    const cut = fieldOf(f).map((axis, i) => {
      if (axis === undefined) throw new Error("it is not told");
      const reach = (axis.size - 1) / 2;
      return [Math.max(0, axis.start - reach), Math.min([12, 10][i] - 1, axis.start + reach)];
    });
    expect(truth(f)).toEqual(cut);
  });
});
