import { describe, expect, test } from "vitest";
import { list } from "../../test/samples.js";
import { ones, tensor } from "../create.js";
import { add, div, mul } from "../maps/arithmetic.js";
import { type Device, type Tensor, valuesOf } from "../tensor.js";
import { cpu } from "./cpu.js";
import { checkTensors, defineKernel } from "./defineKernel.js";

/** A device of ordinary memory that has one kernel of its own: it adds, and 100 more. */
const eager: Device = {
  ...cpu,
  name: "eager",
  kernels: {
    add: (a: Tensor, b: Tensor) =>
      tensor(
        valuesOf(a).map((v, i) => v + valuesOf(b)[i] + 100),
        a.shape,
      ),
  },
};
/** A device without host memory and without kernels. */
const remote: Device = { ...cpu, name: "remote", isHost: false };

describe("defineKernel", () => {
  test("the device's own kernel replaces the plain one, only on that device", () => {
    const [x, y] = [tensor([1, 2]), tensor([10, 20])];
    expect(list(add(x, y))).toEqual([11, 22]);
    expect(list(add(x.to(eager), y.to(eager)))).toEqual([111, 122]);
  });

  test("the plain kernel stands in where a host device has none, and its result stays there", () => {
    const y = mul(tensor([2, 3]).to(eager), tensor([4, 5]).to(eager));
    expect(list(y)).toEqual([8, 15]);
    expect(y.device).toBe(eager);
  });

  test("a number joins the device of the tensor beside it", () => {
    expect(list(add(tensor([1]).to(eager), 2))).toEqual([103]);
    expect(div(1, tensor([2]).to(eager)).device).toBe(eager);
  });

  test("the kernel gets every argument as given", () => {
    const geometry = { planes: 1 };
    const seen: unknown[] = [];
    const pad = defineKernel("pad", (...args) => {
      seen.push(...args);
      return args[0];
    });
    const x = ones([1]);
    expect(pad(x, geometry as never)).toBe(x);
    expect(seen).toEqual([x, geometry]);
  });

  test("tensors of any device may meet one without elements, and the result is there", () => {
    const meta: Device = { ...cpu, name: "meta", isHost: false, isMeta: true, kernels: { add: (_, b) => b.to(meta) } };
    const [x, y] = [ones([2]).to(meta), ones([2])];
    expect(add(x, y).device).toBe(meta);
    expect(checkTensors("add", "same", [y, x])).toBe(meta);
    expect(() => checkTensors("add", "same", [y, ones([2], { dtype: "int32" }).to(meta)])).toThrow(TypeError);
  });

  test("a device without host memory and without the kernel is an error that names both", () => {
    const x = ones([1]).to(remote);
    expect(() => add(x, x)).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: add: the device remote has no such kernel. Compute on the cpu: await x.toAsync(cpu).]`,
    );
  });

  test("tensors of two devices do not meet", () => {
    expect(() => add(ones([1]), ones([1]).to(eager))).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: add: its tensors live on two devices, cpu and eager. Move one: x.to(device).]`,
    );
    expect(() => add(ones([1]).to(eager), ones([1]))).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: add: its tensors live on two devices, eager and cpu. Move one: x.to(device).]`,
    );
  });

  test("a call without a tensor is an error", () => {
    const neg = defineKernel("neg", (x) => x);
    expect(() => neg([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: neg: expected a Tensor. Make one with tensor(values, shape).]`,
    );
  });
});

test("checkTensors gives the device of the tensors", () => {
  expect(checkTensors("pad", "same", [ones([1]).to(eager)])).toBe(eager);
  expect(checkTensors("pad", "same", [ones([1]), ones([2])])).toBe(cpu);
});

test("cpu says what it runs on", async () => {
  await cpu.configure({ threads: 1 });
  expect(cpu.info()).toEqual({
    kernels: "wasm",
    madd: expect.any(Boolean),
    threads: 1,
    memory: { used: expect.any(Number), budget: 2 ** 30 },
    reason: "",
  });
  expect(await cpu.configure({ wasm: "off" })).toMatchInlineSnapshot(`
    {
      "kernels": "plain",
      "madd": false,
      "memory": {
        "budget": 0,
        "used": 0,
      },
      "reason": "WebAssembly was switched off by configure({ wasm: "off" }).",
      "threads": 1,
    }
  `);
  await cpu.configure({ wasm: "auto" });
});

test("cpu takes wishes, and refuses what it cannot read", async () => {
  expect((await cpu.configure({ wasm: "off" })).kernels).toBe("plain");
  await cpu.configure({ wasm: "auto" });
  await expect(cpu.configure({ wasm: "on" as never })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: cpu.configure: wasm must be one of "auto", "off", got "on".]`,
  );
  await expect(cpu.configure({ memory: 0.5 })).rejects.toThrow("memory");
  await expect(cpu.configure({ simd: true } as never)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cpu.configure: unknown option simd. It takes threads, wasm, winograd, memory.]`,
  );
});
