import { describe, expect, test } from "vitest";
import { add, cpu, type Device, type Kernels, mul, reshape, type Tensor } from "../src/index.js";
import * as kernels from "../src/kernels.js";
import { conformance, plain } from "../src/testing/index.js";

type Name = keyof Kernels<Tensor>;
type Call = (...args: unknown[]) => Tensor;
const calls = kernels as Record<Name, unknown> as Record<Name, Call>;
const names = Object.keys(calls) as Name[];

describe("the cpu conforms", () => {
  test.each(conformance(cpu))("$name", ({ run }) => run());
});

test("every kernel is in the table, forward or backward", () => {
  const cases = conformance(cpu);
  expect(new Set(cases.map(({ kernel }) => kernel))).toEqual(new Set(names));
  expect([...new Set(cases.filter((c) => c.direction === "backward").map((c) => c.kernel))].sort()).toEqual([
    "adaptiveAvgPoolAdjoint",
    "avgPoolAdjoint",
    "col2im",
    "convAdjointW",
    "convAdjointX",
    "gatherAdjoint",
    "padAdjoint",
    "stridedAdjoint",
  ]);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

const toPlain = (arg: unknown): unknown =>
  Array.isArray(arg) ? arg.map(toPlain) : arg instanceof Object && "dtype" in arg ? (arg as Tensor).to(plain) : arg;

/** A device whose kernel `name` gives the right result, spoilt. */
function spoilt(name: Name, spoil: (y: Tensor) => Tensor): Device {
  const device: Device = {
    ...cpu,
    name: "spoilt",
    kernels: { [name]: (...args: unknown[]) => spoil(calls[name](...args.map(toPlain))).to(device) },
  };
  return device;
}

/** What the cases of a kernel say on a device, those that fail. */
async function failures(device: Device, name: Name): Promise<string[]> {
  const cases = conformance(device).filter(({ kernel }) => kernel === name);
  const results = await Promise.allSettled(cases.map(({ run }) => run()));
  return results.flatMap((result) => (result.status === "rejected" ? [(result.reason as Error).message] : []));
}

describe("a kernel that is off is found", () => {
  test.each(names)("%s, by one in a thousand, or by one if it is an integer", async (name) => {
    const off = (y: Tensor) => (y.dtype === "int32" ? add(y, 1) : add(mul(y, 1.001), 0.001));
    expect(await failures(spoilt(name, off), name)).not.toEqual([]);
  });

  test("and told: the entry, a shape, a device, a kernel that is not there", async () => {
    const [difference] = await failures(
      spoilt("neg", (y) => mul(y, 2)),
      "neg",
    );
    expect(difference).toMatchInlineSnapshot(`"neg: element [0] is 200, expected 100 (14 of 15 differ)"`);
    const [shape] = await failures(
      spoilt("neg", (y) => reshape(y, [1, -1])),
      "neg",
    );
    expect(shape).toMatchInlineSnapshot(`"neg: the shape is [1, 15], expected [15]"`);
    const home = { neg: (x: Tensor) => calls.neg(x.to(plain)).to(cpu) };
    const [stray] = await failures({ ...cpu, name: "stray", kernels: home }, "neg");
    expect(stray).toMatchInlineSnapshot(`"neg: the result is on cpu, expected on stray"`);
    const [missing] = await failures({ ...cpu, name: "remote", isHost: false }, "convAdjointW");
    expect(missing).toMatchInlineSnapshot(
      `"convAdjointW: the device remote has no such kernel. Compute on the cpu: await x.toAsync(cpu)."`,
    );
  });
});
