import { type SweepOptions, sweep } from "../src/sweep.js";
import type { Hook, Vertex } from "../src/vertex.js";

/** A vertex whose gradients are numbers: all that a sweep needs to know. */
export type Toy = Vertex<number>;

/** An input, none if it needs no gradient, and the derivative in it. */
export type Edge = readonly [input: Toy | undefined, slope: number];

/** Makes vertices, and notes in `log` what sweeps do with them: "pullback y", "release y", in order; leaves are silent. */
export function toyGraph() {
  const log: string[] = [];
  let made = 0;

  const leaf = (name: string): Toy => ({
    operator: name,
    order: 0,
    inputs: [],
    saved: [],
    constants: [],
    hooks: undefined,
    pullback: () => [],
    release: () => {},
  });

  /** A vertex newer than all others, with a pullback that is given. It refuses to work once it is released. */
  const vertex = (name: string, from: Toy["inputs"], pullback: Toy["pullback"]): Toy => {
    let inputs = from;
    return {
      operator: name,
      order: ++made,
      get inputs() {
        return inputs;
      },
      saved: [],
      constants: [],
      hooks: undefined,
      pullback(gradY, isNeeded) {
        log.push(`pullback ${name}`);
        if (inputs === undefined) throw new Error(`${name} was released`);
        return pullback(gradY, isNeeded);
      },
      release() {
        log.push(`release ${name}`);
        inputs = undefined;
      },
    };
  };

  /** A step of an operator: it gives gradients to the inputs that need them, and no others. */
  const step = (name: string, ...edges: readonly Edge[]): Toy => {
    const inputs = edges.map(([input]) => input);
    return vertex(name, inputs, (gradY, isNeeded) =>
      edges.flatMap(([input, slope]) =>
        input === undefined || !isNeeded(input) ? [] : [[input, slope * gradY] as const],
      ),
    );
  };

  /** A vertex that makes the graph below it only when its gradient arrives, as `checkpoint` does; `inputs` is its edge. */
  const late = (name: string, inputs: readonly Toy[], make: () => Toy): Toy =>
    vertex(name, inputs, (gradY) => [[make(), gradY]]);

  /** Gives a vertex hooks. */
  const hook = (vertex: Toy, ...hooks: readonly Hook<number>[]) => {
    vertex.hooks = new Set([...(vertex.hooks ?? []), ...hooks]);
  };

  /** Sweeps from y with gradient 1: the gradients by the names of the vertices. */
  const run = (y: Toy, { wanted, retainGraph = false }: Partial<SweepOptions<number>> = {}) => {
    const options = { operator: "backward", sum: (a: number, b: number) => a + b, wanted, retainGraph };
    return Object.fromEntries([...sweep(y, 1, options)].map(([{ operator }, gradient]) => [operator, gradient]));
  };

  /** The names of the vertices whose pullbacks ran, in order. */
  const visits = () => log.filter((line) => line.startsWith("pullback ")).map((line) => line.slice("pullback ".length));

  return { leaf, vertex, step, late, hook, run, log, visits };
}
