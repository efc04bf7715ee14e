import { convTranspose1d, convTranspose2d, convTranspose3d, grad, sum, type Variable, variable } from "@conv/autograd";
import { createRandom, ShapeError, type Tensor, tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Conv2d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "../index.js";

const random = createRandom(22);
const numbers = (x: Tensor | Variable | undefined) => [...(x?.dataSync() ?? [])];
const dot = (a: Tensor | Variable, b: Tensor | Variable) => {
  const bs = numbers(b);
  return numbers(a).reduce((total, v, i) => total + v * bs[i], 0);
};

describe("ConvTranspose2d", () => {
  test("by hand: each pixel lays the filter down, two pixels apart, and the bias is added", () => {
    const layer = new ConvTranspose2d(1, 1, 2, { stride: 2 });
    layer.loadStateDict({ weight: tensor([1, 2, 3, 4], [1, 1, 2, 2]), bias: tensor([100]) });
    const y = layer.forward(tensor([1, 10], [1, 1, 1, 2]));
    expect([y.shape, numbers(y)]).toEqual([
      [1, 1, 2, 4],
      [101, 102, 110, 120, 103, 104, 130, 140],
    ]);
  });

  test("its weight is [in, out / groups, …kernel], its bias [out]", () => {
    const { weight, bias } = new ConvTranspose2d(4, 6, [3, 5], { groups: 2 });
    expect([weight.shape, bias?.shape]).toEqual([[4, 3, 3, 5], [6]]);
    const bare = new ConvTranspose2d(4, 6, 3, { bias: false });
    expect([bare.bias, bare.parameters().length]).toEqual([undefined, 1]);
  });

  test("weight and bias start within ±1/√(outChannels/groups · KH·KW), as PyTorch's do, and fill it", () => {
    const layer = new ConvTranspose2d(400, 800, 3, { groups: 200, random: createRandom(5) }); // fan-in 4·9 = 36
    for (const values of [numbers(layer.weight), numbers(layer.bias)]) {
      const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      expect(largest).toBeLessThanOrEqual(1 / 6);
      expect(largest).toBeGreaterThan(0.98 / 6);
    }
  });

  test("with the same weight it is the adjoint of the convolution from its result", () => {
    const sizes = { stride: 2, padding: 1, dilation: [1, 2], groups: 2, bias: false };
    const up = new ConvTranspose2d(4, 6, 3, { ...sizes, outputPadding: 1 });
    const down = new Conv2d(6, 4, 3, sizes);
    down.weight.value = up.weight.value;
    const x = random.normal([2, 4, 4, 4]);
    const y = random.normal(up.forward(x).shape);
    expect(dot(up.forward(x), y)).toBeCloseTo(dot(x, down.forward(y)), 3);
  });

  test("outputSize picks one of the sizes that the stride makes equal, as outputPadding does", () => {
    const layer = new ConvTranspose2d(1, 2, 3, { stride: [2, 3], padding: 1 });
    const x = random.normal([1, 1, 4, 4]); // 3·2 − 2 + 3 = 7, 3·3 − 2 + 3 = 10
    expect(layer.forward(x).shape).toEqual([1, 2, 7, 10]);
    expect(layer.forward(x, { outputSize: [8, 12] }).shape).toEqual([1, 2, 8, 12]);
    expect(layer.forward(x, { outputSize: [7, 10] }).shape).toEqual([1, 2, 7, 10]);
    const padded = new ConvTranspose2d(1, 2, 3, { stride: [2, 3], padding: 1, outputPadding: [1, 2] });
    padded.loadStateDict(layer.stateDict());
    expect(numbers(layer.forward(x, { outputSize: [8, 12] }))).toEqual(numbers(padded.forward(x)));
    expect(() => layer.forward(x, { outputSize: 9 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: ConvTranspose2d: outputSize [9, 9] is none that x [1, 1, 4, 4] can give. Use [7, 10] to [8, 12].]`,
    );
    expect(() => layer.forward(x, { outputSize: [6, 10] })).toThrow(ShapeError);
    expect(() => layer.forward(x, { size: 9 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ConvTranspose2d.forward: unknown option size. Did you mean outputSize?]`,
    );
  });

  test("its weight and bias receive gradients", () => {
    const layer = new ConvTranspose2d(1, 1, 2);
    sum(layer.forward(variable(tensor([1, 10], [1, 1, 1, 2])))).backward();
    expect([numbers(layer.weight.grad), numbers(layer.bias?.grad)]).toEqual([[11, 11, 11, 11], [6]]);
  });
});

test("layers of one and three axes are their operators", () => {
  const [signal, volume] = [random.normal([2, 4, 5]), random.normal([1, 2, 3, 2, 3])];
  const sizes = { stride: 2, padding: 1, outputPadding: 1 };
  const image = random.normal([1, 2, 3, 4]);
  const layers = [new ConvTranspose1d(4, 2, 3, sizes), new ConvTranspose2d(2, 3, 3, sizes)] as const;
  const last = new ConvTranspose3d(2, 3, 3, sizes);
  const with_ = (layer: { readonly bias: Variable | undefined }) => ({ ...sizes, bias: layer.bias });
  expect(numbers(layers[0].forward(signal))).toEqual(
    numbers(convTranspose1d(signal, layers[0].weight, with_(layers[0]))),
  );
  expect(numbers(layers[1].forward(image))).toEqual(
    numbers(convTranspose2d(image, layers[1].weight, with_(layers[1]))),
  );
  expect(numbers(last.forward(volume))).toEqual(numbers(convTranspose3d(volume, last.weight, with_(last))));
  const x = variable(signal);
  expect(grad(sum(layers[0].forward(x)), [x])[0].shape).toEqual([2, 4, 5]);
});

describe("when it is made, a transposed convolution refuses, in its own name,", () => {
  test("options that it does not have", () => {
    expect(() => new ConvTranspose2d(1, 1, 3, { output_padding: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ConvTranspose2d: unknown option output_padding. Did you mean outputPadding?]`,
    );
    expect(() => new ConvTranspose1d(1, 1, 3, { paddingMode: "zeros" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ConvTranspose1d: unknown option paddingMode. It takes stride, padding, outputPadding, dilation, groups, bias, random.]`,
    );
    expect(() => new ConvTranspose2d(1, 1, 3, { padding: "same" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ConvTranspose2d: padding must be numbers, got "same". Words do not say how much to cut off.]`,
    );
  });

  test("sizes out of range", () => {
    expect(() => new ConvTranspose2d(4, 6, 3, { groups: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: ConvTranspose2d: groups 4 must divide inChannels 4 and outChannels 6.]`,
    );
    expect(() => new ConvTranspose2d(1, 1, 3, { stride: 2, outputPadding: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ConvTranspose2d: outputPadding 2 must be smaller than stride 2 or dilation 1. Use at most 1.]`,
    );
    expect(() => new ConvTranspose3d(1, 1, 3, { stride: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ConvTranspose3d: stride must be a positive integer, got 0.]`,
    );
    expect(() => new ConvTranspose3d(1, 1, [3, 3])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: ConvTranspose3d: kernelSize must be one number or an array of 3, got [3, 3].]`,
    );
    expect(() => new ConvTranspose2d(1, 0, 3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: ConvTranspose2d: outChannels must be a positive integer, got 0.]`,
    );
  });

  test("nothing that some image would fit: a padding larger than the kernel", () => {
    expect(new ConvTranspose2d(1, 1, 1, { padding: 3 }).forward(random.normal([1, 1, 8, 8])).shape).toEqual([
      1, 1, 2, 2,
    ]);
  });
});
