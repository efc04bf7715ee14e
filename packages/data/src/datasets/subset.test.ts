import { tensor } from "@conv/core";
import { expect, test } from "vitest";
import { type AnyDataset, tensorDataset } from "../dataset.js";
import { subset } from "./subset.js";

const five = tensorDataset(tensor([0, 10, 20, 30, 40]), tensor(Int32Array.of(0, 1, 2, 3, 4)), { name: "five" });

test("by hand: the examples 4, 0 and 4 of five", () => {
  const part = subset(five, [4, 0, 4]);
  expect([part.length, part.classes, part.xShape, part.name]).toEqual([3, 5, [], "five"]);
  const { x, y } = part.get([2, 1]);
  expect([x.dataSync(), y.dataSync()]).toEqual([Float32Array.of(40, 0), Int32Array.of(4, 0)]);
});

test("a subset of a subset; an empty one; indices that change later do not matter", () => {
  const indices = [3, 2, 1];
  const part = subset(five, indices);
  indices[0] = 0;
  expect(subset(part, [0]).get([0]).x.item()).toBe(30);
  expect(subset(five, []).get([]).x.shape).toEqual([0]);
});

test("names of classes, and what else a dataset has, come along; so do promises", async () => {
  class Later implements AnyDataset {
    readonly length = 2;
    readonly classNames = ["a", "b"];
    readonly root = "/pictures";
    get name() {
      return "later"; // not a property of its own
    }
    get xShape() {
      return [];
    }
    async get(indices: ArrayLike<number>) {
      return five.get(indices);
    }
  }
  const part = subset(new Later(), [1]);
  expect([part.name, part.xShape, part.classNames, part.root]).toEqual(["later", [], ["a", "b"], "/pictures"]);
  expect((await part.get([0])).x.item()).toBe(10);
});

test("errors", () => {
  expect(() => subset(five, [0, 5])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: subset: indices[1] is 5, but five has the examples 0 to 4.]`,
  );
  expect(() => subset(tensor([1]) as never, [0])).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: subset: dataset must be a dataset, with length and get, got a tensor [1]. Make one with tensorDataset(x, y).]`,
  );
  expect(() => subset(five, 3 as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: subset: indices must be an array, got 3.]`,
  );
  expect(() => subset(five, [1]).get([1])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: get: indices[0] is 1, but five has the examples 0 to 0.]`,
  );
});
