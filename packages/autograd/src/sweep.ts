/** A step of a computation: what came in, and how a gradient of the result becomes gradients of what came in. */
export interface GraphNode<V> {
  /** Grows from step to step: inputs of a node were made by nodes of smaller order. */
  readonly order: number;
  readonly inputs: readonly V[];
  /** The gradients of the inputs from that of the result; undefined for an input that needs none. */
  pullback(gradY: V): readonly (V | undefined)[];
  /** Lets go of what the pullback needs. */
  release(): void;
}

/** Something a step can make: it knows the step. */
export interface Vertex<V> {
  readonly node: GraphNode<V> | undefined;
}

/** How `sweep` goes about it. */
export interface SweepOptions<V> {
  /** The sum of two gradients that meet. */
  readonly sum: (a: V, b: V) => V;
  /** Vertices inside the graph whose gradients are wanted too. */
  readonly wanted?: ReadonlySet<V>;
  /** Keep what the pullbacks need, for another sweep. */
  readonly retainGraph: boolean;
}

/**
 * Reverse sweep: carries the gradient of y back through the graph, every node once, after all that depend on it.
 * It is iterative: a long chain does not overflow the stack.
 *
 * @returns The gradients of the leaves that y depends on, and of the wanted vertices.
 */
export function sweep<V extends Vertex<V>>(y: V, gradY: V, { sum, wanted, retainGraph }: SweepOptions<V>): Map<V, V> {
  const gradients = new Map<V, V>([[y, gradY]]);
  for (const vertex of inReverse(y)) {
    const { node } = vertex;
    const gradient = gradients.get(vertex);
    if (node === undefined || gradient === undefined) continue;
    if (!wanted?.has(vertex)) gradients.delete(vertex);
    const inputGradients = node.pullback(gradient);
    node.inputs.forEach((input, i) => {
      const share = inputGradients[i];
      if (share === undefined) return;
      const sofar = gradients.get(input);
      gradients.set(input, sofar === undefined ? share : sum(sofar, share));
    });
    if (!retainGraph) node.release();
  }
  return gradients;
}

/** The vertices that y was made of, results before their inputs; leaves are left out. */
function inReverse<V extends Vertex<V>>(y: V): V[] {
  const found = new Map<V, number>();
  const open = [y];
  for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
    if (vertex.node === undefined || found.has(vertex)) continue;
    found.set(vertex, vertex.node.order);
    for (const input of vertex.node.inputs) open.push(input);
  }
  return [...found].sort(([, a], [, b]) => b - a).map(([vertex]) => vertex);
}
