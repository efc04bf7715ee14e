import { expect, test } from "vitest";
import * as digits from "../src/digits/digits.js";
import * as index from "../src/index.js";

test("the public names", () => {
  const names = Object.keys(index).sort();
  expect(names).toMatchInlineSnapshot(`
    [
      "DataError",
      "DataLoader",
      "centerCrop",
      "compose",
      "concatDataset",
      "cutout",
      "gunzip",
      "mnist",
      "normalize",
      "randomCrop",
      "randomFlip",
      "randomRotate",
      "randomShift",
      "randomSplit",
      "readIdx",
      "resize",
      "shapes",
      "subset",
      "tensorDataset",
      "writeIdx",
    ]
  `);
  expect(Object.keys(digits)).toEqual(["digits"]);
});
