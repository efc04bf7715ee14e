import { expect, test } from "vitest";
import { layer } from "../cpu/layers.js";
import { convolutionModel } from "../peers/onnx/convolution.js";
import { message } from "../peers/onnx/protobuf.js";

test("messages are those of the documentation of Protocol Buffers", () => {
  expect([...message({ 1: 150 })]).toEqual([0x08, 0x96, 0x01]);
  expect([...message({ 2: "testing" })]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  expect([...message({ 3: message({ 1: 150 }) })]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  expect([...message({ 4: [1, 2] })]).toEqual([0x20, 1, 0x20, 2]);
});

test("a model is fed with the operands of its map", () => {
  const small = layer("small", 4, 8, 9, 3, { batch: 2, groups: 2 });
  const feeds = (map: string) =>
    Object.entries(convolutionModel(small, map).feeds as Record<string, [Float32Array, number[]]>).map(
      ([name, [values, shape]]) => `${name} [${shape}], ${values.length}`,
    );
  expect(feeds("forward")).toEqual(["x [2,4,9,9], 648"]);
  expect(feeds("gradX")).toEqual(["gradY [2,8,9,9], 1296"]);
  expect(feeds("gradW")).toEqual(["x [2,2,2,9,9], 648", "gradY [2,8,9,9], 1296"]); // x with its groups apart
});
