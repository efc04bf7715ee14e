import { grad, variable } from "@conv/autograd";
import { ones, tensor, zeros } from "@conv/core";
import { AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, type Module, ReLU, Sequential } from "@conv/nn";
import { expect, test } from "vitest";
import { costOf } from "./cost.js";

test("by hand: two filters of 3 × 3, stride 2, on 5 × 5 pixels, and a linear layer", () => {
  const model = new Sequential(new Conv2d(1, 2, 3, { stride: 2 }), new Flatten(), new Linear(2 * 2 * 2, 10));
  expect(costOf(model, [1, 5, 5])).toEqual({
    parameters: 2 * 9 + 2 + 8 * 10 + 10,
    macs: 2 * 2 * 2 * 9 + 8 * 10,
    field: 3,
  });
});

test("a norm has two parameters a channel and no multiply-adds; ReLU has neither", () => {
  const model = new Sequential(new Conv2d(3, 4, 1, { bias: false }), new BatchNorm2d(4), new ReLU());
  expect(costOf(model, [3, 6, 6])).toEqual({ parameters: 12 + 8, macs: 4 * 36 * 3, field: 1 });
});

test("a network is in training afterwards, and its norms have tracked nothing", () => {
  const norm = new BatchNorm2d(1);
  const model = new Sequential(norm);
  const before = norm.buffers().map((buffer) => [...buffer.dataSync()]);
  costOf(model, [1, 4, 4]);
  expect(norm.training).toBe(true);
  expect(norm.buffers().map((buffer) => [...buffer.dataSync()])).toEqual(before);
});

test("without a convolution, the field is the image", () => {
  expect(costOf(new Sequential(new Flatten(), new Linear(36, 2)), [1, 6, 6]).field).toBe(6);
});

const conv = (kernelSize: number, options = {}): Module => new Conv2d(1, 1, kernelSize, { bias: false, ...options });

/** With weights of 1 and means for pools, the first and the last pixel of the field have a gradient, and none outside has. */
test.each<[string, number, Module[]]>([
  ["3×3, 3×3", 5, [conv(3), conv(3)]],
  ["5×5 of dilation 3", 13, [conv(5, { dilation: 3 })]],
  ["3×3 of dilation 1, 2, 4", 15, [conv(3), conv(3, { dilation: 2 }), conv(3, { dilation: 4 })]],
  ["5×5, pool, 3×3, pool, 3×3", 20, [conv(5), new AvgPool2d(2), conv(3), new AvgPool2d(2), conv(3)]],
  ["stride 2 and 3, then 3×3", 19, [conv(3, { stride: 2 }), conv(3, { stride: 3 }), conv(3)]],
  ["pools that overlap", 9, [new AvgPool2d(3, { stride: 2 }), conv(4)]],
])("the field of %s is %i pixels: so far apart are the first and the last with a gradient", (_, field, layers) => {
  const model = new Sequential(...layers);
  for (const parameter of model.parameters()) parameter.value = ones(parameter.shape);
  expect(costOf(model, [1, 40, 40]).field).toBe(field);

  const x = variable(zeros([1, 1, 40, 40]));
  const y = model.forward(x);
  const [, , rows, columns] = y.shape;
  const middle = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  const gradY = tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => Number(i === middle)),
    y.shape,
  );
  const [gradX] = grad(y, [x], { gradY });
  const reached = [...gradX.value.dataSync()].flatMap((g, i) => (g > 0 ? [i % 40] : []));
  expect(1 + Math.max(...reached) - Math.min(...reached)).toBe(field);
});

test("the window of a max pool widens the field as that of a mean", () => {
  expect(costOf(new Sequential(conv(3), new MaxPool2d(2), conv(3)), [1, 12, 12]).field).toBe(8);
});
