import { argmax, cast, maxPool2dWithIndices, ones, zeros } from "@conv/core";
import { conformance } from "@conv/core/testing";
import { describe, expect, test } from "vitest";
import { metaDevice } from "./metaDevice.js";

const { device } = metaDevice<object>(() => ({}));

describe("every kernel gives the shape of the specification, and no elements", () => {
  test.each(conformance(device).map(({ name, run }) => [name, run] as const))("%s", async (_, run) => {
    await expect(run()).rejects.toThrow("it looks at the elements of a tensor"); // a wrong shape is an error before
  });
});

test("types are those of results: int32 of indices, else that of the operands", () => {
  const x = zeros([1, 1, 4, 4]).to(device);
  expect(argmax(x).dtype).toBe("int32");
  expect(maxPool2dWithIndices(x, 2).indices.dtype).toBe("int32");
  expect(maxPool2dWithIndices(x, 2).y.dtype).toBe("float32");
  expect(cast(x, "float64").dtype).toBe("float64");
});

test("elements cannot be read, at once or later", async () => {
  const x = ones([2]).to(device);
  expect(() => x.dataSync()).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: it looks at the elements of a tensor, but only shapes are computed here. Move that out of forward.]`,
  );
  await expect(x.data()).rejects.toThrow("Move that out of forward");
});
