import { createRandom } from "@conv/core";
import {
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  Linear,
  MaxPool2d,
  type Module,
  manualSeed,
  Sequential,
} from "@conv/nn";
import { describe, expect, test } from "vitest";
import { layersOf, lookInside } from "./lookInside.js";
import { hullOf, type Region, runsOf } from "./region.js";
import { traceBack } from "./trace.js";

manualSeed(5);
const random = createRandom(5);

/** The flat positions of a region's elements, ascending. */
function flatOf(shape: readonly number[], region: Region): number[] {
  let flat = [0];
  region.forEach((positions, axis) => {
    flat = flat.flatMap((outer) => positions.map((i) => outer * shape[axis] + i));
  });
  return flat;
}

/** Networks without ReLU and max pool: there, what a unit sees is exactly where its gradient is not zero. */
const NETWORKS: Readonly<Record<string, readonly Module[]>> = {
  "a convolution": [new Conv2d(2, 3, 3, { padding: 1 })],
  "strides, uneven kernels": [
    new Conv2d(2, 4, [5, 2], { stride: [2, 1], padding: [2, 0] }),
    new Conv2d(4, 3, 3, { stride: 2 }),
  ],
  "dilation, whose holes count": [
    new Conv2d(2, 2, 3, { dilation: 3, padding: 2 }),
    new Conv2d(2, 2, 2, { dilation: 2 }),
  ],
  "groups see their own channels": [new Conv2d(2, 4, 3, { groups: 2, padding: 1 }), new Conv2d(4, 4, 1, { groups: 4 })],
  "pools, batch norm, dropout": [
    new Conv2d(2, 4, 3, { padding: 1 }),
    new BatchNorm2d(4),
    new AvgPool2d(2),
    new Dropout(0.5),
    new Conv2d(4, 2, 3, { padding: 1 }),
    new AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  ],
  "same, uneven": [new Conv2d(2, 2, 4, { padding: "same" }), new AvgPool2d(2, { stride: 1 })],
  "a border that wraps around": [new Conv2d(2, 2, 5, { padding: 2, paddingMode: "circular" }), new AvgPool2d(2)],
  "a border of mirrored pixels": [new Conv2d(2, 2, 5, { padding: 2, dilation: 2, paddingMode: "reflect" })],
  "a border of the last pixels": [new Conv2d(2, 2, 5, { padding: 4, paddingMode: "replicate" })],
  "a border of the mean": [new Conv2d(2, 2, 3, { padding: 1, paddingMode: "mean" }), new AvgPool2d(2)],
  "linear layers see all": [new Conv2d(2, 3, 3), new Flatten(), new Linear(3 * 8 * 9, 5), new Linear(5, 2)],
  "a flat unit is one of a map": [new Conv2d(2, 3, 3, { stride: 2 }), new Dropout(0.5), new Flatten()],
};
const SHAPE = [2, 10, 11];

const supportOf = (values: ArrayLike<number>) => Array.from(values).flatMap((value, i) => (value === 0 ? [] : [i]));

describe("the gradient of a unit is not zero exactly where the unit sees", () => {
  test.each(Object.entries(NETWORKS))("%s", (_, layers) => {
    const model = new Sequential(...layers).eval();
    const input = random.normal([1, ...SHAPE]);
    const shapes = [SHAPE, ...shapesOf(layers)];
    for (let place = 1; place <= layers.length; place++) {
      const size = shapes[place].reduce((a, b) => a * b, 1);
      for (const unit of new Set([0, size - 1, ...Array.from({ length: 12 }, (_, i) => (i * 37 + 5) % size)])) {
        const { inputGradient, gradients } = lookInside(model, input, { place, unit });
        const found = [inputGradient ?? [], ...gradients].slice(0, place + 1).map(supportOf);
        const regions = traceBack(layersOf(model), shapes, place, unit);
        expect(
          regions.map((region, i) => flatOf(shapes[i], region)),
          `unit ${unit} of place ${place}`,
        ).toEqual(found);
      }
    }
  });
});

/** Sizes from a run: the last axis but the batch. */
function shapesOf(layers: readonly Module[]): number[][] {
  let x = random.normal([1, ...SHAPE]) as never;
  return layers.map((layer) => {
    const y = layer.eval().forward(x);
    x = y as never;
    return y.shape.slice(1);
  });
}

test("by hand: two 3 × 3 convolutions and a max pool see 6 × 6 pixels, fewer at the edge", () => {
  const layers = [new Conv2d(1, 1, 3, { padding: 1 }), new Conv2d(1, 1, 3, { padding: 1 }), new MaxPool2d(2)];
  const shapes = [
    [1, 8, 8],
    [1, 8, 8],
    [1, 8, 8],
    [1, 4, 4],
  ];
  const [[, rows, columns]] = traceBack(layers, shapes, 3, 4); // row 1, column 0
  expect([hullOf(rows), hullOf(columns)]).toEqual([
    { first: 0, last: 5 },
    { first: 0, last: 3 },
  ]);
});

test("runs and hulls", () => {
  expect(runsOf([0, 1, 4, 6, 7])).toEqual([
    { first: 0, last: 1 },
    { first: 4, last: 4 },
    { first: 6, last: 7 },
  ]);
  expect(hullOf([])).toBeUndefined();
});
