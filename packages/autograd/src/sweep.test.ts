import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GraphNode, sweep, type Vertex } from "./sweep.js";

/** A number with a place in a graph: what the sweep needs to know of a Variable, and nothing else. */
interface Toy extends Vertex<Toy> {
  readonly name: string;
  readonly value: number;
}

/** Makes toy graphs; `visits` and `released` tell what sweeps did, in order. */
function toys() {
  const visits: string[] = [];
  const released: string[] = [];
  let order = 0;
  const leaf = (value: number, name = String(value)): Toy => ({ name, value, node: undefined });
  /** A step whose derivatives in its inputs are `slopes`; an undefined one needs no gradient. */
  const step = (name: string, inputs: readonly Toy[], slopes: readonly (number | undefined)[]): Toy => {
    const node: GraphNode<Toy> = {
      order: ++order,
      inputs,
      pullback(gradY) {
        visits.push(name);
        return slopes.map((slope) => (slope === undefined ? undefined : leaf(slope * gradY.value)));
      },
      release: () => released.push(name),
    };
    return { name, value: inputs.reduce((y, { value }, i) => y + value * (slopes[i] ?? 0), 0), node };
  };
  const run = (y: Toy, { retainGraph = false, wanted }: { retainGraph?: boolean; wanted?: ReadonlySet<Toy> } = {}) =>
    sweep(y, leaf(1), { sum: (a, b) => leaf(a.value + b.value), wanted, retainGraph });
  const gradientsOf = (gradients: Map<Toy, Toy>) =>
    Object.fromEntries([...gradients].map(([{ name }, { value }]) => [name, value]));
  return { leaf, step, run, gradientsOf, visits, released };
}

describe("sweep", () => {
  test("by hand: in y = 2a + 5b with a = 3x, b = 7x, x receives 2·3 + 5·7 = 41", () => {
    const { leaf, step, run, gradientsOf } = toys();
    const x = leaf(1, "x");
    const [a, b] = [step("a", [x], [3]), step("b", [x], [7])];
    const y = step("y", [a, b], [2, 5]);
    expect(y.value).toBe(41);
    expect(gradientsOf(run(y))).toEqual({ x: 41 });
  });

  test("visits every step once, after all that depend on it", () => {
    const { leaf, step, run, visits } = toys();
    const x = leaf(1, "x");
    const early = step("early", [x], [2]);
    const middle = step("middle", [early], [3]);
    const late = step("late", [early, middle], [5, 7]); // reaches early directly, and again by way of middle
    const y = step("y", [early, late, late], [1, 1, 1]);
    run(y);
    expect(visits).toEqual(["y", "late", "middle", "early"]);
  });

  test("sums what reaches one input of a step several times", () => {
    const { leaf, step, run, gradientsOf } = toys();
    const x = leaf(4, "x");
    expect(gradientsOf(run(step("y", [x, x, x], [1, 10, 100])))).toEqual({ x: 111 });
  });

  test("brings nothing to an input that needs no gradient, and leaves steps alone that y was not made of", () => {
    const { leaf, step, run, gradientsOf, visits } = toys();
    const [x, c] = [leaf(1, "x"), leaf(2, "c")];
    step("aside", [x], [9]);
    const cut = step("cut", [x], [9]);
    const y = step("y", [x, c, cut], [3, undefined, undefined]);
    expect(gradientsOf(run(y))).toEqual({ x: 3 });
    expect(visits).toEqual(["y"]);
  });

  test("returns the gradients of leaves, and of wanted vertices inside the graph, which are swept through all the same", () => {
    const { leaf, step, run, gradientsOf } = toys();
    const x = leaf(1, "x");
    const a = step("a", [x], [3]);
    const b = step("b", [a], [5]);
    const y = step("y", [a, b], [2, 7]);
    expect(gradientsOf(run(y))).toEqual({ x: 3 * (2 + 5 * 7) });
    expect(gradientsOf(run(y, { wanted: new Set([a, y]) }))).toEqual({ y: 1, a: 37, x: 111 });
  });

  test("a leaf is its own gradient's place: nothing to visit", () => {
    const { leaf, run, gradientsOf, visits } = toys();
    expect(gradientsOf(run(leaf(3, "x")))).toEqual({ x: 1 });
    expect(visits).toEqual([]);
  });

  test("releases the steps it visited, once each; with retainGraph none", () => {
    const { leaf, step, run, released } = toys();
    const x = leaf(1, "x");
    const a = step("a", [x], [2]);
    const y = step("y", [a, a], [1, 1]);
    run(y, { retainGraph: true });
    expect(released).toEqual([]);
    run(y);
    expect(released).toEqual(["y", "a"]);
  });

  test("releases a step only after its pullback", () => {
    const { leaf } = toys();
    let released = false;
    const node: GraphNode<Toy> = {
      order: 1,
      inputs: [leaf(1, "x")],
      pullback: (gradY) => [leaf(released ? Number.NaN : gradY.value)],
      release: () => {
        released = true;
      },
    };
    const gradients = sweep({ name: "y", value: 1, node }, leaf(8), { sum: (a) => a, retainGraph: false });
    expect([...gradients.values()].map(({ value }) => value)).toEqual([8]);
    expect(released).toBe(true);
  });

  test("in any graph, a leaf receives the sum over all paths of the products of slopes along them", () => {
    const slope = fc.integer({ min: -2, max: 2 });
    const edges = fc.array(fc.tuple(fc.nat(), slope), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(edges, { minLength: 1, maxLength: 7 }), (plan) => {
        const { leaf, step, run } = toys();
        const x = leaf(1, "x");
        const vertices: Toy[] = [x];
        const paths = new Map<Toy, number>([[x, 1]]); // forward: the derivative in x, by the chain rule
        plan.forEach((inputs, i) => {
          const from = inputs.map(([pick]) => vertices[pick % vertices.length]);
          const slopes = inputs.map(([, s]) => s);
          const vertex = step(String(i), from, slopes);
          paths.set(
            vertex,
            from.reduce((total, input, k) => total + slopes[k] * (paths.get(input) as number), 0),
          );
          vertices.push(vertex);
        });
        const y = vertices[vertices.length - 1];
        expect(run(y).get(x)?.value ?? 0).toBeCloseTo(paths.get(y) as number, 9);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("a chain of 100 000 steps does not overflow the stack", () => {
    const { leaf, step, run, gradientsOf } = toys();
    let y = leaf(1, "x");
    for (let i = 0; i < 100_000; i++) y = step("y", [y], [-1]);
    expect(gradientsOf(run(y))).toEqual({ x: 1 });
  });
});
