import { defineOp, enableGrad, scope, Variable, variable } from "@conv/autograd";
import { type DType, type Kernels, type Shape, Tensor } from "@conv/core";
import { checkChoice, checkInteger, checkOptions, formatShape, formatValue, held } from "@conv/core/operators";
import { leavingAsItWas } from "../asItWas.js";
import { Module } from "../module.js";
import { retold } from "../retold.js";
import { giveBack } from "../views.js";
import { type Field, fieldOfInput } from "./field.js";
import { type Enter, flatten, type Layer, layerOf, listen } from "./layer.js";
import { type Meta, metaDevice } from "./metaDevice.js";
import { bytesOf } from "./traced.js";

/** The options of `summary` and `mermaid`. */
export interface TraceOptions {
  /** The type of the inputs' elements. Default `"float32"`. */
  readonly dtype?: DType;
}

/** The shape of a model's input, or, for several, of each. */
export type InputShape = Shape | readonly Shape[];

/** A tensor that the model was given. */
export interface Entry {
  readonly kind: "input";
  readonly order: number;
  readonly shape: Shape;
}

/** A kernel that ran in a call of a module, and in none inside it. */
export interface Step {
  readonly kind: "step";
  /** When it was: inputs, steps and the beginnings of calls count together. */
  readonly order: number;
  readonly call: Call;
  readonly kernel: keyof Kernels<Tensor>;
  readonly geometry: unknown;
  readonly inputs: readonly Source[];
  readonly shape: Shape;
}

/** A call of a module's `forward`. */
export interface Call {
  readonly kind: "call";
  readonly order: number;
  readonly layer: Layer;
  readonly caller: Call | undefined;
  /** 1 for the module's first. */
  readonly number: number;
  macs: number;
  output: Output | undefined;
  /** What it passed on unchanged: dropout in use, say. */
  passed: Source | undefined;
}

/** What a call returned; if that is several tensors, the first. */
export interface Output {
  readonly shape: Shape;
  readonly bytes: number;
  readonly field: Field | undefined;
  /** The same for all tensors that share their elements. */
  readonly elements: object;
  readonly source: Source | undefined;
}

/** Where a tensor comes from. */
export type Source = Entry | Step | Call;

/** What happened when a model ran, for shapes alone. */
export interface Trace {
  /** The model, and all inside it. */
  readonly layers: readonly Layer[];
  readonly inputs: readonly Entry[];
  /** In the order in which they began. */
  readonly calls: readonly Call[];
  readonly steps: readonly Step[];
  /** Bytes of what a training step keeps until its way back, beside the parameters. */
  readonly keptBytes: number;
}

/**
 * Runs a model for its shapes alone, as in use (`eval()`): on a device that computes nothing, with every module's
 * `forward` listened to. Afterwards every field of every module is what it was.
 *
 * @throws {TypeError} When the model is not a Module, or a shape is none.
 * @throws {Error} What a layer throws, of the same class, with its name in the message.
 */
export function trace(operator: string, model: Module, inputShape: InputShape, options: TraceOptions = {}): Trace {
  checkOptions(operator, options, ["dtype"]);
  const { dtype = "float32" } = options;
  checkChoice(operator, "dtype", dtype, ["float32", "float64", "int32"]);
  if (!(model instanceof Module)) {
    const hint = typeof model === "function" ? "Pass an object: new …()." : "Is another copy of @conv/nn loaded?";
    throw new TypeError(`${operator}: model must be a Module, got ${formatValue(model)}. ${hint}`);
  }
  const inputs = shapesOf(operator, inputShape).map((shape, order): Entry => ({ kind: "input", order, shape }));
  const { meta, calls, steps, enter } = recorder(operator, inputs.length);
  const given = inputs.map((entry, i) => {
    const field = i === 0 ? fieldOfInput(entry.shape) : undefined;
    return variable(meta.place({ shape: entry.shape, dtype, field, macs: 0 }, entry), { requiresGrad: false });
  });
  const root = layerOf(model);
  const layers = flatten(root);
  let keptBytes = 0;
  const run = () => {
    const y: unknown = Reflect.apply(model.forward, model, given);
    keptBytes = y instanceof Variable ? bytesKept(meta, model, y) : 0;
  };
  leavingAsItWas(model, () => {
    for (const layer of layers) listen(layer, enter);
    scope(() => enableGrad(run));
  });
  return { layers, inputs, calls, steps, keptBytes };
}

/** Writes down what happens: calls of layers, and on the device that it makes, the kernels that run in them. */
function recorder(operator: string, start: number) {
  const [calls, steps]: [Call[], Step[]] = [[], []];
  const open: Call[] = [];
  const now = () => start + calls.length + steps.length;
  const meta = metaDevice<Source>(({ kernel, geometry, inputs, y }) => {
    const call = open[open.length - 1];
    call.macs += y.macs;
    const step: Step = { kind: "step", order: now(), call, kernel, geometry, inputs, shape: y.shape };
    steps.push(step);
    return step;
  });
  const enter: Enter = (layer, run, args) => {
    const number = 1 + calls.filter((call) => call.layer === layer).length;
    const call: Call = { kind: "call", order: now(), layer, number, macs: 0, ...NOTHING, caller: open.at(-1) };
    calls.push(call);
    open.push(call);
    try {
      const y = leave(meta, call, run());
      call.output = outputOf(meta, y);
      return y;
    } catch (error) {
      throw located(operator, layer, args, error);
    } finally {
      open.pop();
    }
  };
  return { meta, calls, steps, enter };
}

const NOTHING = { output: undefined, passed: undefined };

/** The shapes of the inputs, checked. */
function shapesOf(operator: string, inputShape: InputShape): readonly Shape[] {
  const isShape = (x: unknown): x is Shape => Array.isArray(x) && x.every((length) => typeof length === "number");
  const shapes: readonly unknown[] = isShape(inputShape) ? [inputShape] : Array.isArray(inputShape) ? inputShape : [];
  if (shapes.length === 0 || !shapes.every(isShape)) {
    throw new TypeError(
      `${operator}: inputShape must be a shape such as [1, 3, 224, 224], or a list of shapes, got ${formatValue(inputShape)}.`,
    );
  }
  return shapes.map((shape) => shape.map((n) => checkInteger(operator, `each axis of ${formatShape(shape)}`, n, 1)));
}

/** What a layer without layers inside passes on unchanged becomes a tensor of its own, which comes from there. */
function leave(meta: Meta<Source>, call: Call, y: unknown): unknown {
  if (!(y instanceof Variable) || call.layer.isContainer) return y;
  const from = meta.look(y[held])?.from;
  if (from === undefined || (from.kind === "step" && from.call === call)) return y;
  call.passed = from;
  const pass = defineOp({
    name: "pass",
    inputs: ["x"],
    saves: [],
    forward: ({ x }) => meta.pass(x, call),
    adjoint: { x: (gradY) => gradY },
  });
  return pass(y);
}

/** The first tensor in a result. */
function outputOf(meta: Meta<Source>, y: unknown): Output | undefined {
  const first = [y, ...Object.values(Object(y))].find((x) => x instanceof Variable || x instanceof Tensor);
  if (first === undefined) return undefined;
  const value = first instanceof Variable ? first[held] : first;
  const { field, elements, from } = meta.look(value) ?? { field: undefined, elements: value, from: undefined };
  return { shape: value.shape, bytes: bytesOf(value), field, elements, source: from };
}

/** Bytes of the tensors that the steps behind y keep, beside those of the model. */
function bytesKept(meta: Meta<Source>, model: Module, y: Variable): number {
  const elementsOf = (x: Tensor): unknown => meta.look(x)?.elements ?? x.storage;
  const state = model.snapshot();
  const own = new Set(Object.values(state).map(elementsOf));
  giveBack(state);
  const bytes = new Map<unknown, number>();
  const seen = new Set([y.vertex]);
  for (const vertex of seen) {
    const { saved = [], constants = [], inputs = [] } = vertex ?? {};
    for (const x of [...saved.map((value) => value[held]), ...constants]) {
      if (!own.has(elementsOf(x))) bytes.set(elementsOf(x), bytesOf(x));
    }
    for (const input of inputs) seen.add(input);
  }
  return [...bytes.values()].reduce((sum, n) => sum + n, 0);
}

const isTold = new WeakSet<object>();

/** An error of the same class that says in which layer it was thrown, and for what. */
function located(operator: string, { name, type }: Layer, args: readonly unknown[], error: unknown): unknown {
  if (isTold.has(Object(error))) return error;
  const place = name === "" ? `the model (${type})` : `layer ${name} (${type})`;
  const shapes = args.filter((x) => x instanceof Variable || x instanceof Tensor).map((x) => formatShape(x.shape));
  const given = shapes.length > 0 ? `, given ${shapes.join(" and ")}` : "";
  const message = error instanceof Error ? error.message : String(error);
  const told = retold(error, `${operator}: ${place}${given}: ${message}`);
  isTold.add(told);
  return told;
}
