import { add, avgPool1d, concat, flip, im2col, relu, slice, sum, type Variable, variable } from "@conv/autograd";
import { createRandom, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AvgPool1d, Conv1d, Conv2d, MaxPool1d, MaxPool2d, Module, Sequential } from "../index.js";
import type { ReceptiveField } from "./layerSummary.js";
import { summary } from "./summary.js";

/** The receptive field of a model's outputs, axis by axis. */
function fieldOf(model: Module, inputShape: readonly number[]) {
  return summary(model, inputShape).layers[0].receptiveField;
}

/** A layer out of a function, with the layers that it uses. */
class Lambda extends Module {
  readonly #f: (x: Variable) => Variable;
  constructor(f: (x: Variable) => Variable, layers: Readonly<Record<string, Module>> = {}) {
    super();
    this.#f = f;
    Object.assign(this, layers);
  }
  forward(x: Variable): Variable {
    return this.#f(x);
  }
}

test("by hand: LeNet-5, as in every table of receptive fields", () => {
  const model = new Sequential(new Conv2d(1, 6, 5), new MaxPool2d(2), new Conv2d(6, 16, 5), new MaxPool2d(2));
  const sizes = summary(model, [1, 1, 32, 32]).layers.map(({ receptiveField }) => receptiveField?.[0]);
  expect(sizes.slice(1)).toEqual([
    { size: 5, jump: 1, start: 2 },
    { size: 6, jump: 2, start: 2.5 },
    { size: 14, jump: 2, start: 6.5 },
    { size: 16, jump: 4, start: 7.5 },
  ]);
});

test("by hand: padding moves the start, dilation widens, every axis has its own numbers", () => {
  const layer = new Conv2d(1, 1, [3, 5], { stride: [2, 1], padding: [1, 4], dilation: [1, 2] });
  expect(fieldOf(layer, [1, 1, 32, 32])).toEqual([
    { size: 3, jump: 2, start: 0 },
    { size: 9, jump: 1, start: 0 },
  ]);
});

/*
 * The truth: pixels with a gradient other than 0. Weights are positive, so that nothing cancels; a maximum is replaced by a
 * sum over the same window, since its gradient goes to one pixel only.
 */

const LENGTH = 400;
/** Nearer to the edge than this an output may see the padding of a layer in between, which has no gradient. */
const EDGE = 70;
const CHANNELS = 2;

/** A convolution with positive weights. */
function positive(kernel: number, options: ConstructorParameters<typeof Conv1d>[3]): Conv1d {
  const layer = new Conv1d(CHANNELS, CHANNELS, kernel, { ...options, bias: false, random: createRandom(1) });
  const values = layer.weight.value.dataSync().map((v) => Math.abs(v) + 0.5);
  layer.weight.value = tensor(values, layer.weight.shape);
  return layer;
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A layer, and one of the same windows through which gradients reach every pixel that it sees. */
type Pair = readonly [layer: Module, linear: Module];

const same = (layer: Module): Pair => [layer, layer];

/** Two convolutions of one output size: what the second's padding lacks on one side it has on the other. */
function branches({ kernel, stride, dilation, before }: Window, other: number) {
  const span = dilation * (kernel - 1);
  const [left, right] = [Math.min(before, span), span - Math.min(before, span)];
  const first = positive(kernel, { stride, dilation, padding: [[left, right]] });
  const second = positive(other, { stride, padding: [[other - 1, 0]] });
  return { first, second };
}

const KINDS: Readonly<Record<string, (window: Window) => Pair>> = {
  conv: ({ kernel, stride, dilation, before }) => same(positive(kernel, { stride, dilation, padding: [[before, 1]] })),
  depthwise: ({ kernel, stride, dilation, before }) =>
    same(positive(kernel, { stride, dilation, padding: [[before, 0]], groups: CHANNELS })),
  avgPool: ({ kernel, stride, before }) =>
    same(new AvgPool1d(kernel, { stride, padding: Math.min(before, kernel >> 1) })),
  maxPool: ({ kernel, stride, dilation, before }) => {
    const padding = Math.min(before, kernel >> 1);
    return [
      new MaxPool1d(kernel, { stride, dilation, padding }),
      positive(kernel, { stride, dilation, padding, groups: CHANNELS }),
    ];
  },
  residual: (window) => {
    const { first } = branches({ ...window, stride: 1 }, 1);
    return same(new Lambda((x) => relu(add(first.forward(x), x)), { first }));
  },
  parallel: (window) => {
    const { first, second } = branches(window, 2);
    const mix = new Conv1d(2 * CHANNELS, CHANNELS, 1, { bias: false });
    mix.weight.value = tensor(new Float32Array(mix.weight.size).fill(1), mix.weight.shape);
    const layers = { first, second, mix };
    return same(new Lambda((x) => mix.forward(concat([first.forward(x), second.forward(x)], 1)), layers));
  },
  unfold: ({ kernel, stride, dilation, before }) => {
    const mix = new Conv1d(kernel * CHANNELS, CHANNELS, 1, { bias: false });
    mix.weight.value = tensor(new Float32Array(mix.weight.size).fill(1), mix.weight.shape);
    const options = { kernelSize: [kernel], stride, dilation, padding: before };
    return same(new Lambda((x) => mix.forward(im2col(x, options)), { mix }));
  },
  slice: ({ stride, before }) => same(new Lambda((x) => slice(x, { dim: 2, start: before, step: stride }))),
  flip: () => same(new Lambda((x) => flip(x, 2))),
  nothing: () => same(new Lambda((x) => x)),
};

/** The first and last pixel with a gradient of output i. */
function truth(model: Module, i: number): readonly [number, number] {
  const x = variable(tensor(new Float32Array(CHANNELS * LENGTH).fill(1), [1, CHANNELS, LENGTH]));
  sum(slice(model.forward(x), { dim: 2, start: i, end: i + 1 })).backward();
  const gradient = x.grad?.dataSync() ?? [];
  const seen = Array.from({ length: LENGTH }, (_, p) => p).filter(
    (p) => gradient[p] !== 0 || gradient[LENGTH + p] !== 0,
  );
  return [seen[0], seen[seen.length - 1]];
}

/** What the field says of output i. */
const told = ({ size, jump, start }: ReceptiveField, i: number) =>
  [start + i * jump - (size - 1) / 2, start + i * jump + (size - 1) / 2] as const;

describe("the receptive field is where gradients are", () => {
  const window = fc.record({
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    before: fc.integer({ min: 0, max: 2 }),
  });
  const layer = fc.tuple(fc.constantFrom(...Object.keys(KINDS)), window);

  test("of every output away from the edges, for nets of up to five layers, branches and all", () => {
    let compared = 0;
    const property = fc.property(fc.array(layer, { minLength: 1, maxLength: 5 }), (specs) => {
      const pairs = specs.map(([kind, options]) => KINDS[kind](options));
      const [model, linear] = [0, 1].map((side) => new Sequential(...pairs.map((pair) => pair[side])));
      const { outputShape, receptiveField } = summary(model, [1, CHANNELS, LENGTH]).layers[0];
      const [field] = receptiveField ?? [];
      const outputs = outputShape?.[2] ?? 0;
      if (field === undefined) throw new Error("there is no field");
      const inner = Array.from({ length: outputs }, (_, i) => i).filter((i) => {
        const [first, last] = told(field, i);
        return first >= EDGE && last < LENGTH - EDGE;
      });
      for (const i of [inner[0], inner[inner.length >> 1], inner[inner.length - 1]].filter((i) => i !== undefined)) {
        expect(truth(linear, i)).toEqual(told(field, i));
        compared++;
      }
    });
    fc.assert(property, { numRuns: 150, seed: 1 });
    expect(compared).toBeGreaterThan(300);
  });
});

test("two branches of different strides see no one field, and it is not told", () => {
  const model = new Lambda((x) => add(avgPool1d(x, 2), slice(x, { dim: 2, end: LENGTH / 2 })));
  expect(fieldOf(model, [1, 1, LENGTH])).toEqual([undefined]);
});
