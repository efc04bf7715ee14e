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
  expectOwnTensor,
  expectShape,
  expectTensor,
  formatShape,
} from "@conv/core/operators";
import { type GraphNode, sweep, type Vertex } from "./sweep.js";

/** How `backward` and `grad` go about it. */
export interface BackwardOptions {
  /** Record the sweep itself, so that gradients can be differentiated again. Default false. */
  readonly createGraph?: boolean;
  /** Keep the graph for another sweep. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
}

let recording = true;
let steps = 0;

/** A tensor with a place in the graph: it remembers how it was made, so that gradients find the way back. */
export class Variable implements Vertex<Variable> {
  /** Whether gradients flow to or through here. */
  readonly requiresGrad: boolean;
  /** The step that made this, none for a leaf. */
  readonly node: GraphNode<Variable> | undefined;
  /** Σ of the gradients that `backward` brought here; leaves only. */
  grad: Variable | undefined;
  /** How often `value` was assigned. */
  version = 0;
  #value: Tensor;

  /** For operators; users call `variable`. */
  constructor(value: Tensor, requiresGrad: boolean, node?: GraphNode<Variable>) {
    this.#value = value;
    this.requiresGrad = requiresGrad;
    this.node = node;
  }

  /** The tensor. Assign another of the same shape to change a parameter. */
  get value(): Tensor {
    return this.#value;
  }

  set value(value: Tensor) {
    expectTensor("variable", "the new value", value);
    expectOwnTensor("variable", value);
    expectShape("variable", "the new value", value.shape, this.#value.shape);
    this.#value = value;
    this.version++;
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
    return this.#value.data();
  }

  /** The elements, row-major, at once. */
  dataSync(): TypedArray {
    return this.#value.dataSync();
  }

  /** The elements as nested arrays. */
  array(): Promise<NestedArray> {
    return this.#value.array();
  }

  /** The only element. */
  item(): number {
    return this.#value.item();
  }

  /** The same tensor as a leaf that needs no gradient. */
  detach(): Variable {
    return new Variable(this.#value, false);
  }

  /**
   * Adds to the `grad` of every leaf that this was made of: gradY times the derivative of this in the leaf.
   *
   * @param gradY Of this shape. Default, for a scalar: 1.
   * @throws {ShapeError} When this is no scalar and gradY is missing, or gradY has another shape.
   */
  backward(gradY?: Variable | Tensor, options: BackwardOptions = {}): void {
    checkOptions("backward", options, ["createGraph", "retainGraph"]);
    for (const [leaf, gradient] of gradientsOf("backward", this, gradY, options)) {
      if (leaf.node !== undefined || !leaf.requiresGrad) continue;
      leaf.grad = leaf.grad === undefined ? ownOf(gradient) : sumOf(leaf.grad, gradient);
    }
  }
}

/**
 * A leaf of the graph.
 *
 * @param options `requiresGrad`: whether `backward` should bring a gradient here. Default true.
 */
export function variable(value: Tensor, options: { readonly requiresGrad?: boolean } = {}): Variable {
  expectTensor("variable", "value", value);
  expectOwnTensor("variable", value);
  checkOptions("variable", options, ["requiresGrad"]);
  const { requiresGrad = true } = options;
  checkBoolean("variable", "requiresGrad", requiresGrad);
  if (requiresGrad && value.dtype === "int32") {
    throw new TypeError("variable: int32 has no gradients. Use float32, or { requiresGrad: false }.");
  }
  return new Variable(value, requiresGrad);
}

/** A Variable itself, or a tensor as a leaf that needs no gradient. */
export function asVariable(x: Variable | Tensor): Variable {
  return x instanceof Tensor ? new Variable(x, false) : x;
}

/**
 * An argument as a Variable.
 *
 * @throws {TypeError} When it is neither one nor a tensor.
 */
export function inputOf(operator: string, name: string, x: Variable | Tensor): Variable {
  expectTensor(operator, name, x);
  return asVariable(x);
}

/**
 * The result of a step whose tensor is `value`: a part of the graph if an input needs a gradient and steps are recorded.
 *
 * @param pullback The gradient of each input that needs one, from that of the result.
 */
export function record(
  operator: string,
  value: Tensor,
  inputs: readonly Variable[],
  pullback: (gradY: Variable) => readonly (Variable | undefined)[],
): Variable {
  if (!recording || !inputs.some((input) => input.requiresGrad)) return new Variable(value, false);
  const versions = inputs.map((input) => input.version);
  let pull: typeof pullback | undefined = pullback;
  const node = {
    order: ++steps,
    inputs,
    pullback(gradY: Variable) {
      if (pull === undefined) {
        throw new Error(
          `backward: the graph of ${operator} was freed by an earlier backward. Pass { retainGraph: true } to that one.`,
        );
      }
      const changed = inputs.findIndex((input, i) => input.version !== versions[i]);
      if (changed >= 0) {
        throw new Error(
          `backward: the value of input ${changed + 1} of ${operator}, of shape ${formatShape(inputs[changed].shape)}, was ` +
            `assigned after ${operator} used it. Call backward before changing it, or compute the result again.`,
        );
      }
      return pull(gradY);
    },
    release() {
      pull = undefined;
      node.inputs = []; // with them goes what only they hold
    },
  };
  return new Variable(value, true, node);
}

/** Runs `fn` with recording on or off, and puts it back as it was. */
function withRecording<R>(on: boolean, fn: () => R): R {
  const before = recording;
  recording = on;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/**
 * Runs `fn` without recording the graph: for evaluation.
 *
 * @returns What `fn` returns.
 * @throws {TypeError} When `fn` is asynchronous: recording would be on again after its first await.
 */
export function noGrad<R>(fn: () => R): R {
  const result = withRecording(false, fn);
  if (result instanceof Promise) {
    throw new TypeError("noGrad: fn must not be asynchronous. Wrap each synchronous part in its own noGrad.");
  }
  return result;
}

/** The same gradient as a Variable of its own: several leaves may have received one and the same. */
function ownOf(gradient: Variable): Variable {
  return record("the gradient", gradient.value, [gradient], (gradY) => [gradY]);
}

/** a + b for gradients, which have one shape; itself a step of the graph when the sweep is recorded. */
function sumOf(a: Variable, b: Variable): Variable {
  return record("the sum of gradients", add(a.value, b.value), [a, b], (gradY) => [gradY, gradY]);
}

/** The gradients of y in its leaves and in the wanted Variables. */
export function gradientsOf(
  operator: string,
  y: Variable,
  gradY: Variable | Tensor | undefined,
  { createGraph = false, retainGraph = createGraph }: BackwardOptions,
  wanted?: ReadonlySet<Variable>,
): Map<Variable, Variable> {
  if (!y.requiresGrad) {
    throw new Error(
      `${operator}: y was not made from a Variable that requires a gradient. Make one with variable(tensor).`,
    );
  }
  if (gradY === undefined && y.size !== 1) {
    throw new ShapeError(
      `${operator}: y has shape ${formatShape(y.shape)}; only a scalar has an implied gradient. ` +
        `Pass one of the same shape: ${operator === "grad" ? "{ gradY }" : "backward(y, gradY)"}.`,
    );
  }
  const seed = asVariable(gradY ?? ones(y.shape, { dtype: y.dtype, device: y.device }));
  expectShape(operator, "gradY", seed.shape, y.shape);
  return withRecording(createGraph, () => sweep(y, seed, { sum: sumOf, wanted, retainGraph }));
}
