import { createRandom, type DType, tensor, zeros } from "@conv/core";
import { describe, expect, test } from "vitest";
import { centerCrop } from "./centerCrop.js";
import { type BatchTransform, compose } from "./compose.js";
import { cutout } from "./cutout.js";
import { normalize } from "./normalize.js";
import { randomAffine } from "./randomAffine.js";
import { randomCrop } from "./randomCrop.js";
import { randomFlip } from "./randomFlip.js";
import { randomRotate } from "./randomRotate.js";
import { randomShift } from "./randomShift.js";
import { resize } from "./resize.js";

// What all transforms of images have in common.

const transforms: readonly (readonly [string, BatchTransform])[] = [
  ["resize", resize(3)],
  ["resize, antialias", resize(3, { antialias: true })],
  ["resize, nearest", resize(3, { mode: "nearest" })],
  ["centerCrop", centerCrop(3)],
  ["randomCrop", randomCrop(3, { padding: 2 })],
  ["randomShift", randomShift(2)],
  ["randomFlip", randomFlip()],
  ["randomRotate", randomRotate(20)],
  ["randomRotate, nearest", randomRotate(20, { interpolation: "nearest" })],
  ["randomAffine", randomAffine(20, { translate: 0.1, scale: [0.8, 1.2], shear: 10 })],
  ["randomAffine, nearest", randomAffine(20, { shear: 10, interpolation: "nearest" })],
  ["cutout", cutout(2)],
  ["normalize", normalize(0.5, 2)],
  ["compose", compose(randomShift(1), compose(randomFlip(), cutout(1)))],
];

describe.each(transforms)("%s", (name, transform) => {
  const run = (shape: readonly number[], dtype: DType = "float32") => {
    const y = tensor(new Int32Array(shape[0]));
    const mask = tensor([1]);
    const x = createRandom(1).uniform(shape, { high: 9 });
    const values = x.dataSync();
    const given = { x: tensor(Array.from(values, Math.floor), shape, { dtype }), y, mask };
    const before = given.x.dataSync();
    const batch = transform(given, createRandom(2)) as typeof given;
    expect(batch.y).toBe(y);
    expect(batch.mask).toBe(mask);
    expect(given.x.dataSync()).toEqual(before); // nothing is done in place
    return batch.x;
  };

  test("images of one pixel, of no channels or five, wide and high ones, and batches of none", () => {
    for (const shape of [
      [2, 1, 1, 1],
      [1, 5, 2, 7],
      [3, 2, 7, 2],
      [0, 1, 4, 4],
      [2, 0, 4, 4],
    ]) {
      // biome-ignore format: shapes
      const x = run(shape);
      expect(x.shape.slice(0, 2)).toEqual(shape.slice(0, 2));
      expect(x.dataSync().every(Number.isFinite)).toBe(true);
    }
  });

  const isRotation = /randomRotate|randomAffine/.test(name);
  if (!isRotation)
    test("signals", () => {
      const x = run([2, 3, 5]);
      expect([x.shape.length, x.shape.slice(0, 2)]).toEqual([3, [2, 3]]);
    });

  test("float64 stays float64", () => {
    expect(run([2, 1, 4, 5], "float64").dtype).toBe("float64");
  });

  const makesFractions = /resize$|antialias|randomRotate$|randomAffine$|normalize/.test(name);
  if (!makesFractions)
    test("integers stay integers", () => {
      expect(run([2, 1, 4, 5], "int32").dtype).toBe("int32");
    });

  const isOfImages = name !== "normalize";
  if (isOfImages)
    test("images without pixels are an error", () => {
      for (const shape of [
        [1, 1, 0, 2],
        [1, 1, 2, 0],
      ]) {
        // biome-ignore format: shapes
        const batch = { x: zeros(shape), y: tensor([0]) };
        expect(() => transform(batch, createRandom(0))).toThrow(/: the images of x \[1, 1, \d, \d\] have no pixels\./);
      }
    });
});
