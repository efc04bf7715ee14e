import { expect, test } from "vitest";
import * as digits from "../src/digits/digits.js";
import * as index from "../src/index.js";
import * as node from "../src/node.js";

test("the public names", () => {
  const names = Object.keys(index).sort();
  expect(names).toMatchInlineSnapshot(`
    [
      "DataError",
      "DataLoader",
      "centerCrop",
      "cifar10",
      "cifar100",
      "compose",
      "concatDataset",
      "cutout",
      "gunzip",
      "mnist",
      "normalize",
      "randomAffine",
      "randomCrop",
      "randomFlip",
      "randomRotate",
      "randomShift",
      "randomSplit",
      "readCifar10",
      "readCifar100",
      "readIdx",
      "resize",
      "shapes",
      "subset",
      "tensorDataset",
      "writeIdx",
    ]
  `);
  expect(Object.keys(node)).toEqual(["imageFolder"]);
  expect(Object.keys(digits)).toEqual(["digits"]);
});
