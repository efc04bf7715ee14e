import { type DType, type Shape, Tensor } from "@conv/core";
import {
  currentScope,
  formatShape,
  formatValue,
  isOfOuterScope,
  isSameShape,
  withDraws,
  withScope,
} from "@conv/core/operators";
import { isRecording, synchronous, withRecording } from "./recording.js";
import { hold, inputOf, peek, tensorsOf, Variable } from "./variable.js";
import { changed, type Hook, newestOrder, type Vertex } from "./vertex.js";
import { withWatch } from "./watch.js";

let recomputing = false;

/** Whether `checkpoint` is running its function again: what the function notes from call to call is noted already. */
export function isRecomputing(): boolean {
  return recomputing;
}

/**
 * y = fn(...inputs), of which the graph keeps the inputs only: on the way back `fn` runs again. It costs one more forward
 * computation, and saves the memory of all that is between inputs and y. The gradients are the same, bit for bit, also
 * those in Variables that `fn` uses without being given them; gradients of gradients are the same up to rounding.
 *
 * `fn` must compute the same again. Random numbers do: the generators are set back for it. What else changes from call to
 * call, a counter or a hook on an older Variable, must ask `isRecomputing()`. In a `scope`, tensors made there that `fn`
 * uses in other functions than those of this package must be given to it, or kept.
 *
 * @param fn Makes one Variable of the inputs; not asynchronous.
 * @throws {TypeError} When `fn` returns something else.
 * @throws {Error} From the sweep, when a value that `fn` used was assigned since.
 * @see Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost" (arXiv:1604.06174).
 * @example
 * const x = variable(tensor([1, 2]));
 * const y = checkpoint((v) => mul(exp(mul(v, 0)), mul(v, v)), x); // keeps x alone
 * sum(y).backward();
 * x.grad; // [2, 4]
 */
export function checkpoint<Inputs extends readonly (Variable | Tensor)[]>(
  fn: (...inputs: NoInfer<Inputs>) => Variable,
  ...inputs: Inputs
): Variable {
  if (typeof fn !== "function") {
    throw new TypeError(`checkpoint: fn must be a function of the inputs, got ${formatValue(fn)}.`);
  }
  const variables = inputs.map((x, i) => inputOf("checkpoint", `input ${i + 1}`, x));
  const before = newestOrder();
  const run = () => {
    const y = synchronous("checkpoint", fn(...inputs));
    if (y instanceof Variable) return y;
    throw new TypeError(`checkpoint: fn must return one Variable, got ${formatValue(y)}. Join several with concat.`);
  };
  if (!isRecording()) return run();
  const { result: first, again } = withDraws(() => watched(variables, () => inOwnScope(run, (y) => [peek(y)])));
  const { y } = first;
  if (y.vertex === undefined || y.vertex.order <= before) return y;
  const second = () => watched(variables, () => again(() => inOwnScope(run, tensorsSince)));
  const segment = new Segment(before, first, second);
  for (const vertex of verticesSince(y.vertex, before)) vertex.release(); // these steps are forgotten
  return new Variable(peek(y), true, segment);
}

/** A run of a function: its result, what it used that is older, each with its version then, and how much it made. */
interface Run {
  readonly y: Variable;
  readonly used: ReadonlyMap<unknown, number>;
  readonly made: number;
}

/** Runs `fn` and watches what it uses; that it uses its inputs is known. */
function watched(inputs: readonly Variable[], fn: () => Variable): Run {
  const before = newestOrder();
  const used = new Map<unknown, number>(inputs.map((x) => [x, x.version]));
  const watch = (x: unknown) => {
    if (isOlder(x, before) && !used.has(x)) used.set(x, x instanceof Variable ? x.version : 0);
  };
  const y = withWatch(watch, fn);
  return { y, used, made: newestOrder() - before };
}

/** Whether fn needs something that is older than what it makes: a Variable; or a tensor that a scope would dispose of. */
function isOlder(x: unknown, before: number): boolean {
  return x instanceof Variable ? x.order <= before : x instanceof Tensor && isOfOuterScope(x);
}

/** Runs `fn` so that what it made is disposed of at once, but for some: if there is a scope that would do so later. */
function inOwnScope(fn: () => Variable, keptOf: (y: Variable, since: number) => Iterable<Tensor>): Variable {
  const since = newestOrder();
  return currentScope() === undefined ? fn() : withScope(fn, (y) => keptOf(y, since));
}

/** What the steps that led to y keep, those that are newer than `since`; not y's value, which is known already. */
function tensorsSince(y: Variable, since: number): Set<Tensor> {
  const tensors = tensorsOf({ since }, y);
  tensors.delete(peek(y));
  return tensors;
}

/** The vertex of a result that is computed again when a gradient arrives: what it was made of joins the graph then. */
class Segment implements Vertex<Variable> {
  readonly operator = "checkpoint";
  readonly order: number;
  hooks: Set<Hook<Variable>> | undefined;
  readonly #first: { readonly shape: Shape; readonly dtype: DType; readonly made: number };
  inputs: readonly Vertex<Variable>[] | undefined;
  saved: readonly Variable[];
  constants: readonly Tensor[];
  #used: ReadonlyMap<unknown, number>;
  #again: (() => Run) | undefined;
  #handles: readonly (() => void)[];
  /** What it gives on is the gradient that it was given, which fn does not see. */
  readonly isOurs = true;

  /** Of a run whose steps are newer than `before`; those are forgotten, what it used is kept. */
  constructor(before: number, { y, used, made }: Run, again: () => Run) {
    const vertex = y.vertex as Vertex<Variable>;
    this.order = vertex.order;
    this.#first = { shape: y.shape, dtype: y.dtype, made };
    this.inputs = edgeOf(vertex, before);
    this.saved = [...used.keys()].filter((x) => x instanceof Variable);
    this.constants = [...used.keys()].filter((x) => x instanceof Tensor);
    this.#used = used;
    this.#again = again;
    this.#handles = this.saved.map((x) => hold(x, true));
  }

  pullback(gradY: Variable): readonly (readonly [Vertex<Variable>, Variable])[] {
    const other = this.saved.find((x) => x.version !== this.#used.get(x));
    if (other !== undefined) throw changed(this.operator, "a Variable that fn uses", other);
    const { y, used, made } = this.#compute();
    const { shape, dtype } = this.#first;
    const refuse = (problem: string): never => {
      throw new Error(`${this.operator}: fn ${problem} when it ran again. It must compute the same again.`);
    };
    if (!isSameShape(y.shape, shape) || y.dtype !== dtype) {
      refuse(`returned ${y.dtype} ${formatShape(y.shape)}, not ${dtype} ${formatShape(shape)},`);
    }
    if ([...used.keys()].some((x) => x instanceof Variable && !this.#used.has(x))) refuse("used other Variables");
    if (made !== this.#first.made) refuse("took other steps");
    return y.vertex === undefined ? refuse("made its result of other Variables") : [[y.vertex, gradY]];
  }

  /** The result with the graph that leads to it. */
  #compute(): Run {
    const outer = recomputing;
    recomputing = true;
    try {
      return withRecording(true, this.#again as () => Run);
    } finally {
      recomputing = outer;
    }
  }

  release(): void {
    this.inputs = undefined;
    this.saved = [];
    this.constants = [];
    this.#used = new Map();
    this.#again = undefined;
    for (const letGo of this.#handles) letGo();
    this.#handles = [];
  }
}

/** Where the newer part of a graph starts: the older vertices below it, and all leaves. */
function edgeOf(y: Vertex<Variable>, before: number): readonly Vertex<Variable>[] {
  return reached(y, before).filter(({ order }) => order <= before);
}

/** The newer part of a graph. */
function verticesSince(y: Vertex<Variable>, before: number): readonly Vertex<Variable>[] {
  return reached(y, before).filter(({ order }) => order > before);
}

/** The newer part of a graph, and where it starts. */
function reached(y: Vertex<Variable>, before: number): readonly Vertex<Variable>[] {
  const seen = new Set<Vertex<Variable>>();
  const open: (Vertex<Variable> | undefined)[] = [y];
  while (open.length > 0) {
    const vertex = open.pop();
    if (vertex === undefined || seen.has(vertex)) continue;
    seen.add(vertex);
    if (vertex.order > before) for (const input of vertex.inputs ?? []) open.push(input);
  }
  return [...seen];
}
