import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, indicesOf, integers, list, RUNS } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { cpu } from "../device/cpu.js";
import { prelu, preluShape } from "./prelu.js";

describe("prelu", () => {
  test("by hand: every channel has a slope of its own", () => {
    const x = tensor([
      [-2, -2],
      [3, -4],
    ]);
    expect(prelu(x, tensor([0.5, 0.25])).shape).toEqual([2, 2]);
    expect(list(prelu(x, tensor([0.5, 0.25])))).toEqual([-1, -0.5, 3, -1]);
    expect(list(x)).toEqual([-2, -2, 3, -4]);
  });

  test("by hand: one slope serves all, whatever the shape of x", () => {
    expect(list(prelu(tensor([-2, 4]), tensor([0.5])))).toEqual([-1, 4]);
    expect(prelu(tensor(-2), tensor([0.5])).item()).toBe(-1);
    expect(list(prelu(tensor([[[-2], [-4]]]), tensor([0.5])))).toEqual([-1, -2]);
  });

  test("by hand: the channel is axis 1, also of images", () => {
    const x = tensor([-1, -2, 3, -4], [1, 2, 1, 2]);
    expect(list(prelu(x, tensor([10, 100])))).toEqual([-10, -20, 3, -400]);
  });

  test("it equals a naive loop over the indices", () => {
    const space = fc.array(fc.nat(3), { maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(2), fc.nat(3), space, fc.boolean(), fc.nat(), (batch, channels, axes, isShared, seed) => {
        const x = integers([batch, channels, ...axes], seed);
        const w = integers([isShared ? 1 : channels], seed + 1);
        const y = prelu(x, w);
        expect(y.shape).toEqual(x.shape);
        expect(list(y)).toEqual(
          indicesOf(x.shape).map((index) => {
            const value = at(x, index);
            return value > 0 ? value : value * at(w, [isShared ? 0 : index[1]]);
          }),
        );
      }),
      RUNS,
    );
  });

  // F.prelu(torch.tensor([-inf, -1000, -40, -0., 0, 40, inf, nan]).double(), torch.tensor([0.25]).double()), PyTorch 1.13
  test("infinities, −0 and NaN as in PyTorch; an infinity that is not chosen does no harm", () => {
    const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const x = tensor(Float64Array.of(least, -1000, -40, -0, 0, 40, most, Number.NaN));
    expect(list(prelu(x, tensor([0.25])))).toEqual([least, -250, -10, -0, 0, 40, most, Number.NaN]);
    expect(list(prelu(tensor([[most, 2]]), tensor([0, Number.NaN])))).toEqual([most, 2]);
  });

  test("types are promoted; batches of 0, and 0 channels", () => {
    const y = prelu(tensor([[-3, 3]], [1, 2], { dtype: "int32" }), tensor([0.5, 0.5]));
    expect([y.dtype, list(y)]).toEqual(["float32", [-1.5, 3]]);
    expect(prelu(tensor([-1]), tensor(Float64Array.of(0.1))).dtype).toBe("float64");
    expect(prelu(zeros([0, 2, 3]), ones([2])).shape).toEqual([0, 2, 3]);
    expect(prelu(zeros([2, 0]), zeros([0])).shape).toEqual([2, 0]);
  });

  test("preluShape by hand", () => {
    expect(preluShape([4, 3, 5, 6], [3])).toEqual([3, 1, 1]);
    expect(preluShape([4, 3], [3])).toEqual([3]);
    expect(preluShape([4, 3, 5], [1])).toEqual([]);
    expect(prelu(tensor(-2), tensor([0.5])).shape).toEqual([]);
  });

  test("slopes that do not fit are errors", () => {
    expect(() => prelu(ones([2, 3, 4]), ones([2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [2] must have one slope, [1], or one for each channel, but x [2, 3, 4] has 3 channels. Make w [3].]`,
    );
    expect(() => prelu(ones([2, 1]), ones([2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [2] must have one slope, [1], or one for each channel, but x [2, 1] has 1 channel. Make w [1].]`,
    );
    expect(() => prelu(ones([2, 3]), ones([1, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [1, 3] must have one slope, [1], or one for each channel, but x [2, 3] has 3 channels. Make w [3].]`,
    );
    expect(() => prelu(ones([2, 3]), tensor(0.5))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [] must have one slope, [1], or one for each channel, but x [2, 3] has 3 channels. Make w [3].]`,
    );
    expect(() => prelu(ones([3]), ones([3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [3] must have one slope, [1], or one for each channel, but x [3] has no channel axis. Make w [1].]`,
    );
    expect(() => prelu(tensor(1), zeros([0]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: prelu: w [0] must have one slope, [1], or one for each channel, but x [] has no channel axis. Make w [1].]`,
    );
  });

  test("what is no tensor, or lives elsewhere, is an error", () => {
    const there = ones([1]).to({ ...cpu, name: "other" });
    expect(() => prelu(ones([2]), there)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: prelu: its tensors live on two devices, cpu and other. Move one: x.to(device).]`,
    );
    expect(() => prelu(3 as never, ones([1]))).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: prelu: x must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => prelu(ones([2]), 0.5 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: prelu: w must be a tensor, got 0.5. Make a tensor with tensor(values, shape).]`,
    );
  });
});
