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
import { inputOf, Variable } from "./variable.js";
import { changed, type Hook, Leaf, newestOrder, type Vertex } from "./vertex.js";
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
 * call, a counter or a hook on an older Variable, must ask `isRecomputing()`. In a `scope`, tensors made there that `fn` uses in other functions than those of this
 * package must be given to it, or kept.
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
  const used = new Set<unknown>(variables);
  const watch = (x: unknown) => {
    if (isOlder(x, before)) used.add(x);
  };
  const { result: y, again } = withDraws(() => withWatch(watch, () => inOwnScope(run)));
  if (y.vertex === undefined || y.vertex.order <= before) return y;
  return new Variable(y.value, true, new Segment(before, used, y, () => again(run)));
}

/** Whether fn needs something that is older than what it makes: a Variable; or a tensor that a scope would dispose of. */
function isOlder(x: unknown, before: number): boolean {
  return x instanceof Variable ? x.order <= before : x instanceof Tensor && isOfOuterScope(x);
}

/** Runs `fn` so that what it made is disposed of at once, but for its result: if there is a scope that would do so later. */
function inOwnScope(fn: () => Variable): Variable {
  return currentScope() === undefined ? fn() : withScope(fn, (y) => [y.value]);
}

/** The vertex of a result that is computed again when a gradient arrives: what it was made of joins the graph then. */
class Segment implements Vertex<Variable> {
  readonly operator = "checkpoint";
  readonly order: number;
  hooks: Set<Hook<Variable>> | undefined;
  readonly #like: { readonly shape: Shape; readonly dtype: DType };
  inputs: readonly Vertex<Variable>[] | undefined;
  saved: readonly Variable[];
  constants: readonly Tensor[];
  #versions: readonly number[];
  #run: (() => Variable) | undefined;

  /** Of a result y whose steps are newer than `before`; those are forgotten, what fn used is kept. */
  constructor(before: number, used: ReadonlySet<unknown>, y: Variable, run: () => Variable) {
    const vertex = y.vertex as Vertex<Variable>;
    this.order = vertex.order;
    this.#like = { shape: y.shape, dtype: y.dtype };
    this.inputs = edgeOf(vertex, before);
    this.saved = [...used].filter((x) => x instanceof Variable);
    this.constants = [...used].filter((x) => x instanceof Tensor);
    this.#versions = this.saved.map(({ version }) => version);
    this.#run = run;
  }

  pullback(gradY: Variable): readonly (readonly [Vertex<Variable>, Variable])[] {
    const other = this.saved.find(({ version }, i) => version !== this.#versions[i]);
    if (other !== undefined) throw changed(this.operator, "a Variable that fn uses", other);
    const y = this.#compute();
    if (isSameShape(y.shape, this.#like.shape) && y.dtype === this.#like.dtype && y.vertex !== undefined) {
      return [[y.vertex, gradY]];
    }
    const describe = ({ dtype, shape }: { readonly dtype: DType; readonly shape: Shape }) =>
      `${dtype} ${formatShape(shape)}`;
    throw new Error(
      `${this.operator}: fn returned ${describe(this.#like)} at first, and ${describe(y)} when it ran again` +
        `${y.vertex === undefined ? ", made from nothing that requires a gradient" : ""}. It must compute the same again.`,
    );
  }

  /** The result with the graph that leads to it. */
  #compute(): Variable {
    const outer = recomputing;
    recomputing = true;
    try {
      return withRecording(true, this.#run as () => Variable);
    } finally {
      recomputing = outer;
    }
  }

  release(): void {
    this.inputs = undefined;
    this.saved = [];
    this.constants = [];
    this.#run = undefined;
  }
}

/** Where the newer part of a graph starts: the older vertices and leaves below it. */
function edgeOf(y: Vertex<Variable>, before: number): readonly Vertex<Variable>[] {
  const edge = new Set<Vertex<Variable>>();
  const seen = new Set<Vertex<Variable>>();
  const open: (Vertex<Variable> | undefined)[] = [y];
  while (open.length > 0) {
    const vertex = open.pop();
    if (vertex === undefined || seen.has(vertex)) continue;
    seen.add(vertex);
    const order = vertex instanceof Leaf ? vertex.owner.order : vertex.order;
    if (order <= before) edge.add(vertex);
    else for (const input of vertex.inputs ?? []) open.push(input);
  }
  return [...edge];
}
