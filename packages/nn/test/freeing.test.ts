import { scope, type Variable, variable } from "@conv/autograd";
import { cpu, createRandom, type Device, type Tensor, tensor } from "@conv/core";
import { counting, givingBack } from "@tooling/devices";
import { expect, test } from "vitest";
import * as nn from "../src/index.js";
import { numbers } from "./norms.js";

// Sequential gives back what two layers of this package have between them: none may keep it, or give it on unseen.

givingBack(cpu);

/** Every kind of layer, one after another: [N, 2, 6, 6] → [N, 3]. */
function layers(): nn.Module[] {
  const random = createRandom(1);
  return [
    new nn.Identity(),
    new nn.Pad2d(1, { mode: "reflect" }),
    new nn.Conv2d(2, 4, 3, { random }),
    new nn.PReLU({ numParameters: 4 }),
    new nn.InstanceNorm2d(4, { affine: true, trackRunningStats: true }),
    new nn.LeakyReLU({ negativeSlope: 0.1 }),
    new nn.ConvTranspose2d(4, 4, 2, { stride: 2, groups: 2, random }),
    new nn.Dropout2d(0.3, { random: random.split() }),
    new nn.SELU(),
    new nn.LPPool2d(2, 2),
    new nn.Softplus(),
    new nn.MaxPool2d(2, { stride: 1 }),
    new nn.GELU(),
    new nn.AdaptiveAvgPool2d([3, 4]),
    new nn.Hardswish(),
    new nn.Unfold(2),
    new nn.Fold([3, 4], 2),
    new nn.ELU(),
    new nn.AdaptiveMaxPool2d(2),
    new nn.ReLU6(),
    new nn.Flatten(),
    new nn.Unflatten(1, [4, 2, 2]),
    new nn.SiLU(),
    new nn.GlobalAvgPool(),
    new nn.Flatten(),
    new nn.Dropout(0.2, { random: random.split() }),
    new nn.Tanh(),
    new nn.Linear(4, 3, { random }),
    new nn.Sigmoid(),
    new nn.LogSoftmax(1),
  ];
}

const images = () => createRandom(2).normal([4, 2, 6, 6]);
const labels = () => tensor(Int32Array.of(0, 1, 2, 1));

/** A sweep back through all layers; nobody looks at the gradients. */
function sweep(forward: (x: Tensor) => Variable, parameters: readonly Variable[], device: Device = cpu): Variable {
  for (const p of parameters) p.grad = undefined;
  const y = forward(images().to(device));
  nn.nllLoss(y, labels().to(device)).backward();
  return y;
}

/** The result and all gradients. */
function step(forward: (x: Tensor) => Variable, parameters: readonly Variable[]) {
  const y = sweep(forward, parameters);
  return [numbers(y), ...parameters.map(({ grad }) => numbers(grad))];
}

test("a sequence of every kind of layer is its layers one by one, bit for bit", () => {
  const [single, model] = [new nn.ModuleList(layers()), new nn.Sequential(...layers())];
  const oneByOne = (x: Tensor) => [...single].reduce((y, layer) => layer.forward(y), variable(x));
  for (const _ of [1, 2])
    expect(step((x) => model.forward(x), model.parameters())).toEqual(step(oneByOne, single.parameters()));
  const [a, b] = [single.eval().parameters(), model.eval().parameters()];
  expect(step((x) => model.forward(x), b)).toEqual(step(oneByOne, a));
});

test("a step of it in a scope leaves nothing behind", () => {
  const { device, live } = counting(cpu);
  const model = new nn.Sequential(...layers()).to(device);
  const parameters = model.parameters();
  const sizes = Array.from({ length: 4 }, () => {
    scope(() => void sweep((x) => model.forward(x), parameters, device));
    return live.size;
  });
  expect(sizes.slice(2)).toEqual([sizes[1], sizes[1]]);
});
