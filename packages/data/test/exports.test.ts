import { expect, test } from "vitest";
import * as digits from "../src/digits/digits.js";
import * as index from "../src/index.js";

test("the public names", () => {
  const names = ["DataError", "DataLoader", "gunzip", "mnist", "normalize", "readIdx", "tensorDataset", "writeIdx"];
  expect(Object.keys(index).sort()).toEqual(names);
  expect(Object.keys(digits)).toEqual(["digits"]);
});
