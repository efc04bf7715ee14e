import { checkGradient, variable } from "@conv/autograd";
import { arange, createRandom, ones, reshape, tensor } from "@conv/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PixelShuffle, PixelUnshuffle, Sequential } from "../index.js";

const list = (x: { dataSync(): ArrayLike<number> } | undefined) => Array.from(x?.dataSync() ?? []);

describe("PixelShuffle", () => {
  test("by hand: four channels of one pixel are one image of four", () => {
    const y = new PixelShuffle(2).forward(tensor([[[[1]], [[2]], [[3]], [[4]]]]));
    expect(y.shape).toEqual([1, 1, 2, 2]);
    expect(list(y)).toEqual([1, 2, 3, 4]);
  });

  test("by hand: two pixels a channel stand in their rows", () => {
    const y = new PixelShuffle(2).forward(reshape(arange(8), [1, 4, 1, 2]));
    expect(list(y)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]); // torch.nn.functional.pixel_shuffle
  });

  test("y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w], and PixelUnshuffle undoes it, with any leading axes", () => {
    const upTo = (max: number) => fc.integer({ min: 1, max });
    const shapes = fc.record({
      leading: fc.array(upTo(2), { maxLength: 2 }),
      sizes: fc.tuple(upTo(3), upTo(3), upTo(3), upTo(3)),
    });
    fc.assert(
      fc.property(shapes, ({ leading, sizes: [r, c, h, w] }) => {
        const x = createRandom(3).normal([...leading, c * r * r, h, w]);
        const y = new PixelShuffle(r).forward(x);
        expect(y.shape).toEqual([...leading, c, h * r, w * r]);
        const [xs, ys] = [x.dataSync(), list(y)];
        ys.forEach((value, at) => {
          const [column, row] = [at % (w * r), Math.floor(at / (w * r)) % (h * r)];
          const channel = Math.floor(at / (w * r * h * r)); // of all images
          const from = (channel * r + (row % r)) * r + (column % r);
          expect(value).toBe(xs[(from * h + Math.floor(row / r)) * w + Math.floor(column / r)]);
        });
        const back = new PixelUnshuffle(r).forward(y);
        expect([back.shape, list(back)]).toEqual([x.shape, list(x)]);
      }),
      { seed: 20_260_101, numRuns: 100 },
    );
  });

  test("gradients go back to where the numbers came from", () => {
    const x = variable(ones([1, 4, 1, 2]));
    new PixelShuffle(2).forward(x).backward(reshape(arange(8), [1, 1, 2, 4]));
    expect(list(x.grad)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    const image = createRandom(2).normal([1, 2, 2, 4], { dtype: "float64" });
    expect(checkGradient((v) => new PixelUnshuffle(2).forward(v), [image]).entries).toBe(16);
  });

  test("both are layers of a Sequential, with nothing to learn", () => {
    const model = new Sequential(new PixelUnshuffle(2), new PixelShuffle(2));
    const x = createRandom(1).normal([2, 3, 4, 6]);
    expect(list(model.forward(variable(x)))).toEqual(list(x));
    expect(model.parameters()).toEqual([]);
  });

  test("refuses factors and shapes that do not fit", () => {
    expect(() => new PixelShuffle(0)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: PixelShuffle: upscaleFactor must be a positive integer, got 0.]`,
    );
    expect(() => new PixelUnshuffle(1.5)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: PixelUnshuffle: downscaleFactor must be a positive integer, got 1.5.]`,
    );
    expect(() => new PixelShuffle(2).forward(ones([1, 6, 2, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: PixelShuffle: x [1, 6, 2, 2] has 6 channels, not a multiple of 4, the square of upscaleFactor. Give it 8.]`,
    );
    expect(() => new PixelUnshuffle(2).forward(ones([1, 1, 4, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: PixelUnshuffle: x [1, 1, 4, 3] has 4 × 3 pixels, which downscaleFactor 2 does not divide. Pad or crop it.]`,
    );
    expect(() => new PixelShuffle(2).forward(ones([4, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: PixelShuffle: x must be [*, C, H, W], but its shape is [4, 2]. Reshape it.]`,
    );
    expect(() => new PixelShuffle(2).forward([1] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: PixelShuffle: x must be a tensor, got [1]. Make a tensor with tensor(values, shape).]`,
    );
  });
});
