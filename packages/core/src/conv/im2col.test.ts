import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convCase, dot, integers, list, RUNS } from "../../test/samples.js";
import { tensor, zeros } from "../create.js";
import { gemm, matrix } from "../maps/gemm.js";
import { sizeOf } from "../shape.js";
import { convDirect } from "./convDirect.js";
import { convGeometry } from "./geometry.js";
import { col2im, im2col } from "./im2col.js";

describe("im2col", () => {
  test("by hand: the four 2×2 patches of a 3×3 image are the four columns", () => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    const columns = im2col(x, { kernelSize: 2 });
    expect(columns.shape).toEqual([1, 4, 4]);
    const taps = [
      [1, 2, 4, 5],
      [2, 3, 5, 6],
      [4, 5, 7, 8],
      [5, 6, 8, 9],
    ];
    expect(list(columns)).toEqual(taps.flat());
  });

  test("by hand: rows are ordered by channel, then tap; padding reads 0", () => {
    const x = tensor([1, 2, 3, 10, 20, 30], [1, 2, 3]);
    const columns = im2col(x, { kernelSize: 2, padding: [[1, 0]], stride: 2 });
    expect(columns.shape).toEqual([1, 4, 2]);
    expect(list(columns)).toEqual([0, 2, 1, 3, 0, 20, 10, 30]);
  });

  test("y = w · im2col(x) is the convolution", () => {
    fc.assert(
      fc.property(
        convCase,
        ({ xShape, wShape: [filters, , ...kernelSize], options: { groups: _, ...options }, seed }) => {
          const wShape = [filters, xShape[1], ...kernelSize];
          const geometry = convGeometry(xShape, wShape, options);
          const [x, w] = [integers(xShape, seed), integers(wShape, seed + 1)];
          const columns = im2col(x, { ...options, kernelSize });
          const [batch, rows, positions] = columns.shape;
          const y = zeros(geometry.yShape, { dtype: "float64" }).dataSync();
          for (let n = 0; n < batch; n++) {
            const patches = matrix(columns.dataSync(), rows, positions, n * rows * positions);
            gemm(matrix(w.dataSync(), filters, rows), patches, matrix(y, filters, positions, n * filters * positions));
          }
          expect([...y]).toEqual(list(convDirect(x, w, geometry)));
        },
      ),
      RUNS,
    );
  });
});

describe("col2im", () => {
  test("by hand: it counts how many windows see each pixel", () => {
    const columns = tensor(new Array(16).fill(1), [1, 4, 4]);
    expect(list(col2im(columns, { kernelSize: 2, inSize: [3, 3] }))).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
  });

  test("by hand: what was read from padding is dropped", () => {
    const columns = tensor([1, 2, 3, 4], [1, 2, 2]);
    expect(list(col2im(columns, { kernelSize: 2, padding: [[1, 0]], stride: 2, inSize: [3] }))).toEqual([3, 2, 4]);
  });

  test("⟨im2col x, c⟩ = ⟨x, col2im c⟩", () => {
    const seen = { single: 0, skipping: 0, overhanging: 0, noImages: 0 };
    fc.assert(
      fc.property(convCase, ({ xShape, wShape, options: { groups: _, ...options }, seed }) => {
        const [inSize, kernelSize] = [xShape.slice(2), wShape.slice(2)];
        const window = { ...options, kernelSize };
        const x = integers(xShape, seed);
        const columns = im2col(x, window);
        const c = integers(columns.shape, seed + 1);
        const image = col2im(c, { ...window, inSize });
        expect(image.shape).toEqual(xShape);
        expect(dot(columns, c)).toBe(dot(x, image));
        if (columns.shape[2] === 1) seen.single++;
        if (kernelSize.some((k, axis) => options.stride[axis] > k)) seen.skipping++;
        if (kernelSize.some((k, axis) => k > inSize[axis])) seen.overhanging++;
        if (xShape[0] === 0) seen.noImages++;
      }),
      RUNS,
    );
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(20);
  });

  test("no images, and images without channels, have columns that fold back into none", () => {
    const window = { kernelSize: 2, inSize: [4, 4] };
    for (const shape of [
      [0, 2, 4, 4],
      [2, 0, 4, 4],
    ]) {
      const columns = im2col(zeros(shape), { kernelSize: 2 });
      expect(columns.shape).toEqual([shape[0], shape[1] * 4, 9]);
      expect(col2im(columns, window).shape).toEqual(shape);
    }
  });

  test("whole numbers stay whole: both take int32", () => {
    const x = tensor(Int32Array.of(1, 2, 3), [1, 1, 3]);
    const columns = im2col(x, { kernelSize: 2 });
    expect([columns.dtype, col2im(columns, { kernelSize: 2, inSize: [3] }).dtype]).toEqual(["int32", "int32"]);
  });

  test("of windows that tile the image it is the inverse of im2col", () => {
    const x = integers([2, 3, 4, 6], 1);
    const tiles = { kernelSize: [2, 3], stride: [2, 3] };
    expect(sizeOf(im2col(x, tiles).shape)).toBe(x.size);
    expect(list(col2im(im2col(x, tiles), { ...tiles, inSize: [4, 6] }))).toEqual(list(x));
  });
});

describe("what does not fit is an error", () => {
  const x = zeros([8, 2, 4, 4]);

  test("the window and its options", () => {
    expect(() => im2col(x, { kernelSize: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: im2col: the dilated kernel spans 5 pixels along spatial axis 0 (kernel 5, dilation 1), but x [8, 2, 4, 4] with padding [0, 0] has 4. Use more padding or a smaller kernel.]`,
    );
    expect(() => im2col(x, { kernelSize: [2, 2, 2] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: im2col: kernelSize must be one number or an array of 2, got [2, 2, 2].]`,
    );
    expect(() => im2col(x, {} as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: im2col: kernelSize must be a positive integer, got undefined.]`,
    );
    expect(() => im2col(x, { kernelSize: 2, groups: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: im2col: unknown option groups. It takes kernelSize, stride, padding, dilation.]`,
    );
    expect(() => im2col(x, { kernel_size: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: im2col: unknown option kernel_size. Did you mean kernelSize?]`,
    );
    expect(() => im2col(zeros([3]), { kernelSize: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: im2col: x must have at least 3 axes, [N, C, …], but its shape is [3]. Reshape it.]`,
    );
  });

  test("columns that no such window makes", () => {
    const fold = (shape: number[]) => () => col2im(zeros(shape), { kernelSize: 2, inSize: [3, 3] });
    expect(fold([1, 4, 5])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: col2im: columns has shape [1, 4, 5], but these sizes need [1, 4, 4]. Give it that shape.]`,
    );
    expect(fold([1, 6, 4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: col2im: columns has shape [1, 6, 4], but these sizes need [1, 4, 4]. Give it that shape.]`,
    );
    expect(fold([4, 4])).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: col2im: columns must have 3 axes, [N, C·K, L], but its shape is [4, 4]. Reshape it.]`,
    );
    expect(() => col2im(zeros([1, 4, 4]), { kernelSize: 2 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: col2im: inSize must be an array with the lengths of the image's spatial axes, got undefined.]`,
    );
  });

  test("what is no tensor, no image, and no options", () => {
    const columns = zeros([1, 4, 4]);
    expect(() => im2col(x.shape as never, { kernelSize: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: im2col: x must be a tensor, got [8, 2, 4, 4]. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => im2col(x, 2 as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: im2col: the last argument is the options, got 2. Pass an object: { kernelSize: 2 }.]`,
    );
    expect(() => col2im(null as never, { kernelSize: 2, inSize: [3, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: col2im: columns must be a tensor, got null. Make a tensor with tensor(values, shape).]`,
    );
    expect(() => col2im(columns, undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: col2im: the last argument is the options, got undefined. Pass an object: { kernelSize: … }.]`,
    );
    expect(() => col2im(columns, { kernelSize: 2, inSize: [2.5, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: col2im: inSize must be an integer of at least 0, got 2.5.]`,
    );
    expect(() => col2im(columns, { kernelSize: 2, inSize: [1, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: col2im: the dilated kernel spans 2 pixels along spatial axis 0 (kernel 2, dilation 1), but x [1, 1, 1, 3] with padding [0, 0] has 1. Use more padding or a smaller kernel.]`,
    );
    expect(() => col2im(columns, { inSize: [3, 3] } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: col2im: kernelSize must be a positive integer, got undefined.]`,
    );
    expect(() => col2im(columns, { kernelSize: 2, outputSize: [3, 3] } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: col2im: unknown option outputSize. Did you mean inSize?]`,
    );
  });
});
