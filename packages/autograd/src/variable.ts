import {
  type Device,
  type DType,
  type NestedArray,
  ones,
  type Shape,
  ShapeError,
  Tensor,
  type TypedArray,
} from "@conv/core";
import { add } from "@conv/core/kernels";
import {
  checkBoolean,
  checkOptions,
  checkTensors,
  currentScope,
  expectDType,
  expectOwnTensor,
  expectShape,
  expectTensor,
  formatShape,
  formatValue,
  held,
  isTemporary,
  moveTo,
  type Scope,
} from "@conv/core/operators";
import { tensorsHeld } from "./held.js";
import { isRecording, withRecording } from "./recording.js";
import { sweep } from "./sweep.js";
import { Leaf, type Memory, nextOrder, Step, type Vertex } from "./vertex.js";
import { noteUse } from "./watch.js";

/** How `backward` and `grad` go about it. */
export interface BackwardOptions {
  /** Record the sweep itself, so that gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Keep the graph for another sweep. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
}

/** Looks at a gradient; one that it returns takes its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
export type GradientHook = (gradient: Variable) => Variable | Tensor | undefined | void;

/** What `registerHook` gives back. */
export interface HookHandle {
  /** From now on the hook is not called any more. */
  remove(): void;
}

/**
 * Tensors that Variables got from this package and showed to nobody: a value that `update` made, a gradient that a sweep
 * brought. When another takes their place they are disposed of. What a user was given, or gave, is not among them.
 */
const unseen = new WeakSet<Tensor>();

/** The handle that steps have on a Variable's value: the elements stay until the last of them has let go of it. */
interface Handle {
  readonly tensor: Tensor;
  steps: number;
  /** Whether a step that is not of this package has seen the tensor: then it is left to the garbage collector. */
  isSeen: boolean;
}

/** The value, for those who neither keep it nor show it around. */
export let peek: (x: Variable) => Tensor;

/** Takes part in the handle on a Variable's value; the function that it returns lets go of it. */
export let hold: (x: Variable, isOurs: boolean) => () => void;

/** A leaf around a tensor of somebody else's, which nobody disposes of but its scope. */
let leafOf: (value: Tensor, requiresGrad: boolean) => Variable;

/** The tensors of Variables, of their gradients, and of all that the steps they came from keep: those newer than `since`. */
export let tensorsOf: (options: { readonly since?: number }, ...variables: readonly Variable[]) => Set<Tensor>;

/**
 * A tensor with a place in the graph: it remembers how it was made, so that gradients find the way back. Operators make
 * them; leaves, which nothing made, come from `variable`.
 */
export class Variable {
  #vertex: Vertex<Variable> | undefined;
  /** When it was made: Variables and steps count together. */
  readonly order = nextOrder();
  #value: Tensor;
  #grad: Variable | undefined;
  #version = 0;
  /** Its value and its gradient live as long as the scope it was made in. */
  #home: Scope | undefined = currentScope();
  #handle: Handle | undefined;
  /** Whether the value is somebody else's tensor, not one that an operator made. */
  #isGiven = false;

  static {
    // An operator's inside disposes of the values of its Variables: then the handle of the steps is all there is.
    peek = (x) => (x.#value.isDisposed && x.#handle !== undefined ? x.#handle.tensor : x.#value);
    hold = (x, isOurs) => {
      if (x.#isGiven || x.#vertex instanceof Leaf) return () => {};
      if (x.#handle === undefined || x.#handle.steps === 0) {
        const tensor = Tensor.view(x.#value, x.shape);
        moveTo(x.#home, [tensor]); // it outlives the operator that is at work
        x.#handle = { tensor, steps: 0, isSeen: false };
      }
      const handle = x.#handle;
      handle.steps++;
      if (!isOurs) handle.isSeen = true;
      return () => {
        if (--handle.steps === 0 && !handle.isSeen) handle.tensor.dispose();
      };
    };
    leafOf = (value, requiresGrad) => {
      const leaf = new Variable(value, requiresGrad);
      leaf.#isGiven = !isTemporary(value);
      return leaf;
    };
    const look = {
      value: peek,
      grad: (x: Variable) => x.#grad,
      handle: (x: Variable) => x.#handle?.tensor ?? x.#value,
    };
    tensorsOf = ({ since }, ...variables) => tensorsHeld(look, variables, since);
  }

  /** For operators; users call `variable`. */
  constructor(value: Tensor, requiresGrad: boolean, step?: Vertex<Variable>) {
    this.#value = value;
    this.#vertex = step ?? (requiresGrad ? new Leaf<Variable>(this) : undefined);
  }

  /** Where gradients arrive, if this needs one. */
  get vertex(): Vertex<Variable> | undefined {
    return this.#vertex;
  }

  /**
   * The tensor. Assign another one to change a parameter, or to move it to another device; a step that used the old one
   * notices.
   *
   * @throws {ShapeError} When the new one has another shape.
   * @throws {TypeError} When it has another dtype, or is no tensor; or when this is the result of a step, whose gradient
   *   would go on as that of the old value.
   */
  get value(): Tensor {
    noteUse(this);
    const value = peek(this);
    unseen.delete(value);
    return value;
  }

  set value(value: Tensor) {
    if (value === this.#value) return;
    if (!this.isLeaf) {
      throw new TypeError(
        `variable: this is the result of ${this.vertex?.operator}, and its gradient would go on as that of the old value. ` +
          `Assign to detach(), or to a variable(tensor).`,
      );
    }
    expectTensor("variable", "the new value", value);
    expectOwnTensor("variable", value);
    expectShape("variable", "the new value", value.shape, this.#value.shape);
    expectDType("variable", "the new value", value.dtype, this.#value.dtype);
    const before = this.#value;
    this.#value = value;
    this.#handle = undefined; // steps that used the old one have it
    this.#version++;
    moveTo(this.#home, [value]);
    if (unseen.has(before)) before.dispose();
  }

  /** The value, for operators: see `held` of `@conv/core/operators`. */
  get [held](): Tensor {
    return peek(this);
  }

  /** Σ of the gradients that `backward` brought here; leaves only. Set it to undefined to start anew. */
  get grad(): Variable | undefined {
    if (this.#grad !== undefined) unseen.delete(this.#grad.#value);
    return this.#grad;
  }

  set grad(grad: Variable | undefined) {
    const before = this.#grad;
    this.#grad = grad === undefined || grad === null ? undefined : expectLike("variable", "the new grad", grad, this);
    if (before !== undefined && before !== this.#grad && unseen.has(before.#value)) before.#value.dispose();
    if (this.#grad === undefined) return;
    this.#grad.#home = this.#home;
    if (currentScope() !== undefined) moveTo(this.#home, tensorsOf({}, this.#grad));
  }

  /** How often `value` was assigned. */
  get version(): number {
    return this.#version;
  }

  /**
   * Whether gradients flow to or through here. Assign false to a leaf to freeze it: steps from then on lead no gradient to it.
   *
   * @throws {TypeError} When this is the result of a step (use `detach()`), is int32, or what is assigned is no boolean.
   */
  get requiresGrad(): boolean {
    return this.#vertex !== undefined;
  }

  set requiresGrad(on: boolean) {
    if (checkBoolean("variable", "requiresGrad", on) === this.requiresGrad) return;
    if (!this.isLeaf) {
      throw new TypeError(
        `variable: this is the result of ${this.vertex?.operator}, which requires a gradient. Use detach() for its value alone.`,
      );
    }
    if (on) expectDifferentiable(this.dtype);
    this.#vertex = on ? new Leaf<Variable>(this) : undefined;
    this.#isGiven = true; // its value stays, as that of a leaf
  }

  /** Whether no operator made this, or none that is recorded. */
  get isLeaf(): boolean {
    return this.vertex === undefined || this.vertex instanceof Leaf;
  }

  get shape(): Shape {
    return this.#value.shape;
  }

  get dtype(): DType {
    return this.#value.dtype;
  }

  get device(): Device {
    return this.#value.device;
  }

  /** Number of elements. */
  get size(): number {
    return this.#value.size;
  }

  /** The elements, row-major, when they are there. */
  data(): Promise<TypedArray> {
    return this.#read().data();
  }

  /** The elements, row-major, at once. */
  dataSync(): TypedArray {
    return this.#read().dataSync();
  }

  /** The elements as nested arrays. */
  array(): Promise<NestedArray> {
    return this.#read().array();
  }

  /** The only element. */
  item(): number {
    return this.#read().item();
  }

  #read(): Tensor {
    noteUse(this);
    return peek(this);
  }

  /**
   * For optimizers: assigns what `next` makes of value and gradient; without a gradient, nothing happens. What `update` or
   * `backward` made, and nobody was given since, is disposed of when another takes its place.
   *
   * @param next Returns a tensor of its own, and keeps neither of those that it is given.
   * @example
   * const p = variable(tensor([3]));
   * mul(p, p).backward();
   * p.update((value, gradient) => tensor([value.dataSync()[0] - 0.5 * gradient.dataSync()[0]]));
   * p; // [0]
   */
  update(next: (value: Tensor, gradient: Tensor) => Tensor): void {
    if (this.#grad === undefined) return;
    const [before, gradient] = [peek(this), peek(this.#grad)];
    const value = next(before, gradient);
    this.value = value;
    if (value !== before && value !== gradient) unseen.add(value);
  }

  /**
   * For those who move or load parameters: puts what `next` makes of the value in its place. If `next` returns what it was
   * given, it only looked. What this, `update` or `backward` made, and nobody was given since, is disposed of when another
   * takes its place.
   *
   * @param next Returns the value, or a tensor of its own, and keeps neither.
   * @example
   * const p = variable(tensor([3]));
   * p.updateValue((value) => tensor([value.dataSync()[0] / 2]));
   * p; // [1.5]
   */
  updateValue(next: (value: Tensor) => Tensor): void {
    const before = peek(this);
    const value = next(before);
    if (value === before) return;
    this.value = value;
    unseen.add(value);
  }

  /**
   * For those who clip: puts what `next` makes of the gradient in its place, without its graph; without a gradient, nothing
   * happens. If `next` returns what it was given, it only looked. What `backward` or this made, and nobody was given since,
   * is disposed of.
   *
   * @param next Returns the gradient, or a tensor of its own, and keeps neither.
   * @example
   * const p = variable(tensor([3]));
   * mul(p, p).backward();
   * p.updateGrad((gradient) => tensor([gradient.dataSync()[0] / 2]));
   * p.grad; // [3]
   */
  updateGrad(next: (gradient: Tensor) => Tensor): void {
    if (this.#grad === undefined) return;
    const before = peek(this.#grad);
    const gradient = next(before);
    if (gradient === before) return;
    this.grad = new Variable(gradient, false);
    unseen.add(gradient);
  }

  /** The same tensor as a leaf that needs no gradient. */
  detach(): Variable {
    return new Variable(this.value, false);
  }

  /**
   * Calls `hook` with every gradient that arrives here, summed over all paths, before it goes on. A gradient that it
   * returns takes its place: it must have this shape and dtype.
   *
   * @returns `remove()` ends it.
   * @throws {TypeError} When no gradient will arrive, since this requires none.
   * @example
   * const x = variable(tensor([1, 2]));
   * const handle = x.registerHook((gradient) => mul(gradient, 10));
   * sum(x).backward();
   * handle.remove();
   * x.grad; // [10, 10]
   */
  registerHook(hook: GradientHook): HookHandle {
    if (typeof hook !== "function") {
      throw new TypeError(`registerHook: hook must be a function of the gradient, got ${formatValue(hook)}.`);
    }
    if (this.vertex === undefined) {
      throw new TypeError("registerHook: this Variable requires no gradient. Make it with variable(tensor).");
    }
    this.vertex.hooks ??= new Set();
    const { hooks } = this.vertex;
    const checked = (gradient: Variable) => {
      const other = hook(gradient) ?? undefined;
      return other === undefined ? undefined : expectLike("registerHook", "what the hook returns", other, gradient);
    };
    hooks.add(checked);
    return { remove: () => void hooks.delete(checked) };
  }

  /**
   * Adds to the `grad` of every leaf that this was made of: gradY times the derivative of this in the leaf.
   *
   * @param gradY Of this shape and dtype. Default, for a scalar: 1.
   * @param options `createGraph` false: record the sweep, so that gradients can be differentiated again; `retainGraph`,
   *   by default the value of `createGraph`: keep the graph for another sweep.
   * @throws {ShapeError} When this is no scalar and gradY is missing, or gradY has another shape.
   * @throws {Error} When an earlier sweep freed the graph, or a value was assigned after it was used.
   */
  backward(gradY?: Variable | Tensor, options: BackwardOptions = {}): void {
    checkOptions("backward", options, ["createGraph", "retainGraph"]);
    for (const [vertex, gradient] of gradientsOf("backward", this, gradY, options)) {
      if (vertex instanceof Leaf) (vertex.owner as Variable).#receive(gradient);
    }
  }

  /** Takes over a gradient that nobody else has. */
  #receive(gradient: Variable): void {
    const sofar = this.#grad;
    const isRecorded = gradient.requiresGrad || sofar?.requiresGrad === true;
    const total = sofar === undefined ? gradient : withRecording(isRecorded, () => sumOf(sofar, gradient));
    this.grad = total;
    unseen.add(total.#value);
    if (total !== gradient) gradient.#value.dispose();
  }

  /** For `keep`: from now on its values and gradients live on after every scope. */
  outlive(): void {
    this.#home = undefined;
  }

  toString(): string {
    return `Variable ${formatShape(this.shape)} ${this.dtype} on ${this.device.name}`;
  }
}

/**
 * A leaf of the graph.
 *
 * @param options `requiresGrad`: whether `backward` should bring a gradient here. Default true.
 * @throws {TypeError} When the value is no tensor, or int32 and to have a gradient.
 */
export function variable(value: Tensor, options: { readonly requiresGrad?: boolean } = {}): Variable {
  expectTensor("variable", "value", value);
  expectOwnTensor("variable", value);
  checkOptions("variable", options, ["requiresGrad"]);
  const { requiresGrad = true } = options;
  checkBoolean("variable", "requiresGrad", requiresGrad);
  noteUse(value);
  if (requiresGrad) expectDifferentiable(value.dtype);
  return leafOf(value, requiresGrad);
}

function expectDifferentiable(dtype: DType): void {
  if (dtype !== "int32") return;
  throw new TypeError("variable: int32 has no gradients. Use float32, or { requiresGrad: false }.");
}

/** What operators take. */
export type Input = Variable | Tensor;

/**
 * An argument as a Variable: itself, or a tensor as a leaf that needs no gradient.
 *
 * @throws {TypeError} When it is neither one nor a tensor.
 */
export function inputOf(operator: string, name: string, x: Input): Variable {
  noteUse(x);
  if (x instanceof Variable) return x;
  expectTensor(operator, name, x);
  expectOwnTensor(operator, x);
  return leafOf(x, false);
}

/**
 * The result of a step whose tensor is `value`: a part of the graph if an input needs a gradient, the result can have
 * one, and steps are recorded.
 *
 * @param remember What is kept for the way back; it may keep the result y itself.
 */
export function record(
  operator: string,
  value: Tensor,
  inputs: readonly Variable[],
  remember: (y: Variable) => Memory<Variable>,
): Variable {
  if (!isRecording() || value.dtype === "int32" || !inputs.some((input) => input.requiresGrad)) {
    return new Variable(value, false);
  }
  const step = new Step<Variable>(
    operator,
    inputs.map(({ vertex }) => vertex),
  );
  const y = new Variable(value, true, step);
  const memory = remember(y);
  const { saved, constants, isOurs } = memory;
  moveTo(currentScope(), constants);
  const handles = Object.values(saved).map((x) => hold(x, isOurs));
  step.remember(memory, () => {
    for (const letGo of handles) letGo();
    if (isOurs) for (const x of constants) x.dispose();
  });
  return y;
}

/** The same gradient as a Variable of its own, with a tensor of its own: several places may have received one and the same. */
export function ownOf(gradient: Variable): Variable {
  const { shape } = gradient;
  const remember = () => ({ ...NOTHING, uses: [[]], pullback: (gradY: Variable) => [gradY] });
  return record("the gradient", Tensor.view(peek(gradient), shape), [gradient], remember);
}

/** What a step of this package remembers that needs no values. */
const NOTHING = { saved: {}, constants: [], isOurs: true };

/** a + b for gradients, which have one shape; itself a step of the graph when the sweep is recorded. */
function sumOf(a: Variable, b: Variable): Variable {
  const remember = () => ({ ...NOTHING, uses: [[], []], pullback: (gradY: Variable) => [gradY, gradY] });
  return record("the sum of gradients", add(peek(a), peek(b)), [a, b], remember);
}

/** The gradients of y at the wanted vertices, or at the leaves: each a Variable of its own. */
export function gradientsOf(
  operator: string,
  y: Variable,
  gradY: Variable | Tensor | undefined,
  { createGraph = false, retainGraph = createGraph }: BackwardOptions,
  wanted?: ReadonlySet<Vertex<Variable>>,
): Map<Vertex<Variable>, Variable> {
  if (!(y instanceof Variable)) {
    throw new TypeError(`${operator}: y must be a Variable, got ${formatValue(y)}. Compute it from variable(tensor).`);
  }
  checkBoolean(operator, "createGraph", createGraph);
  checkBoolean(operator, "retainGraph", retainGraph);
  const { vertex } = y;
  if (vertex === undefined) {
    throw new Error(
      y.dtype === "int32"
        ? `${operator}: y is int32, which has no gradients. Compute it in floats.`
        : `${operator}: nothing leads back from y. Make it from a variable(tensor) that requires a gradient; and in noGrad, ` +
            `hooks and adjoint rules, inside enableGrad.`,
    );
  }
  if (gradY === undefined && y.size !== 1) {
    throw new ShapeError(
      `${operator}: y has shape ${formatShape(y.shape)}; only a scalar has an implied gradient. ` +
        `Pass one of the same shape: ${operator === "grad" ? "{ gradY }" : "backward(y, gradY)"}.`,
    );
  }
  if ("retainGraph" in Object(gradY) || "createGraph" in Object(gradY)) {
    throw new TypeError(`${operator}: gradY comes first, the options second. Write backward(undefined, { … }).`);
  }
  const { shape, dtype, device } = y;
  const seed =
    gradY === undefined ? new Variable(ones(shape, { dtype, device }), false) : expectLike(operator, "gradY", gradY, y);
  const drop = (gradient: Variable) => peek(gradient).dispose();
  const options = { operator, sum: sumOf, own: ownOf, drop, wanted, retainGraph, isSeedOurs: gradY === undefined };
  return withRecording(createGraph, () => sweep(vertex, seed, options));
}

/** A gradient as a Variable: of the shape and dtype of what it is the gradient of, and on its device. */
export function expectLike(operator: string, name: string, gradient: Variable | Tensor, like: Variable): Variable {
  const given = inputOf(operator, name, gradient);
  expectShape(operator, name, given.shape, like.shape);
  expectDType(operator, name, given.dtype, like.dtype);
  checkTensors(operator, "same", [like, given]);
  return given;
}
