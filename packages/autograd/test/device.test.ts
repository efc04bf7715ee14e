import * as core from "@conv/core";
import { BackendError, cpu, createRandom, type Device, type Kernels, type Tensor, tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import { describe, expect, test } from "vitest";
import * as autograd from "../src/index.js";
import {
  add,
  backward,
  checkpoint,
  clamp,
  concat,
  conv2d,
  exp,
  gather,
  gelu,
  grad,
  linear,
  logSoftmax,
  maxPool2d,
  mean,
  mul,
  neg,
  noGrad,
  relu,
  reshape,
  scope,
  sub,
  sum,
  type Variable,
  variable,
  where,
} from "../src/index.js";
import { tensorsOf } from "../src/variable.js";
import { type DeviceCase, deviceCases, normal } from "./deviceCases.js";
import { remoteDevice } from "./remoteDevice.js";

/** What a case gives: the result, and its gradients of two orders. */
interface Derivatives {
  readonly y: Variable;
  /** In each input. */
  readonly first: readonly Variable[];
  /** Of a random combination of the first, in each input and in gradY. */
  readonly second: readonly Variable[];
}

/** Runs a case on a device, with its gradients and the gradients of those. */
function derivatives({ inputs, run }: DeviceCase, device: Device): Derivatives {
  const on = (x: Tensor) => x.to(device);
  const leaves = inputs.map((x) => variable(on(x)));
  const y = run(leaves, on);
  const random = createRandom(1);
  const weights = ({ shape, dtype }: Variable) => on(random.normal(shape, { dtype }));
  const gradY = variable(weights(y));
  const first = grad(y, leaves, { gradY, createGraph: true });
  const total = first.map((g) => sum(mul(g, weights(g)))).reduce((a, b) => add(a, b));
  return { y, first, second: grad(total, [...leaves, gradY], { retainGraph: true }) };
}

/** A tensor as plain data, to the bit; NaN is NaN. */
const plain = async ({ shape, dtype, value }: Variable) => ({ shape, dtype, values: [...(await value.data())] });

const all = async ({ y, first, second }: Derivatives) => ({
  y: await plain(y),
  first: await Promise.all(first.map(plain)),
  second: await Promise.all(second.map(plain)),
});

describe("the remote device", () => {
  test("by hand: its values can be waited for, but not be read at once", async () => {
    const remote = remoteDevice();
    const x = tensor([1, 2, 3], [3], { device: remote });
    expect(await x.data()).toEqual(Float32Array.of(1, 2, 3));
    expect(await core.mul(x, 2).array()).toEqual([2, 4, 6]);
    expect(await core.zeros([2], { device: remote }).array()).toEqual([0, 0]);
    expect(x.storage).toEqual({});
    expect(() => x.dataSync()).toThrow(BackendError);
    expect(() => sum(variable(x)).item()).toThrow("remote: values cannot be read at once. Use await x.data().");
  });

  test("by hand: what is given back is gone", async () => {
    const remote = remoteDevice();
    const x = tensor([1, 2, 3], [3], { device: remote });
    const { storage } = x;
    expect(remote.buffers).toBe(1);
    const view = core.reshape(x, [3, 1]);
    x.dispose();
    expect([remote.buffers, await view.array()]).toEqual([1, [[1], [2], [3]]]);
    view.dispose();
    expect(remote.buffers).toBe(0);
    await expect(remote.read(storage)).rejects.toThrow("remote: there is no such buffer, or it was given back.");
  });

  test("it has every kernel, of its own; nothing stands in for one that it lacks", () => {
    expect(Object.keys(remoteDevice().kernels).sort()).toEqual(Object.keys(kernels).sort());
    const x = variable(tensor([1], [1], { device: remoteDevice("remote", "exp") }));
    expect(() => exp(x)).toThrow("exp: the device remote has no such kernel.");
  });
});

describe("every operator gives the same y, gradients and gradients of gradients on every device, bit for bit", () => {
  test("by hand: x³ at 2, weighted with 1: the slope 12, and its own slope 12", async () => {
    const remote = remoteDevice();
    const x = variable(tensor([2], [1], { device: remote }));
    const [slope] = grad(mul(x, mul(x, x)), [x], { createGraph: true });
    const [again] = grad(slope, [x]);
    expect([await slope.array(), await again.array()]).toEqual([[12], [12]]);
    expect([slope.device, again.device]).toEqual([remote, remote]);
  });

  test("by hand: the comparison is to the bit", async () => {
    const one = (value: number) => plain(variable(tensor(Float64Array.of(value))));
    expect(await one(1)).not.toEqual(await one(1 + 2 ** -52));
    expect(await one(0)).not.toEqual(await one(-0));
    expect(await one(Number.NaN)).toEqual(await one(Number.NaN));
  });

  test("by hand: an operator that reads values at once, or makes some elsewhere, is found", () => {
    const adjoint = (gradY: Tensor) => gradY;
    const given = (forward: (x: Tensor) => Tensor): DeviceCase => {
      const operator = autograd.defineLinear({ name: "bad", forward, adjoint });
      return { operator: "bad", name: "bad", inputs: [tensor([1, 2])], run: ([x]) => operator(x) };
    };
    const looks = given((x) => (x.dataSync()[0] > 0 ? x : core.neg(x)));
    const strays = given((x) => core.add(x, core.zeros(x.shape)));
    for (const bad of [looks, strays]) expect(() => derivatives(bad, cpu)).not.toThrow();
    expect(() => derivatives(looks, remoteDevice())).toThrow("cannot be read at once");
    expect(() => derivatives(strays, remoteDevice())).toThrow("two devices, remote and cpu");
  });

  test.each(deviceCases)("$name", async (given) => {
    const remote = remoteDevice();
    const got = derivatives(given, remote);
    const made = [got.y, ...got.first, ...got.second];
    for (const { device } of [...made, ...tensorsOf({}, ...made)]) expect(device).toBe(remote);
    expect(await all(got)).toEqual(await all(derivatives(given, cpu)));
  });

  test("the cases are of all operators of the package, and run all kernels but those without a gradient", () => {
    const remote = remoteDevice();
    for (const given of deviceCases) derivatives(given, remote);
    const others = [
      ...["Variable", "variable", "backward", "grad", "enableGrad", "noGrad", "scope", "keep", "isRecomputing"], // the graph
      ...["checkAdjoint", "checkGradient"], // read numbers
    ];
    const covered = [...new Set(deviceCases.map(({ operator }) => operator)), ...others].sort();
    expect(covered).toEqual(Object.keys(autograd).sort());
    const without = ["argmax", "blend", "blendSquare", "descend"]; // the last three are for optimizers
    expect([...remote.ran, ...without].sort()).toEqual(Object.keys(kernels).sort());
  });

  test("the indices of max pooling are there too", async () => {
    const remote = remoteDevice();
    const { indices } = autograd.maxPool2dWithIndices(normal(1, 2, 4, 4).to(remote), 2);
    const { indices: expected } = autograd.maxPool2dWithIndices(normal(1, 2, 4, 4), 2);
    expect(indices.device).toBe(remote);
    expect(await indices.data()).toEqual(expected.dataSync());
  });
});

test("the gathering of a max pooling knows its windows on the way back too, and at every order", () => {
  const remote = remoteDevice();
  const seen: [kernel: string, windows: unknown][] = [];
  for (const kernel of ["gather", "gatherAdjoint"] as const) {
    const compute = remote.kernels[kernel] as Kernels<Tensor>["gather"];
    const watched: typeof compute = (x, indices, geometry) => {
      seen.push([kernel, geometry.windows]);
      return compute(x, indices, geometry);
    };
    Object.assign(remote.kernels, { [kernel]: watched });
  }
  const x = variable(normal(1, 2, 5, 5).to(remote));
  const y = maxPool2d(x, 3, { stride: 2, padding: 1 });
  const gradY = variable(normal(1, 2, 3, 3).to(remote));
  const [gradX] = grad(y, [x], { gradY, createGraph: true });
  grad(gradX, [gradY], { gradY: normal(1, 2, 5, 5).to(remote) });
  const padding = [
    [1, 1],
    [1, 1],
  ];
  const windows = expect.objectContaining({
    inSize: [5, 5],
    kernelSize: [3, 3],
    outSize: [3, 3],
    stride: [2, 2],
    padding,
  });
  expect(seen).toEqual([
    ["gather", windows],
    ["gatherAdjoint", windows],
    ["gather", windows],
  ]);
});

describe("what a sweep makes by itself it makes on the device of the graph", () => {
  test("the gradient 1 of a scalar", async () => {
    const remote = remoteDevice();
    const x = variable(tensor([1, 2, 3], [3], { dtype: "float64", device: remote }));
    const seen: Variable[] = [];
    const y = sum(x);
    y.registerHook((gradient) => void seen.push(gradient));
    y.backward();
    backward(sum(mul(x, x)));
    grad(sum(x), [x]);
    expect(seen.map(({ device, dtype }) => [device, dtype])).toEqual([[remote, "float64"]]);
    expect(await seen[0].array()).toBe(1);
    expect(x.grad?.device).toBe(remote);
    expect(await x.grad?.array()).toEqual([3, 5, 7]);
  });

  test("the zeros that grad gives for what y does not depend on", async () => {
    const remote = remoteDevice();
    const [x, other] = [1, 2].map((value) => variable(tensor([value], [1], { dtype: "float64", device: remote })));
    const [, gradient] = grad(sum(x), [x, other]);
    expect([gradient.device, gradient.dtype, await gradient.array()]).toEqual([remote, "float64", [0]]);
  });

  test("the sum of gradients that meet, at a leaf, in a graph and from sweep to sweep", async () => {
    const remote = remoteDevice();
    const x = variable(tensor([3], [1], { device: remote }));
    add(mul(x, x), x).backward();
    mul(x, 2).backward();
    expect([x.grad?.device, await x.grad?.array()]).toEqual([remote, [9]]);
  });
});

/**
 * A convnet's losses and parameters after some steps of gradient descent. The gradients are computed in one scope, and
 * live on; the parameters move in another, which gives back what they replace. `after` looks at every step.
 */
async function train(device: Device, steps: number, after: () => void = () => {}) {
  const random = createRandom(3);
  const parameter = (...shape: number[]) => variable(random.normal(shape, { std: 0.5, device }));
  const [w1, b1] = [parameter(4, 2, 3, 3), parameter(4)];
  const [w2, b2] = [parameter(4, 2, 3, 3), parameter(4)];
  const [fcW, fcB] = [parameter(3, 16), parameter(3)];
  const parameters = [w1, b1, w2, b2, fcW, fcB];
  const images = random.normal([5, 2, 8, 8], { device });
  const labels = tensor(Int32Array.of(0, 2, 1, 1, 0), [5, 1], { device });

  const block = (x: Variable) => {
    const y = gelu(conv2d(x, w2, { padding: 1, groups: 2, paddingMode: "reflect", bias: b2 }));
    return mul(y, random.uniform(y.shape, { device })); // the second run must draw the same
  };
  const gradients = () => {
    const x = maxPool2d(relu(conv2d(images, w1, { padding: 1, bias: b1 })), 2);
    const features = maxPool2d(checkpoint(block, x), 2);
    const scores = linear(reshape(features, [5, 16]), fcW, fcB);
    const loss = neg(mean(gather(logSoftmax(scores, 1), 1, labels)));
    loss.backward();
    return loss;
  };
  const descent = () => {
    for (const p of parameters) {
      const { value, grad: gradient } = p;
      if (gradient === undefined) throw new Error("a parameter has no gradient");
      p.value = noGrad(() => sub(p, mul(gradient, 0.1))).value;
      p.grad = undefined;
      value.dispose();
      gradient.value.dispose();
    }
  };

  const losses: Variable[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push(scope(gradients));
    scope(descent);
    after();
  }
  return Promise.all([...losses, ...parameters].map(plain));
}

describe("a convnet with a checkpoint trains in scopes", () => {
  test("its five losses and its parameters are the same on every device, bit for bit", async () => {
    const [got, expected] = [await train(remoteDevice(), 5), await train(cpu, 5)];
    expect(got).toEqual(expected);
    const losses = expected.slice(0, 5).map(({ values }) => values[0]);
    expect(losses[4]).toBeLessThan(losses[0]);
  });

  test("the device holds as many buffers after every step, and the losses that were returned", async () => {
    const remote = remoteDevice();
    const counts: number[] = [];
    await train(remote, 5, () => counts.push(remote.buffers));
    const held = 6 + 2; // parameters, images and labels
    expect(counts).toEqual([1, 2, 3, 4, 5].map((losses) => held + losses));
  });
});

describe("tensors of two devices in one operator are an error, which says so", () => {
  const [a, b] = [remoteDevice("a"), remoteDevice("b")];
  const here = () => variable(normal(1, 2, 4, 4).to(a));
  const there = () => variable(normal(1, 2, 4, 4).to(b));
  const filters = variable(normal(2, 2, 3, 3).to(a));
  const index = tensor(Int32Array.of(0), [1, 1, 1, 1]);
  const twoDevices: readonly (readonly [name: string, operator: string, run: () => void])[] = [
    ["two Variables", "add", () => add(here(), there())],
    ["a tensor of the cpu second", "add", () => add(here(), normal(4))],
    ["a tensor of the cpu first", "mul", () => mul(normal(4), here())],
    ["an image elsewhere", "conv2d", () => conv2d(there(), filters)],
    ["an image of the cpu", "conv2d", () => conv2d(normal(1, 2, 4, 4), filters)],
    ["a bias of the cpu", "conv2d", () => conv2d(here(), filters, { bias: normal(2) })],
    ["a weight elsewhere", "linear", () => linear(normal(3, 4).to(a), normal(5, 4).to(b))],
    ["indices of the cpu", "gather", () => gather(here(), 0, index)],
    ["what is chosen elsewhere", "where", () => where(here().value, there(), 0)],
    ["a condition of the cpu", "where", () => where(normal(4), 0, here())],
    ["parts", "concat", () => concat([here(), there()], 0)],
    ["gradY elsewhere", "backward", () => exp(here()).backward(there())],
    ["gradY of the cpu", "grad", () => grad(exp(filters), [filters], { gradY: normal(2, 2, 3, 3) })],
  ];
  test.each(twoDevices)("%s, in %s", (_, operator, run) => {
    expect(run).toThrow(BackendError);
    expect(run).toThrow(
      new RegExp(
        `^${operator}: its tensors live on two devices, (a|b|cpu) and (a|b|cpu)\\. Move one: x\\.to\\(device\\)\\.$`,
      ),
    );
  });

  test("a hook that returns a gradient of another device", () => {
    const x = here();
    x.registerHook(() => normal(1, 2, 4, 4));
    expect(() => sum(x).backward()).toThrow("registerHook: its tensors live on two devices, a and cpu.");
  });

  test("a rule that gives a gradient of another device, where it meets the next tensor", () => {
    const strange = autograd.defineOp({
      name: "strange",
      inputs: ["x"],
      forward: ({ x }) => core.mul(x, 1),
      adjoint: { x: ({ shape }) => variable(core.ones(shape)) },
    });
    const x = here();
    expect(() => sum(strange(clamp(x, { min: 0 }))).backward()).toThrow("where: its tensors live on two devices");
  });
});
