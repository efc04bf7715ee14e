import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, FLOAT64_SUM, integers, list, RUNS, scaleOf } from "../../test/samples.js";
import { ones, tensor, zeros } from "../create.js";
import { pad, padAdjoint } from "./pad.js";
import { type PadMode, padGeometry } from "./padGeometry.js";

const MODES = ["zeros", "constant", "circular", "reflect", "replicate", "mean"] as const;
const abc = tensor([1, 2, 6]);
const BEFORE: readonly [number, number] = [1, 0];

describe("pad", () => {
  test.each<[PadMode, number[]]>([
    ["zeros", [0, 0, 1, 2, 6, 0, 0]],
    ["constant", [5, 5, 1, 2, 6, 5, 5]],
    ["circular", [2, 6, 1, 2, 6, 1, 2]],
    ["reflect", [6, 2, 1, 2, 6, 2, 1]],
    ["replicate", [1, 1, 1, 2, 6, 6, 6]],
    ["mean", [3, 3, 1, 2, 6, 3, 3]],
  ])("by hand: mode %s around 1 2 6 makes %j", (mode, expected) => {
    expect(list(pad(abc, [2], mode === "constant" ? { mode, value: 5 } : { mode }))).toEqual(expected);
  });

  test("zeros are the default; constant without a value is 0", () => {
    expect(list(pad(abc, [1]))).toEqual([0, 1, 2, 6, 0]);
    expect(list(pad(abc, [1], { mode: "constant" }))).toEqual([0, 1, 2, 6, 0]);
  });

  test("by hand: circular padding wraps several times", () => {
    expect(list(pad(tensor([1, 2]), [[5, 4]], { mode: "circular" }))).toEqual([2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    expect(list(pad(tensor([7]), [[3, 2]], { mode: "circular" }))).toEqual([7, 7, 7, 7, 7, 7]);
  });

  test("by hand: the first entry of padding is the outer axis, before and after may differ", () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const y = pad(x, [BEFORE, [0, 2]]);
    expect(y.shape).toEqual([3, 4]);
    expect(list(y)).toEqual([0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0]);
    expect(list(pad(x, [BEFORE, BEFORE], { mode: "reflect" }))).toEqual([4, 3, 4, 2, 1, 2, 4, 3, 4]);
  });

  test("by hand: one side only, in every mode", () => {
    const after = (mode: PadMode) => list(pad(abc, [[0, 2]], { mode })).slice(3);
    expect(MODES.map(after)).toEqual([
      [0, 0],
      [0, 0],
      [1, 2],
      [2, 1],
      [6, 6],
      [3, 3],
    ]);
  });

  test("by hand: replicate repeats the edge as often as it must, and takes corners from corners", () => {
    expect(list(pad(tensor([1, 2]), [[4, 3]], { mode: "replicate" }))).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2]);
    const corner = pad(tensor([1, 2, 3, 4], [2, 2]), [BEFORE, [0, 1]], { mode: "replicate" });
    expect(list(corner)).toEqual([1, 2, 2, 1, 2, 2, 3, 4, 4]);
  });

  test("by hand: leading axes are images of their own, each with its own mean", () => {
    const x = tensor([1, 3, 10, 30], [2, 2]);
    expect(list(pad(x, [BEFORE], { mode: "mean" }))).toEqual([2, 1, 3, 20, 10, 30]);
    expect(list(pad(x, [BEFORE], { mode: "circular" }))).toEqual([3, 1, 3, 30, 10, 30]);
  });

  test("the mean is that of the whole un-padded image, over both axes", () => {
    const x = tensor([1, 2, 3, 6], [1, 2, 2]);
    expect(list(pad(x, [0, [0, 1]], { mode: "mean" }))).toEqual([1, 2, 3, 3, 6, 3]);
  });

  test("no padding changes nothing, in every mode and on empty images", () => {
    for (const mode of MODES) {
      expect(list(pad(abc, [0], { mode }))).toEqual([1, 2, 6]);
      expect(pad(zeros([2, 0]), [0], { mode }).shape).toEqual([2, 0]);
      expect(pad(zeros([0, 3]), [1], { mode }).shape).toEqual([0, 5]);
    }
    expect(list(pad(abc, []))).toEqual([1, 2, 6]);
    expect(list(pad(zeros([0]), [1]))).toEqual([0, 0]);
  });

  test("padding by p and then by q is padding by p + q for zeros, replicate and circular by whole images", () => {
    const x = integers([2, 3, 4], 1);
    for (const mode of ["zeros", "replicate"] as const) {
      expect(list(pad(pad(x, [1, [0, 2]], { mode }), [2, 1], { mode }))).toEqual(list(pad(x, [3, [1, 3]], { mode })));
    }
    const circular = (t: typeof x, rows: number, columns: number) =>
      pad(
        t,
        [
          [rows, 0],
          [0, columns],
        ],
        { mode: "circular" },
      );
    expect(list(circular(circular(x, 3, 8), 6, 12))).toEqual(list(circular(x, 9, 20)));
  });

  test("it keeps the dtype", () => {
    expect(pad(integers([2], 1), [1]).dtype).toBe("float64");
  });
});

describe("padAdjoint", () => {
  const gradY = tensor([1, 10, 100, 1000, 10_000]);

  test.each<[PadMode, number[]]>([
    ["zeros", [10, 100, 1000]],
    ["constant", [10, 100, 1000]],
    ["circular", [10_010, 100, 1001]],
    ["reflect", [10, 10_101, 1000]],
    ["replicate", [11, 100, 11_000]],
    ["mean", [10 + 10_001 / 3, 100 + 10_001 / 3, 1000 + 10_001 / 3]],
  ])("by hand: in mode %s the gradients 1 10 100 1000 10000 come back as %j", (mode, expected) => {
    const gradX = padAdjoint(gradY, [1], { mode, inSize: [3] });
    expect(list(gradX)).toEqual([...Float32Array.from(expected)]);
  });

  test.each(MODES)("⟨P x, y⟩ = ⟨x, Pᵀ y⟩ in mode %s, for every rank and padding", (mode) => {
    const seen = { oneSided: 0, bareAxis: 0, unequal: 0, corners: 0, longerThanTheImage: 0, noImages: 0 };
    const axis = fc.record({ length: fc.nat(4), before: fc.nat(9), after: fc.nat(9), isBare: fc.boolean() });
    const leadingAxes = fc.array(fc.nat(2), { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(axis, { maxLength: 3 }),
        leadingAxes,
        fc.boolean(),
        fc.nat(),
        (axes, leading, isOne, seed) => {
          const isFree = mode === "zeros" || mode === "constant";
          const padding = axes.map(({ length, before, after, isBare }) => {
            const most = isBare || (length === 0 && !isFree) ? 0 : mode === "reflect" ? length - 1 : 9;
            return [Math.min(before, most), isOne ? 0 : Math.min(after, most)] as const;
          });
          const inSize = axes.map(({ length }) => length);
          const x = integers([...leading, ...inSize], seed);
          const px = pad(x, padding, { mode });
          const y = integers(px.shape, seed + 1);
          const ptY = padAdjoint(y, padding, { mode, inSize });
          expect(ptY.shape).toEqual(x.shape);
          const room = mode === "mean" ? FLOAT64_SUM * (scaleOf(px, y) + scaleOf(x, ptY)) : 0; // the others are exact
          expect(Math.abs(dot(px, y) - dot(x, ptY))).toBeLessThanOrEqual(room);

          if (x.size === 0) seen.noImages++;
          else {
            if (padding.some(([before, after]) => before > 0 && after === 0)) seen.oneSided++;
            if (padding.some(([before, after]) => before + after === 0)) seen.bareAxis++;
            if (new Set(inSize).size > 1 && padding.some(([before, after]) => before !== after)) seen.unequal++;
            if (padding.filter(([before, after]) => before + after > 0).length > 1) seen.corners++;
            if (padding.some(([before], a) => before > 2 * inSize[a])) seen.longerThanTheImage++; // circular wraps thrice
          }
        },
      ),
      { ...RUNS, numRuns: 400 },
    );
    for (const [kind, count] of Object.entries(seen)) {
      if (mode === "reflect" && kind === "longerThanTheImage") expect(count, kind).toBe(0);
      else expect(count, kind).toBeGreaterThan(10);
    }
  });

  test("by hand: what wrapped several times comes back to its pixel as often", () => {
    // pixels 1 2 1 2 [1 2] 1: the first of two is seen four times, the second three times
    const gradX = padAdjoint(ones([7]), [[4, 1]], { mode: "circular", inSize: [2] });
    expect(list(gradX)).toEqual([4, 3]);
  });

  test("inSize may name more axes than are padded, and leading axes stay", () => {
    expect(padAdjoint(zeros([2, 3, 6]), [1], { inSize: [4] }).shape).toEqual([2, 3, 4]);
    expect(padAdjoint(zeros([2, 3, 6]), [1], { inSize: [3, 4] }).shape).toEqual([2, 3, 4]);
    expect(padAdjoint(zeros([0, 6]), [1], { inSize: [4], mode: "mean" }).shape).toEqual([0, 4]);
  });
});

describe("what cannot be is an error", () => {
  test("reflect beyond the image's other edge", () => {
    expect(() => pad(abc, [[3, 0]], { mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: "reflect" padding mirrors the image without its edge, at most 2 of the 3 pixels along spatial axis 0, but padding is [3, 0]. Pad less, or use "circular" or "replicate".]`,
    );
    expect(() => pad(tensor([1]), [[0, 1]], { mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: "reflect" padding mirrors the image without its edge, at most 0 of the 1 pixel along spatial axis 0, but padding is [0, 1]. Pad less, or use "circular" or "replicate".]`,
    );
    expect(() => pad(abc, [2], { mode: "reflect" })).not.toThrow();
  });

  test("pixels taken from an empty image", () => {
    expect(() => pad(zeros([0]), [1], { mode: "circular" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: "circular" padding needs pixels, but spatial axis 0 has none. Use "zeros".]`,
    );
    expect(() => pad(zeros([0]), [1], { mode: "mean" })).toThrow("needs pixels");
    expect(() => pad(zeros([0]), [1], { mode: "replicate" })).toThrow("needs pixels");
  });

  test("reflect of an empty image does not advise circular, which fails too", () => {
    expect(() => pad(zeros([0]), [1], { mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: "reflect" padding needs pixels, but spatial axis 0 has none. Use "zeros".]`,
    );
  });

  test("a value that the mode would ignore, and one that is no number", () => {
    expect(() => pad(abc, [1], { value: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: value is for mode "constant", but mode is "zeros". Leave it out, or change the mode.]`,
    );
    expect(() => pad(abc, [1], { mode: "reflect", value: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: value is for mode "constant", but mode is "reflect". Leave it out, or change the mode.]`,
    );
    expect(() => pad(abc, [1], { mode: "constant", value: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: value must be a number, got NaN.]`,
    );
    expect(() => pad(abc, [1], { mode: "constant", value: "1" as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: value must be a number, got "1".]`,
    );
  });

  test("unknown modes, options and paddings", () => {
    expect(() => pad(abc, [1], { mode: "same" as never })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pad: mode must be one of "zeros", "constant", "circular", "reflect", "replicate", "mean", got "same".]`,
    );
    expect(() => pad(abc, [1], { paddingMode: "reflect" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: unknown option paddingMode. Did you mean mode?]`,
    );
    expect(() => pad(abc, 1 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: padding must be an array with [before, after] for each axis to pad, got 1.]`,
    );
    expect(() => pad(abc, [1, 1])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: pad: padding [1, 1] is for 2 axes, but x [3] has 1. Give one [before, after] for each of the last axes.]`,
    );
    expect(() => pad(abc, [-1])).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pad: padding must be an integer of at least 0, got -1.]`,
    );
    expect(() => pad(abc, [[1, 2, 3] as never])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: padding of an axis must be a number or [before, after], got [1, 2, 3].]`,
    );
  });

  test("what is no tensor, and options that are no object", () => {
    expect(() => pad([1, 2] as never, [1])).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: x must be a tensor, got [1, 2]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => pad(abc, [1], "reflect" as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: pad: the last argument is the options, got "reflect". Pass an object: { mode: "reflect" }.]`,
    );
    expect(() => padAdjoint(3 as never, [1], { inSize: [3] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: padAdjoint: gradY must be a tensor, got 3. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => padAdjoint(abc, [1], undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: padAdjoint: the last argument is the options, got undefined. Pass an object: { inSize: … }.]`,
    );
  });

  test("a gradient of another shape than the padded image, and an image of no size", () => {
    expect(() => padAdjoint(abc, [1], { inSize: [3] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: padAdjoint: gradY has shape [3], but these sizes need [5]. Give it that shape.]`,
    );
    expect(() => padAdjoint(abc, [1], { inSize: 1 as never })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: padAdjoint: inSize must be an array with the lengths of the padded axes, got 1.]`,
    );
    expect(() => padAdjoint(abc, [1], {} as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: padAdjoint: inSize must be an array with the lengths of the padded axes, got undefined.]`,
    );
    expect(() => padAdjoint(abc, [2], { inSize: [-1] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: padAdjoint: inSize must be an integer of at least 0, got -1.]`,
    );
    expect(() => padAdjoint(abc, [1], { inSize: [1], kernelSize: 3 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: padAdjoint: unknown option kernelSize. It takes inSize, mode, value.]`,
    );
    expect(() => padAdjoint(abc, [1], { inSize: [1], mode: "reflect" })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: padAdjoint: "reflect" padding mirrors the image without its edge, at most 0 of the 1 pixel along spatial axis 0, but padding is [1, 1]. Pad less, or use "circular" or "replicate".]`,
    );
  });

  test("a convolution that pads speaks in its own name", () => {
    expect(() => padGeometry([1, 1, 2], [2], { mode: "reflect" }, "conv1d")).toThrow('conv1d: "reflect"');
  });
});

test("int32 takes whole borders only, also backwards", () => {
  const x = tensor(Int32Array.of(1, 2));
  expect(list(pad(x, [BEFORE], { mode: "constant", value: 3 }))).toEqual([3, 1, 2]);
  expect(list(padAdjoint(x, [BEFORE], { mode: "replicate", inSize: [1] }))).toEqual([3]);
  expect(() => pad(x, [BEFORE], { mode: "mean" })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: pad: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
  );
  expect(() => pad(x, [BEFORE], { mode: "constant", value: 0.5 })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: pad: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
  );
  expect(() => padAdjoint(x, [BEFORE], { mode: "mean", inSize: [1] })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: padAdjoint: its tensors are int32, but it computes in floats. Use cast(x, "float32").]`,
  );
});
