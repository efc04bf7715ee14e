import { gzipSync } from "node:zlib";
import { type Tensor, tensor } from "@conv/core";
import { expect, test } from "vitest";
import { writeIdx } from "../idx/idx.js";
import { imageDataset } from "./imageDataset.js";

const bytes = (values: number[], shape: number[]) => tensor(Int32Array.from(values), shape);
const file = (from: string, x: Tensor) => ({ from, bytes: writeIdx(x) });
const images = file("images", bytes([0, 51, 102, 255], [2, 1, 2]));
const labels = file("labels", bytes([3, 9], [2]));

test("two images of 1×2: pixels are divided by 255", async () => {
  const dataset = await imageDataset("tiny", images, labels);
  expect([dataset.name, dataset.length, dataset.xShape, dataset.classes]).toEqual(["tiny", 2, [1, 1, 2], 10]);
  const { x, y } = dataset.get([1, 0]);
  expect([x.shape, x.dataSync()]).toEqual([[2, 1, 1, 2], Float32Array.of(0.4, 1, 0, 0.2)]);
  expect(y.dataSync()).toEqual(Int32Array.of(9, 3));
});

test("gzip'ed files are the same", async () => {
  const zipped = { from: "images", bytes: new Uint8Array(gzipSync(images.bytes)) };
  expect((await imageDataset("tiny", zipped, labels)).get([0]).x.dataSync()).toEqual(Float32Array.of(0, 0.2));
});

test("images of 8×8 become 28×28; labels above 9 make more classes", async () => {
  const small = file("images", bytes(new Array(64).fill(255), [1, 8, 8]));
  const dataset = await imageDataset("small", small, file("labels", bytes([46], [1])));
  expect([dataset.xShape, dataset.classes]).toEqual([[1, 28, 28], 47]);
  expect(
    dataset
      .get([0])
      .x.dataSync()
      .filter((pixel) => pixel === 1).length,
  ).toBe(400);
});

test("errors name the file", async () => {
  await expect(
    imageDataset("tiny", images, file("labels", bytes([3], [1]))),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mnist: images has 2 images, but labels has 1 labels. Use two files of one set.]`,
  );
  await expect(imageDataset("tiny", labels, images)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: labels holds ubyte [2], but it must hold images as ubyte [N, H, W].]`,
  );
  await expect(imageDataset("tiny", images, file("labels", tensor([3, 9])))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: labels holds float [2], but it must hold labels as ubyte [N].]`,
  );
  const cut = { from: "images", bytes: images.bytes.subarray(0, 19) };
  await expect(imageDataset("tiny", cut, labels)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: images is cut short: ubyte [2, 1, 2] takes 20 bytes, got 19. Get the whole file again.]`,
  );
  const cutGzip = { from: "images", bytes: new Uint8Array(gzipSync(images.bytes)).subarray(0, 20) };
  await expect(imageDataset("tiny", cutGzip, labels)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DataError: mnist: images is gzip, but damaged or cut short. Get the whole file again.]`,
  );
});
