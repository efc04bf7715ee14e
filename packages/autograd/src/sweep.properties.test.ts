import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Toy, toyGraph } from "../test/toyGraph.js";

/** A step: which of the vertices before it are its inputs, with slopes. Or a block: several steps, of which the last counts. */
type Part =
  | { readonly inputs: readonly (readonly [pick: number, slope: number])[] }
  | { readonly block: readonly Part[] };

/** Steps; with a depth, blocks among them, and blocks in those, so deep. */
function partsOf(slope: fc.Arbitrary<number>, depth: number): fc.Arbitrary<readonly Part[]> {
  const inputs = fc.array(fc.tuple(fc.nat(20), slope), { minLength: 1, maxLength: 3 });
  const step: fc.Arbitrary<Part> = fc.record({ inputs });
  const part = depth === 0 ? step : fc.oneof(step, fc.record({ block: partsOf(slope, depth - 1) }));
  return fc.array(part, { minLength: 1, maxLength: 6 });
}

/** Slopes whose sums and products are exact. */
const exact = fc.integer({ min: -2, max: 2 });
/** Slopes whose sums and products are rounded: results are equal only if they are added in the same order. */
const rounded = fc.double({ min: -2, max: 2, noNaN: true });
/** Which vertices are wanted; all leaves, if it is undefined. */
const picks = fc.option(fc.array(fc.nat(20), { maxLength: 3 }), { nil: undefined });

const last = (vertices: readonly Toy[]) => vertices[vertices.length - 1];

/** The graph of a plan, above two leaves. Blocks are a part of it, or folded: made again when their gradient arrives. */
function build(plan: readonly Part[], { fold }: { readonly fold: boolean }) {
  const graph = toyGraph();
  /** The vertices of some parts above those known. */
  const grow = (parts: readonly Part[], known: readonly Toy[], prefix: string): readonly Toy[] => {
    const all = [...known];
    for (const [i, part] of parts.entries()) all.push(make(part, [...all], `${prefix}.${i}`));
    return all.slice(known.length);
  };
  const make = (part: Part, known: readonly Toy[], name: string): Toy => {
    if ("inputs" in part) {
      return graph.step(name, ...part.inputs.map(([pick, slope]) => [known[pick % known.length], slope] as const));
    }
    const again = () => last(grow(part.block, known, name));
    return fold ? graph.late(name, edgeOf(again(), known), again) : again();
  };
  const leaves = [graph.leaf("x"), graph.leaf("z")];
  const vertices = [...leaves, ...grow(plan, leaves, "v")];
  const wantedOf = (at: readonly number[] | undefined) => at && new Set(at.map((i) => vertices[i % vertices.length]));
  return { ...graph, vertices, y: last(vertices), wantedOf };
}

/** The known vertices that y was made of, directly or by way of others. */
function edgeOf(y: Toy, known: readonly Toy[]): Toy[] {
  const inputs = [...(y.inputs ?? [])].filter((input) => input !== undefined);
  return [...new Set(inputs.flatMap((input) => (known.includes(input) ? [input] : edgeOf(input, known))))];
}

/** All that y was made of, with y. */
function below(y: Toy): Set<Toy> {
  const found = new Set([y]);
  for (const vertex of found) for (const input of vertex.inputs ?? []) if (input !== undefined) found.add(input);
  return found;
}

describe("in any graph", () => {
  test("a leaf receives the sum over all paths of the products of slopes along them", () => {
    fc.assert(
      fc.property(partsOf(exact, 0), (plan) => {
        const { y, vertices, run } = build(plan, { fold: false });
        // The other way round, from the leaf x up: the derivative of every vertex in x.
        const derivatives = [1, 0];
        for (const part of plan) {
          const inputs = "inputs" in part ? part.inputs : [];
          derivatives.push(
            inputs.reduce((total, [pick, slope]) => total + slope * derivatives[pick % derivatives.length], 0),
          );
        }
        expect(vertices).toHaveLength(derivatives.length);
        expect((run(y).x ?? 0) + 0).toBe(derivatives[derivatives.length - 1] + 0); // + 0: not −0
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test("pullbacks run between y and the wanted vertices, and nowhere else: each once, the newest first", () => {
    fc.assert(
      fc.property(partsOf(exact, 0), picks, (plan, at) => {
        const { y, vertices, run, visits, wantedOf } = build(plan, { fold: false });
        const wanted = wantedOf(at) ?? new Set(vertices.slice(0, 2));
        const leads = (vertex: Toy) => [...below(vertex)].some((v) => wanted.has(v));
        const leadsOn = (vertex: Toy) => vertex.inputs?.some((input) => input !== undefined && leads(input)) === true;
        fc.pre(leads(y));
        run(y, { wanted: wantedOf(at), retainGraph: true });
        const newestFirst = [...below(y)].sort((a, b) => b.order - a.order);
        const names = (chosen: (vertex: Toy) => boolean) => newestFirst.filter(chosen).map(({ operator }) => operator);
        const between = new Set(names(leadsOn));
        expect(visits().filter((name) => between.has(name))).toEqual([...between]);
        expect(names(leads)).toEqual(expect.arrayContaining(visits())); // at most those of wanted vertices beside them
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  test("wanted vertices receive what they receive when all are wanted", () => {
    fc.assert(
      fc.property(partsOf(rounded, 0), picks, (plan, at) => {
        const { y, vertices, run, wantedOf } = build(plan, { fold: false });
        const all = run(y, { wanted: new Set(vertices), retainGraph: true });
        const some = run(y, { wanted: wantedOf(at) });
        expect(all).toMatchObject(some);
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  test("blocks that only pullbacks find are swept as if they had been there: same order, same sums to the last bit", () => {
    fc.assert(
      fc.property(partsOf(rounded, 2), picks, (plan, at) => {
        const [open, folded] = [build(plan, { fold: false }), build(plan, { fold: true })];
        const gradientsOf = ({ run, y, vertices, wantedOf }: typeof open) => {
          const gradients = run(y, { wanted: wantedOf(at) });
          return vertices.map(({ operator }) => gradients[operator]);
        };
        expect(gradientsOf(folded)).toEqual(gradientsOf(open));
        const steps = new Set(open.visits());
        expect(folded.visits().filter((name) => steps.has(name))).toEqual(open.visits());
      }),
      { seed: 14, numRuns: 300 },
    );
  });
});
