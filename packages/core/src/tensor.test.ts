import { describe, expect, test } from "vitest";
import { list } from "../test/samples.js";
import { tensor, zeros } from "./create.js";
import { cpu } from "./device/cpu.js";
import type { TypedArray } from "./dtype.js";
import { BackendError } from "./errors.js";
import { allocate, type Device, Tensor, valuesOf } from "./tensor.js";

const matrix = () => tensor([1, 2, 3, 4, 5, 6], [2, 3]);

/** A device that keeps values out of reach, and remembers what was released. */
function remote() {
  const released: unknown[] = [];
  const device: Device = {
    ...cpu,
    name: "remote",
    isHost: false,
    upload: (values) => ({ values: values.slice() }),
    read: async (storage) => (storage as { values: TypedArray }).values.slice(),
    readSync: (storage) => (storage as { values: TypedArray }).values.slice(),
    release: (storage) => released.push(storage),
  };
  return { device, released };
}

describe("reading a tensor", () => {
  test("by hand: array() nests what data() lists", async () => {
    expect([...(await matrix().data())]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await matrix().array()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("array() is the inverse of tensor()", async () => {
    const nested = [[[1, 2]], [[3, 4]], [[5, 6]]];
    expect(await tensor(nested).array()).toEqual(nested);
    expect(await tensor(4).array()).toBe(4);
    expect(await zeros([2, 0]).array()).toEqual([[], []]);
    expect(await zeros([0, 2]).array()).toEqual([]);
  });

  test("data() and dataSync() give copies", async () => {
    const x = matrix();
    (await x.data())[0] = 9;
    x.dataSync()[0] = 9;
    expect(list(x)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("item() is the only element of any shape", () => {
    expect(tensor([[7]]).item()).toBe(7);
    expect(() => matrix().item()).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: item: a tensor of shape [2, 3] has 6 elements, not one. Use dataSync() or data().]`,
    );
    expect(() => zeros([0]).item()).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: item: a tensor of shape [0] has 0 elements, not one. Use dataSync() or data().]`,
    );
  });

  test("it says what it is", () => {
    expect(String(matrix())).toBe("Tensor [2, 3] float32 on cpu");
  });
});

describe("dispose", () => {
  test("a tensor that was disposed of cannot be used", async () => {
    const x = matrix();
    x.dispose();
    expect(() => x.dataSync()).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: tensor: [2, 3] was disposed of and has no elements any more. Use it before dispose().]`,
    );
    expect(() => x.storage).toThrow("was disposed of");
    await expect(async () => x.array()).rejects.toThrow("was disposed of");
  });

  test("storage is released once, also when disposed of twice, and at the end of a using block", () => {
    const { device, released } = remote();
    const x = tensor([1], [1], { device });
    x.dispose();
    x.dispose();
    expect(released).toEqual([{ values: Float32Array.of(1) }]);
    tensor([2], [1], { device })[Symbol.dispose]();
    expect(released).toHaveLength(2);
  });
});

describe("moving and viewing", () => {
  test("to() copies to another device, and is the tensor itself on its own", async () => {
    const { device } = remote();
    const x = matrix();
    const there = x.to(device);
    expect(x.to(cpu)).toBe(x);
    expect([there.device, there.shape, there.dtype]).toEqual([device, [2, 3], "float32"]);
    expect([...(await there.data())]).toEqual(list(x));
    valuesOf(x)[0] = 9;
    expect(there.dataSync()[0]).toBe(1);
    expect(list(there.to(cpu))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("from a device that cannot answer at once toAsync() waits, and to() says so", async () => {
    const readSync = () => {
      throw new BackendError("late: values cannot be read at once. Use await x.data().");
    };
    const late: Device = { ...remote().device, name: "late", readSync };
    const x = matrix();
    const there = await x.toAsync(late);
    expect([there.device, there.shape, there.dtype]).toEqual([late, [2, 3], "float32"]);
    expect(await there.toAsync(late)).toBe(there);
    const back = await there.toAsync(cpu);
    expect([back.device, back.shape, list(back)]).toEqual([cpu, [2, 3], [1, 2, 3, 4, 5, 6]]);
    expect(() => there.to(cpu)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: to: Tensor [2, 3] float32 on late cannot be read at once. Use await x.toAsync(cpu), or await model.toAsync(cpu).]`,
    );
    expect(() => there.to(cpu)).toThrow(BackendError);
    expect(there.to(late)).toBe(there);
    there.dispose();
    expect(() => there.to(cpu)).toThrow("was disposed of");
    await expect(there.toAsync(cpu)).rejects.toThrow("was disposed of");
    await expect(x.toAsync("gpu" as never)).rejects.toThrow('toAsync: device must be a device such as cpu, got "gpu".');
  });

  test("what is read later is what it was, also when it is disposed of meanwhile", async () => {
    const x = matrix();
    const moving = x.toAsync(remote().device);
    x.dispose();
    expect(await (await moving).array()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("a view shares the elements, and the last of those that share them releases them", () => {
    const { device, released } = remote();
    const x = matrix().to(device);
    const { storage } = x;
    const views = [Tensor.view(x, [3, 2]), Tensor.view(x, [2, 3])];
    expect(views.map((view) => [view.shape, view.storage])).toEqual([
      [[3, 2], storage],
      [[2, 3], storage],
    ]);
    x.dispose();
    views[0].dispose();
    expect(released).toEqual([]);
    expect(views[1].dataSync()[5]).toBe(6);
    views[1].dispose();
    expect(released).toEqual([storage]);
  });

  test("valuesOf is the elements themselves, for host devices only", () => {
    const x = matrix();
    expect(valuesOf(x)).toBe(x.storage);
    const there = x.to(remote().device);
    expect(() => valuesOf(there)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: valuesOf: Tensor [2, 3] float32 on remote is not in the host's memory. Use await x.data().]`,
    );
  });

  test.each(["float32", "float64", "int32"] as const)("allocate gives zeros of type %s", (dtype) => {
    const x = allocate(cpu, [2, 2], dtype);
    expect(x).toBeInstanceOf(Tensor);
    expect([x.dtype, x.size, list(x)]).toEqual([dtype, 4, [0, 0, 0, 0]]);
  });
});

test("what is no device, and what does not fit in memory, is refused", () => {
  expect(() => tensor([1]).to("gpu" as never)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: to: device must be a device such as cpu, got "gpu". Write import { cpu } from "@conv/core".]`,
  );
  expect(() => zeros([1e10])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: allocate: 10000000000 elements of float32 do not fit in memory. Use smaller sizes.]`,
  );
  expect(() => zeros([2], { device: "cpu" as never })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: zeros: device must be a device such as cpu, got "cpu". Write import { cpu } from "@conv/core".]`,
  );
  expect(() => zeros(new Array(2))).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: zeros: each axis of shape [, ] must be an integer of at least 0, got undefined.]`,
  );
});
