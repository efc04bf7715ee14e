import type { Vertex } from "./vertex.js";

/** How `sweep` goes about it. */
export interface SweepOptions<V> {
  /** Who asks for it, for errors. */
  readonly operator: string;
  /** The sum of two gradients that meet. */
  readonly sum: (a: V, b: V) => V;
  /** Where gradients are wanted. Default: at the leaves. */
  readonly wanted?: ReadonlySet<Vertex<V>> | undefined;
  /** Keep what the pullbacks need, for another sweep. */
  readonly retainGraph: boolean;
  /** The same gradient in other hands: what a place receives that keeps it. Default: itself. */
  readonly own?: (gradient: V) => V;
  /** Gives back a gradient that nobody else has. Default: nothing is given back. */
  readonly drop?: (gradient: V) => void;
  /** Whether nobody else has gradY. */
  readonly isSeedOurs?: boolean;
}

/**
 * Reverse sweep: carries the gradient of y back through the graph, every vertex once, after all that were made of it, and
 * only where it leads to one that is wanted. It is iterative: a long chain does not overflow the stack. What a step
 * needed is let go of as soon as the sweep has passed it.
 *
 * @returns The gradients of the wanted vertices that y depends on.
 */
export function sweep<V>(y: Vertex<V>, gradY: V, options: SweepOptions<V>): Map<Vertex<V>, V> {
  const { operator, sum, wanted, retainGraph, own = (gradient: V) => gradient } = options;
  const leadsToWanted = new Map<Vertex<V>, boolean>();
  const isNeeded = (vertex: Vertex<V>) => leadsToWanted.get(vertex) === true;
  const arrived = new Map([[y, gradY]]);
  const gradients = new Map<Vertex<V>, V>();
  const owned = createOwned(options.drop);
  if (options.isSeedOurs) owned.use(gradY);
  const ahead = discover(y, leadsToWanted, options);
  for (let vertex = ahead.pop(); vertex !== undefined; vertex = ahead.pop()) {
    const total = arrived.get(vertex);
    if (total === undefined) continue;
    arrived.delete(vertex);
    const hooks = [...(vertex.hooks ?? [])];
    const gradient = hooks.reduce((g, hook) => hook(g) ?? g, total);
    if (hooks.length > 0) owned.show(total);
    if (wanted === undefined ? vertex.order === 0 : wanted.has(vertex)) gradients.set(vertex, own(gradient));
    const goesOn = inputsOf(operator, vertex).some((input) => input && isNeeded(input)); // a hook may have freed it
    if (!goesOn) {
      owned.leave(gradient);
      continue;
    }
    if (!vertex.isOurs) owned.show(gradient);
    for (const [input, share] of vertex.pullback(gradient, isNeeded)) {
      // What a pullback has just computed again is newer than all that is ahead, and comes first.
      if (!leadsToWanted.has(input)) for (const found of discover(input, leadsToWanted, options)) ahead.push(found);
      if (!isNeeded(input)) continue;
      if (share === gradient ? owned.has(share) : vertex.isOurs) owned.use(share);
      const sofar = arrived.get(input);
      if (sofar === undefined) arrived.set(input, share);
      else {
        const total = sum(sofar, share);
        arrived.set(input, total);
        owned.use(total);
        owned.leave(sofar);
        owned.leave(share);
      }
    }
    owned.leave(gradient);
    if (!retainGraph) vertex.release();
  }
  return gradients;
}

/** The gradients that nobody but the sweep has; each is given back when the last who uses it leaves it. */
function createOwned<V>(drop: ((gradient: V) => void) | undefined) {
  const users = new Map<V, number>();
  return {
    has: (gradient: V) => users.has(gradient),
    use: (gradient: V) => void users.set(gradient, (users.get(gradient) ?? 0) + 1),
    /** Somebody else has seen it. */
    show: (gradient: V) => void users.delete(gradient),
    leave: (gradient: V) => {
      const rest = (users.get(gradient) ?? 0) - 1;
      if (rest > 0) users.set(gradient, rest);
      else if (users.delete(gradient)) drop?.(gradient);
    },
  };
}

/**
 * The vertices that y was made of, those known already left out, in the order in which they were made; and, for each,
 * whether it leads to a wanted one.
 *
 * @throws {Error} When an earlier sweep let go of a part of the graph.
 */
function discover<V>(
  y: Vertex<V>,
  leadsToWanted: Map<Vertex<V>, boolean>,
  { operator, wanted }: SweepOptions<V>,
): Vertex<V>[] {
  const found: Vertex<V>[] = [];
  const open = [y];
  for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
    if (leadsToWanted.has(vertex)) continue;
    leadsToWanted.set(vertex, false);
    found.push(vertex);
    for (const input of inputsOf(operator, vertex)) if (input !== undefined) open.push(input);
  }
  found.sort((a, b) => a.order - b.order);
  for (const vertex of found) {
    const isOn = (input: Vertex<V> | undefined) => input !== undefined && leadsToWanted.get(input) === true;
    const isWanted = wanted === undefined || wanted.has(vertex);
    leadsToWanted.set(vertex, isWanted || inputsOf(operator, vertex).some(isOn));
  }
  return found;
}

function inputsOf<V>(operator: string, vertex: Vertex<V>) {
  if (vertex.inputs !== undefined) return vertex.inputs;
  throw new Error(
    `${operator}: another backward or grad freed the graph of ${vertex.operator}, or failed on its way. Pass ` +
      `{ retainGraph: true } to that one, or compute the result again.`,
  );
}
