import { grad, variable } from "@conv/autograd";
import { cpu, createRandom, type Tensor, tensor } from "@conv/core";
import { type Module, manualSeed } from "@conv/nn";
import { expect, test } from "vitest";
import { createModel, TWO_BLOCKS } from "../../src/model.js";
import { indexOfLargest, layersOf, lookInside } from "./lookInside.js";

manualSeed(3);
const random = createRandom(3);
const input = random.normal([1, 1, 28, 28]);
const blocks = TWO_BLOCKS.blocks.map((block) => ({ ...block, channels: 4, batchNorm: true }));
const model = createModel({ blocks, hidden: 12 }).eval();

test("activations are those of the model, layer by layer", () => {
  const { activations, predicted, gradients, of } = lookInside(model, input);
  const logits = [...model.forward(input).dataSync()];
  expect([...(activations.at(-1) ?? [])]).toEqual(logits);
  expect(predicted).toBe(indexOfLargest(logits));
  expect(activations.map(({ length }) => length).slice(0, 4)).toEqual([4 * 784, 4 * 784, 4 * 784, 4 * 196]);
  expect([gradients, of]).toEqual([[], undefined]);
});

test("gradients of a class are those of grad through the whole model", () => {
  const x = variable(input);
  const seed = tensor([[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]);
  const [expected] = grad(model.forward(x), [x], { gradY: seed });
  const { inputGradient, gradients } = lookInside(model, input, { class: 3 });
  expect([...(inputGradient ?? [])]).toEqual([...expected.dataSync()]);
  expect([...(gradients.at(-1) ?? [])]).toEqual([...seed.dataSync()]);
});

test("by default they are of the predicted class; of a unit, what comes after it has none", () => {
  const { of, predicted } = lookInside(model, input, "predicted");
  expect(of).toEqual({ place: layersOf(model).length, unit: predicted });
  const { gradients } = lookInside(model, input, { place: 1, unit: 100 });
  expect(gradients[0].reduce((sum, value) => sum + value, 0)).toBe(1);
  expect(gradients.slice(1).every((gradient) => gradient.every((value) => value === 0))).toBe(true);
  const own = lookInside(model, input, { place: 0, unit: 5 });
  expect(own.inputGradient?.[5]).toBe(1);
});

/** The same network in double precision. */
function inFloat64(layers: readonly Module[]): void {
  const wide = (x: Tensor) => tensor(Float64Array.from(x.dataSync()), x.shape, { dtype: "float64" });
  for (const layer of layers) {
    for (const [name, field] of Object.entries(layer)) {
      if (["weight", "bias"].includes(name) && field !== undefined)
        Object.assign(layer, { [name]: variable(wide(field.value)) });
      if (["runningMean", "runningVar"].includes(name)) Object.assign(layer, { [name]: wide(field) });
    }
  }
}

test("in float64: gradients are central differences, of the input and of every layer", () => {
  const plain = createModel({ blocks: blocks.map((block) => ({ ...block, batchNorm: false })), hidden: 12 }).eval();
  inFloat64(layersOf(plain));
  const x = Float64Array.from(random.normal([784]).dataSync());
  const at = (values: Float64Array) => tensor(values, [1, 1, 28, 28], { dtype: "float64" });
  const logit = (values: Float64Array) => lookInside(plain, at(values)).activations.at(-1)?.[4] ?? Number.NaN;
  const { inputGradient } = lookInside(plain, at(x), { class: 4 });
  const step = 1e-6;
  for (const pixel of [0, 27, 300, 406, 783]) {
    const [more, less] = [x.slice(), x.slice()];
    more[pixel] += step;
    less[pixel] -= step;
    expect(Math.abs((logit(more) - logit(less)) / (2 * step) - (inputGradient?.[pixel] ?? Number.NaN))).toBeLessThan(
      1e-8,
    );
  }
});

test("ReLU, pools and reshaping scale with what they get: ⟨y, gradient in y⟩ = ⟨x, gradient in x⟩", () => {
  const { activations, gradients } = lookInside(model, input, { class: 2 });
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
  const layers = layersOf(model).map((layer, i) => ({ hasWeights: layer.parameters().length > 0, i }));
  for (const { hasWeights, i } of layers.slice(1)) {
    if (hasWeights) continue; // a bias does not scale
    expect(dot(activations[i], gradients[i])).toBeCloseTo(dot(activations[i - 1], gradients[i - 1]), 4);
  }
});

test("nothing is left behind", () => {
  const used = () => cpu.info().memory.used;
  lookInside(model, input, "predicted");
  const before = used();
  expect(before).toBeGreaterThan(0);
  for (let i = 0; i < 20; i++) {
    lookInside(model, input, "predicted");
    lookInside(model, input);
  }
  expect(used()).toBe(before);
});
