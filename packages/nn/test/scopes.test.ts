import { checkpoint, scope, type Variable, variable } from "@conv/autograd";
import { cpu, createRandom, type Device, type Tensor, tensor } from "@conv/core";
import { counting, givingBack } from "@tooling/devices";
import { describe, expect, test } from "vitest";
import {
  Adam,
  AdamW,
  BatchNorm2d,
  Conv2d,
  crossEntropy,
  Dropout,
  Flatten,
  fromSafetensors,
  Linear,
  MaxPool2d,
  Module,
  type Optimizer,
  ReLU,
  RMSprop,
  Sequential,
  SGD,
  toSafetensors,
} from "../src/index.js";
import { numbers } from "./norms.js";

givingBack(cpu);

const STEPS = 20;

/** A convolution, batch norm, dropout and a linear layer; the seed decides its weights and draws. */
function network(seed = 1): Sequential {
  const random = createRandom(seed);
  return new Sequential(
    new Conv2d(1, 4, 3, { padding: 1, random }),
    new BatchNorm2d(4),
    new ReLU(),
    new MaxPool2d(2),
    new Dropout(0.3, { random: random.split() }),
    new Flatten(),
    new Linear(4 * 3 * 3, 3, { random }),
  );
}

/** The images and labels of a step. */
function batch(step: number, device: Device = cpu) {
  const random = createRandom(100 + step);
  const labels = Int32Array.from({ length: 5 }, (_, i) => (i + step) % 3);
  return { x: random.normal([5, 1, 6, 6]).to(device), y: tensor(labels).to(device) };
}

/** A tensor by name, as numbers. */
const listed = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.entries(tensors).map(([name, x]) => [name, numbers(x)] as const);

/** How a step is run: as it is, or in a scope. */
type Within = <R>(fn: () => R) => R;
const plainly: Within = (fn) => fn();

/** One step of training: its loss. */
function train(model: Module, optimizer: Optimizer, step: number, device: Device = cpu): Variable {
  const { x, y } = batch(step, device);
  optimizer.zeroGrad();
  const loss = crossEntropy(model.forward(variable(x, { requiresGrad: false })), y);
  loss.backward();
  optimizer.step();
  return loss;
}

/** Losses, weights, statistics and what the optimizer remembers, after 20 steps. */
function run(optimizerOf: (parameters: Variable[]) => Optimizer, within: Within, model: Module = network()) {
  const optimizer = optimizerOf(model.parameters());
  const losses = Array.from({ length: STEPS }, (_, step) => within(() => train(model, optimizer, step)).item());
  const gradients = model.namedParameters().map(([name, { grad }]) => [name, numbers(grad)]);
  return { losses, gradients, model: listed(model.stateDict()), optimizer: listed(optimizer.stateDict()) };
}

const optimizers: [string, (parameters: Variable[]) => Optimizer][] = [
  ["SGD", (p) => new SGD(p, { lr: 0.05 })],
  ["SGD with momentum", (p) => new SGD(p, { lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 })],
  ["Adam", (p) => new Adam(p, { lr: 0.01 })],
  ["Adam with amsgrad", (p) => new Adam(p, { lr: 0.01, amsgrad: true, weightDecay: 0.01 })],
  ["AdamW", (p) => new AdamW(p, { lr: 0.01 })],
  ["RMSprop", (p) => new RMSprop(p, { lr: 0.01 })],
  ["RMSprop, everything at once", (p) => new RMSprop(p, { momentum: 0.9, centered: true, weightDecay: 0.01 })],
];

describe("a training step in a scope", () => {
  test("by hand: SGD takes w = 1 with the gradient 2·3 to 1 − 0.5·6 = −2, and the loss lives on", () => {
    const layer = new Linear(1, 1, { bias: false });
    layer.weight.value = tensor([[1]]);
    const optimizer = new SGD(layer.parameters(), { lr: 0.5 });
    let output: Variable | undefined;
    const loss = scope(() => {
      output = layer.forward(variable(tensor([[6]])));
      output.backward();
      optimizer.step();
      return output.value;
    });
    expect([numbers(loss), numbers(layer.weight), numbers(layer.weight.grad)]).toEqual([[6], [-2], [6]]);
  });

  test.each(optimizers)("%s: 20 losses, the weights and all that is remembered are the same bit for bit", (_, make) => {
    const expected = run(make, plainly);
    expect(run(make, scope)).toEqual(expected);
    expect(expected.losses[STEPS - 1]).toBeLessThan(expected.losses[0]);
    expect(new Set(expected.losses).size).toBe(STEPS);
  });

  test.each(optimizers)("%s: in two scopes, one for the gradients and one for the step", (_, make) => {
    const train2 = (within: Within) => {
      const model = network();
      const optimizer = make(model.parameters());
      const losses = Array.from({ length: 5 }, (_, step) => {
        optimizer.zeroGrad();
        const parts = [0, 1].map((part) =>
          within(() => {
            const { x, y } = batch(2 * step + part);
            const loss = crossEntropy(model.forward(variable(x)), y);
            loss.backward(); // adds up
            return loss.item();
          }),
        );
        within(() => optimizer.step());
        return parts;
      });
      return { losses, model: listed(model.stateDict()), optimizer: listed(optimizer.stateDict()) };
    };
    expect(train2(scope)).toEqual(train2(plainly));
  });

  test("a network that is made in it lives on, if it is returned, with its optimizer's memory", () => {
    const made = scope(() => {
      const model = network();
      const optimizer = new Adam(model.parameters(), { lr: 0.01 });
      train(model, optimizer, 0);
      return { model, optimizer };
    });
    const expected = { model: network() };
    const optimizer = new Adam(expected.model.parameters(), { lr: 0.01 });
    for (let step = 0; step < 3; step++) train(expected.model, optimizer, step);
    for (let step = 1; step < 3; step++) scope(() => train(made.model, made.optimizer, step));
    expect(listed(made.model.stateDict())).toEqual(listed(expected.model.stateDict()));
    expect(listed(made.optimizer.stateDict())).toEqual(listed(optimizer.stateDict()));
  });

  const trained = () => {
    const model = network(2);
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    train(model, optimizer, 0);
    return { model, optimizer };
  };

  test("a model's state that is loaded in a scope lives on: parameters and buffers", () => {
    const [model, { model: other }] = [network(), trained()];
    const file = toSafetensors(other.stateDict());
    scope(() => model.loadStateDict(fromSafetensors(file)));
    expect(listed(model.stateDict())).toEqual(listed(other.stateDict()));
  });

  test("an optimizer's state that is loaded in a scope lives on", () => {
    const [optimizer, { optimizer: other }] = [new Adam(network().parameters()), trained()];
    const file = toSafetensors(other.stateDict());
    scope(() => optimizer.loadStateDict(fromSafetensors(file)));
    expect(listed(optimizer.stateDict())).toEqual(listed(other.stateDict()));
  });

  test("a model that is moved in a scope lives on", () => {
    const model = network();
    const before = listed(model.stateDict());
    scope(() => void model.to({ ...cpu, name: "other" }));
    expect(listed(model.stateDict())).toEqual(before);
  });
});

describe("memory", () => {
  const kinds: [string, (parameters: Variable[]) => Optimizer][] = [
    ["SGD", (p) => new SGD(p)],
    ["SGD with momentum, which is first the gradient itself", (p) => new SGD(p, { momentum: 0.9 })],
    ["Adam", (p) => new Adam(p)],
    ["Adam with amsgrad", (p) => new Adam(p, { amsgrad: true })],
    ["RMSprop", (p) => new RMSprop(p)],
    ["RMSprop, everything at once", (p) => new RMSprop(p, { momentum: 0.9, centered: true, weightDecay: 0.01 })],
  ];
  test.each(kinds)("%s: a step in a scope leaves nothing behind: what it replaces is given back", (_, make) => {
    const { device, live } = counting(cpu);
    const model = network().to(device);
    const optimizer = make(model.parameters());
    const sizes = Array.from({ length: STEPS }, (_, step) => {
      scope(() => void train(model, optimizer, step, device));
      return live.size;
    });
    expect(sizes.slice(2)).toEqual(sizes.slice(2).map(() => sizes[1])); // the first step replaces what was given
  });

  test.each(kinds)("%s: without a scope a step leaves what the program may hold: batch, logits and loss", (_, make) => {
    const { device, live } = counting(cpu);
    const model = network().to(device);
    const optimizer = make(model.parameters());
    const sizes = Array.from({ length: STEPS }, (_, step) => {
      train(model, optimizer, step, device);
      return live.size;
    });
    const growth = sizes.slice(2).map((size, i) => size - sizes[i + 1]);
    expect(growth).toEqual(growth.map(() => 4));
  });
});

describe("what somebody was given stays, whatever a step replaces", () => {
  /** Runs a step between a look at something and another: both must see the same. */
  function expectToStay(look: (model: Sequential, optimizer: Optimizer) => Readonly<Record<string, Tensor>>) {
    const model = network();
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    for (let step = 0; step < 2; step++) scope(() => void train(model, optimizer, step));
    const given = look(model, optimizer);
    const before = listed(given);
    for (let step = 2; step < 4; step++) scope(() => void train(model, optimizer, step));
    expect(listed(given)).toEqual(before);
    expect(listed(look(model, optimizer))).not.toEqual(before);
  }

  test("a value, a gradient, a state dict, running statistics, and what an optimizer remembers", () => {
    expectToStay((model) => Object.fromEntries(model.namedParameters().map(([name, p]) => [name, p.value])));
    expectToStay((model) =>
      Object.fromEntries(model.namedParameters().map(([name, p]) => [name, (p.grad as Variable).value])),
    );
    expectToStay((model) => model.stateDict());
    expectToStay((model) => Object.fromEntries(model.namedBuffers()));
    expectToStay((_, optimizer) => optimizer.stateDict());
  });

  test("a gradient's Variable, and one that detach gave", () => {
    const model = network();
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    for (let step = 0; step < 2; step++) scope(() => void train(model, optimizer, step));
    const [p] = model.parameters();
    const given = [p.grad as Variable, p.detach()];
    const before = given.map(numbers);
    scope(() => void train(model, optimizer, 2));
    expect(given.map(numbers)).toEqual(before);
  });

  test("what an optimizer of one's own keeps", () => {
    const seen: Tensor[] = [];
    class Watching extends SGD {
      protected override update(...args: Parameters<SGD["update"]>): Tensor {
        seen.push(args[0], args[1]);
        return super.update(...args);
      }
    }
    const model = network();
    const optimizer = new Watching(model.parameters());
    for (let step = 0; step < 3; step++) train(model, optimizer, step);
    expect(seen.map((x) => x.isDisposed)).not.toContain(true);
  });

  test("what layers of one's own keep", () => {
    const seen: Variable[] = [];
    class Watching extends ReLU {
      override forward(x: Variable): Variable {
        const y = super.forward(x);
        seen.push(x, y);
        return y;
      }
    }
    const model = new Sequential(new Linear(3, 4), new Watching(), new Linear(4, 4), new ReLU(), new Linear(4, 2));
    model.forward(variable(tensor([[1, 2, 3]]))).backward(tensor([[1, 1]]));
    expect(seen.map(({ value }) => value.isDisposed)).toEqual([false, false]);
    const sequence = new Sequential(new Dropout().eval());
    const x = variable(tensor([[1, 2]]));
    expect([sequence.forward(x) === x, x.value.isDisposed]).toEqual([true, false]);
  });
});

/** Blocks as checkpoints, or as they are. */
class Blocks extends Module {
  readonly isCheckpointed: boolean;
  readonly first: Sequential;
  readonly second: Sequential;
  readonly head: Sequential;

  constructor(isCheckpointed: boolean, seed = 1) {
    super();
    this.isCheckpointed = isCheckpointed;
    const random = createRandom(seed);
    const block = (inChannels: number, momentum: number | null) =>
      new Sequential(
        new Conv2d(inChannels, 4, 3, { padding: 1, random }),
        new BatchNorm2d(4, { momentum }),
        new ReLU(),
        new Dropout(0.3, { random: random.split() }),
      );
    this.first = block(1, 0.1);
    this.second = block(4, null);
    this.head = new Sequential(new MaxPool2d(2), new Flatten(), new Linear(4 * 3 * 3, 3, { random }));
  }

  forward(x: Variable): Variable {
    const through = (block: Sequential, v: Variable) =>
      this.isCheckpointed ? checkpoint((u) => block.forward(u), v) : block.forward(v);
    return this.head.forward(through(this.second, through(this.first, x)));
  }
}

describe("a checkpoint", () => {
  test("by hand: batch norm in it counts a batch once: running mean 0.1·2, one batch tracked", () => {
    const norm = new BatchNorm2d(1);
    const x = variable(tensor([1, 3], [1, 1, 1, 2]));
    const y = checkpoint((v) => norm.forward(v), x);
    const after = listed(norm.stateDict());
    y.backward(tensor([1, 2], [1, 1, 1, 2]), { retainGraph: true });
    y.backward(tensor([1, 2], [1, 1, 1, 2]));
    expect(listed(norm.stateDict())).toEqual(after);
    expect(numbers(norm.running_mean)).toEqual(numbers(tensor([0.2])));
    expect(numbers(norm.running_var)).toEqual(numbers(tensor([0.9 + 0.1 * 2])));
    expect(numbers(norm.num_batches_tracked)).toEqual([1]);
  });

  test("inside another: batch norm counts a batch once", () => {
    const norm = new BatchNorm2d(1);
    const x = variable(tensor([1, 3], [1, 1, 1, 2]));
    const y = checkpoint((v) => checkpoint((u) => norm.forward(u), v), x);
    y.backward(tensor([1, 2], [1, 1, 1, 2]));
    expect(numbers(norm.num_batches_tracked)).toEqual([1]);
  });

  test("in use, batch norm moves nothing, and the gradients are the same", () => {
    const gradients = (isCheckpointed: boolean) => {
      const model = new Blocks(isCheckpointed).eval();
      const before = listed(model.stateDict());
      const x = variable(batch(0).x);
      crossEntropy(model.forward(x), batch(0).y).backward();
      expect(listed(model.stateDict())).toEqual(before);
      return [x, ...model.parameters()].map(({ grad }) => numbers(grad));
    };
    expect(gradients(true)).toEqual(gradients(false));
  });

  test("keeps no activations of a block, but its input and its parameters", () => {
    const model = new Blocks(true);
    const x = variable(batch(0).x);
    const y = checkpoint((v) => model.first.forward(v), x);
    const known = new Set<Variable>([x, ...model.parameters()]);
    expect(y.vertex?.saved.filter((v) => !known.has(v)).map(({ shape }) => shape)).toEqual([]);
    expect(y.vertex?.saved[0]).toBe(x);
  });

  test.each(optimizers)("%s: 20 steps through blocks that are checkpoints are the same bit for bit", (_, make) => {
    const expected = run(make, plainly, new Blocks(false));
    expect(run(make, plainly, new Blocks(true))).toEqual(expected);
    expect(run(make, scope, new Blocks(true))).toEqual(expected);
    const batches = expected.model.filter(([name]) => name.endsWith("num_batches_tracked"));
    expect(batches.map(([, value]) => value)).toEqual([[STEPS], [STEPS]]);
  });
});

test("a step that throws at its end has moved the model all the same, and it can go on", () => {
  const [model, expected] = [network(), network()];
  const [optimizer, other] = [model, expected].map((m) => new Adam(m.parameters()));
  const broken = () => {
    train(model, optimizer, 0);
    throw new Error("after the step");
  };
  expect(() => scope(broken)).toThrow("after the step");
  scope(() => train(model, optimizer, 1));
  for (let step = 0; step < 2; step++) train(expected, other, step);
  expect(listed(model.stateDict())).toEqual(listed(expected.stateDict()));
  expect(listed(optimizer.stateDict())).toEqual(listed(other.stateDict()));
});
