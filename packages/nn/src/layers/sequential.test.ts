import { relu, Variable, variable } from "@conv/autograd";
import { tensor } from "@conv/core";
import { describe, expect, test } from "vitest";
import { Flatten, Linear, Module, ReLU, Sequential } from "../index.js";

const layer = (weight: number, bias: number) => {
  const linear = new Linear(1, 1);
  linear.loadStateDict({ weight: tensor([[weight]]), bias: tensor([bias]) });
  return linear;
};

describe("Sequential", () => {
  test("by hand: 2x + 1, then its positive part, then −3y + 4: 3 ↦ −17, −3 ↦ 4", () => {
    const model = new Sequential(layer(2, 1), new ReLU(), layer(-3, 4));
    expect([...model.forward(variable(tensor([[3], [-3]]))).dataSync()]).toEqual([-17, 4]);
  });

  test("the order of layers is that of its arguments", () => {
    const [a, b] = [layer(2, 0), layer(1, 1)];
    const x = variable(tensor([[5]]));
    expect(new Sequential(a, b).forward(x).item()).toBe(11);
    expect(new Sequential(b, a).forward(x).item()).toBe(12);
  });

  test("nested, it names children by their numbers; empty, it passes x", () => {
    const model = new Sequential(new Flatten(), new Sequential(new ReLU(), layer(1, 0)));
    expect(model.namedParameters().map(([name]) => name)).toEqual(["1.1.weight", "1.1.bias"]);
    const x = variable(tensor([[1]]));
    expect(new Sequential().forward(x)).toBe(x);
  });

  test("takes a tensor, and gives its first layer a Variable that needs no gradient", () => {
    const seen: Variable[] = [];
    class Own extends Module {
      forward(x: Variable): Variable {
        seen.push(x);
        return relu(x);
      }
    }
    const x = tensor([[5]]);
    expect(new Sequential(new Own(), layer(2, 1)).forward(x).item()).toBe(11);
    expect([seen[0] instanceof Variable, seen[0].requiresGrad, seen[0].value === x]).toEqual([true, false, true]);
    expect(new Sequential(new Sequential()).forward(x).value).toBe(x);
    expect(x.isDisposed).toBe(false);
  });

  test("takes layers by names, which their states then have, in their order", () => {
    const model = new Sequential({ double: layer(2, 0), relu: new ReLU(), last: new Sequential(layer(1, 1)) });
    expect(model.forward(tensor([[5]])).item()).toBe(11);
    expect(Object.keys(model.stateDict())).toEqual(["double.weight", "double.bias", "last.0.weight", "last.0.bias"]);
    expect(model.children().map(([name]) => name)).toEqual(["double", "relu", "last"]);
    expect(new Sequential({}).length).toBe(0);
  });

  test("counts, indexes from either end, and goes through its layers", () => {
    const layers = [new Flatten(), new ReLU(), layer(1, 0)];
    for (const model of [new Sequential(...layers), new Sequential({ a: layers[0], b: layers[1], c: layers[2] })]) {
      expect([model.length, model.at(1), model.at(-1)]).toEqual([3, layers[1], layers[2]]);
      expect([...model]).toEqual(layers);
    }
    expect(() => new Sequential(...layers).at(3)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Sequential: there is no layer 3. Use -3 to 2.]`,
    );
  });

  test("refuses names that a state cannot have, or whose order JavaScript would change", () => {
    expect(() => new Sequential({ "a.b": new ReLU() })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Sequential: "a.b" cannot name a layer: names are not empty, not numbers, and have no dots. Use another, or pass layers as arguments, which numbers them.]`,
    );
    expect(() => new Sequential({ "": new ReLU() })).toThrow(RangeError);
    expect(() => new Sequential({ b: new ReLU(), 0: new ReLU() })).toThrow('"0" cannot name a layer');
  });

  test("refuses functions, and names of what is no layer", () => {
    expect(() => new Sequential(((x: Variable) => x) as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 0 is not a Module. Wrap a function in a Lambda.]`,
    );
    expect(() => new Sequential({ act: relu } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer act is not a Module. Wrap a function in a Lambda.]`,
    );
    expect(() => new Sequential(new ReLU(), { act: new ReLU() } as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 1 is not a Module. Got an object.]`,
    );
    expect(() => new Sequential(undefined as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 0 is not a Module. Got undefined.]`,
    );
  });

  test("refuses an array of layers, and what is no layer", () => {
    expect(() => new Sequential([new ReLU()] as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 0 is not a Module. Pass layers as arguments: new Sequential(...layers).]`,
    );
    expect(() => new Sequential(new ReLU(), ReLU as never)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Sequential: layer 1 is not a Module. Did you mean new ReLU()?]`,
    );
  });

  test("a subclass has further layers in fields, but none under the name of a layer: a state could not hold both", () => {
    class Classifier extends Sequential {
      readonly head: Module;
      constructor(layers: Readonly<Record<string, Module>>) {
        super(layers);
        this.head = layer(1, 1);
      }
    }
    expect(Object.keys(new Classifier({ body: layer(2, 2) }).stateDict())).toEqual([
      "body.weight",
      "body.bias",
      "head.weight",
      "head.bias",
    ]);
    expect(() => new Classifier({ head: layer(2, 2) }).stateDict()).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: Classifier: the field head has the name of a layer, and a state could hold one of them only. Rename it.]`,
    );
  });
});
