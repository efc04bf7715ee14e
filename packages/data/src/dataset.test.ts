import { tensor } from "@conv/core";
import { remoteDevice } from "@tooling/remote";
import { expect, test } from "vitest";
import { tensorDataset } from "./dataset.js";

const labels = (...values: number[]) => tensor(Int32Array.from(values));

test("three examples of shape [2]: get copies the rows asked for, in this order", () => {
  const dataset = tensorDataset(
    tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    labels(0, 1, 0),
  );
  expect([dataset.length, dataset.xShape, dataset.classes, dataset.name]).toEqual([3, [2], 2, "tensors"]);
  const { x, y } = dataset.get([2, 0, 2]);
  expect([x.shape, x.dataSync()]).toEqual([[3, 2], Float32Array.of(5, 6, 1, 2, 5, 6)]);
  expect([y.shape, y.dataSync()]).toEqual([[3], Int32Array.of(0, 0, 0)]);
});

test("x becomes float32; y [N] are labels when they are int32, or when classes says so", () => {
  const x = tensor([1.5], [1], { dtype: "float64" });
  const dataset = tensorDataset(x, tensor([3]), { classes: 5 });
  const batch = dataset.get([0]);
  expect([dataset.classes, batch.x.dtype, batch.y.dtype, batch.y.item()]).toEqual([5, "float32", "int32", 3]);
});

test.each(["float32", "float64"] as const)("numbers to predict are handed out as they are: %s", (dtype) => {
  const dataset = tensorDataset(tensor([1, 2]), tensor([-0.5, 7], [2], { dtype }));
  const { y } = dataset.get([1, 0]);
  expect([dataset.classes, y.shape, y.dtype, Array.from(y.dataSync())]).toEqual([0, [2], dtype, [7, -0.5]]);
});

test("targets may have any shape: two numbers each, or a class for each pixel", () => {
  const two = tensorDataset(
    tensor([1, 2]),
    tensor([
      [1, 2],
      [3, 4],
    ]),
  ).get([1]).y;
  expect([two.shape, two.dataSync()]).toEqual([[1, 2], Float32Array.of(3, 4)]);
  const maps = tensorDataset(tensor([1, 2]), tensor(Int32Array.of(0, 1, 255, -100), [2, 1, 2]), { classes: 2 });
  const { y } = maps.get([1]);
  expect([maps.classes, y.shape, y.dataSync()]).toEqual([2, [1, 1, 2], Int32Array.of(255, -100)]);
});

test("scalar examples, no examples and no indices are ordinary cases", () => {
  expect(tensorDataset(tensor([4, 5]), labels(0, 1)).get([1]).x.shape).toEqual([1]);
  const empty = tensorDataset(tensor([], [0, 2]), labels());
  expect([empty.length, empty.classes]).toEqual([0, 1]);
  expect(empty.get([]).x.shape).toEqual([0, 2]);
});

test("a dataset does not change with the tensors it was made of", () => {
  const x = tensor([1, 2]);
  const dataset = tensorDataset(x, labels(0, 0), { classes: 3, name: "mine" });
  x.dispose();
  expect(dataset.get([1]).x.dataSync()).toEqual(Float32Array.of(2));
  expect([dataset.classes, dataset.name]).toEqual([3, "mine"]);
});

test("errors", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect(() => tensorDataset(x, labels(0))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: tensorDataset: x [2, 2] and y [1] do not pair up. Pass x [N, …] and y [N, …].]`,
  );
  expect(() => tensorDataset(x, labels(0, -1))).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: tensorDataset: y[1] is -1, but a label is an integer of at least 0.]`,
  );
  expect(() => tensorDataset(x, tensor([0, 1.5]), { classes: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: tensorDataset: y[1] is 1.5, but a label is an integer of at least 0.]`,
  );
  expect(() => tensorDataset(x, labels(0, 7), { classes: 5 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: tensorDataset: classes is 5, but y has the label 7. Use at least 8.]`,
  );
  expect(() => tensorDataset(x, labels(0, 1), { labels: 5 } as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: tensorDataset: unknown option labels. It takes classes, name.]`,
  );
  expect(() => tensorDataset(x, labels(0, 1)).get([0, 2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: get: indices[1] is 2, but tensors has the examples 0 to 1.]`,
  );
  expect(() => tensorDataset(x, labels(0, 1)).get([0.5])).toThrow(RangeError);
  expect(() => tensorDataset(x.to(remoteDevice("gpu")), labels(0, 1))).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: tensorDataset: x is on gpu, which does not give its elements at once. Pass await x.toAsync(cpu).]`,
  );
  expect(() => tensorDataset(x, labels(0, 1).to(remoteDevice("gpu")))).toThrow("tensorDataset: y is on gpu, which");
});
