import { Tensor } from "@conv/core";
import type { Module } from "../module.js";
import { ownBufferOf } from "../ownBuffer.js";
import type { Field, Span } from "./field.js";
import { formatSummary } from "./formatSummary.js";
import type { Layer } from "./layer.js";
import type { LayerSummary, ParameterCount, ReceptiveField, Summary, SummaryTotals } from "./layerSummary.js";
import { type Call, type InputShape, type Trace, type TraceOptions, trace } from "./trace.js";
import { bytesOf } from "./traced.js";

/**
 * What a model does with an input of this shape, layer by layer: shapes, parameters, multiply-accumulates, memory, and
 * what of the input each layer's outputs see. The model runs once, as in use (`eval()`), on a device that computes nothing,
 * so that even a large one costs no time and no memory; afterwards it is as it was, on its own device all the time.
 *
 * A receptive field is told where all outputs have one of the same size, evenly apart; not after a transposed convolution with a
 * stride, uneven adaptive pooling or attention, say.
 *
 * One MAC is a product and its addition to a sum: those of convolutions (those with padding too), transposed convolutions,
 * linear layers and matrix products. Biases, poolings and what goes element by element count none, as in fvcore.
 *
 * @param model Any module; a user's own layers need nothing for this.
 * @param inputShape With the batch, [N, C, H, W]; of a model with several inputs a list of shapes.
 * @param options `dtype` of the inputs, "float32".
 * @throws {TypeError} When the model is not a Module, or inputShape not a shape.
 * @throws {Error} What a layer throws, of the same class, with the layer's name in front.
 * @see Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks" (Distill, 2019).
 * @example
 * const { totals, layers } = summary(new Sequential(new Conv2d(1, 6, 5), new ReLU(), new MaxPool2d(2)), [1, 1, 28, 28]);
 * totals.macs; // 86400
 * layers[3].outputShape; // [1, 6, 12, 12]
 * layers[3].receptiveField; // two times { size: 6, jump: 2, start: 2.5 }
 */
export function summary(model: Module, inputShape: InputShape, options: TraceOptions = {}): Summary {
  const traced = trace("summary", model, inputShape, options);
  const { calls, layers, inputs } = traced;
  const called = new Set(calls.map((call) => call.layer));
  const rows = [
    ...calls.map((call) => rowOf(call.layer, call)),
    ...layers.filter((layer) => !called.has(layer)).map((layer) => rowOf(layer)),
  ];
  const result = {
    inputShapes: inputs.map(({ shape }) => shape),
    layers: rows,
    totals: totalsOf(model, traced, options),
  };
  return { ...result, toString: () => formatSummary(result) };
}

/** The row of a call, or of a layer that was not called. */
function rowOf({ module, name, type }: Layer, call?: Call): LayerSummary {
  const { number = 0, macs = 0, output } = call ?? {};
  return {
    name,
    type,
    depth: name === "" ? 0 : name.split(".").length,
    call: number,
    outputShape: output?.shape,
    parameters: countOf(ownParameters(module)),
    macs,
    outputBytes: output?.bytes ?? 0,
    receptiveField: output?.field && receptiveField(output.field),
  };
}

const receptiveField = (field: Field) =>
  field.map((span: Span | undefined): ReceptiveField | undefined => {
    if (span === undefined) return undefined;
    return { size: span.size, jump: span.jump, start: span.first + (span.size - 1) / 2 };
  });

type Parameter = ReturnType<Module["parameters"]>[number];

/** Those of the module without those of the modules inside it: the first that it names. */
function ownParameters(module: Module): readonly Parameter[] {
  const inside = module.children().reduce((sum, [, child]) => sum + child.namedParameters().length, 0);
  const all = module.namedParameters().map(([, parameter]) => parameter);
  return [...new Set(all.slice(0, all.length - inside))];
}

function countOf(parameters: readonly Parameter[]): ParameterCount {
  const count = (isTrainable: boolean) =>
    parameters.filter((p) => p.requiresGrad === isTrainable).reduce((sum, p) => sum + p.size, 0);
  return { trainable: count(true), frozen: count(false) };
}

function totalsOf(
  model: Module,
  { calls, inputs, keptBytes }: Trace,
  { dtype = "float32" }: TraceOptions,
): SummaryTotals {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const outputs = new Map(calls.map(({ output }) => [output?.elements, output?.bytes ?? 0]));
  for (const input of inputs) outputs.delete(input); // passed on
  return {
    parameters: countOf(model.parameters()),
    macs: sum(calls.map((call) => call.macs)),
    inputBytes: sum(inputs.map(({ shape }) => bytesOf({ shape, dtype }))),
    outputBytes: sum([...outputs.values()]),
    keptBytes,
    parameterBytes: sum(model.parameters().map(bytesOf)),
    bufferBytes: sum(bufferBytes(model)),
  };
}

/** The bytes of each buffer; one may be in two places. That a device keeps equal numbers of several once does not count. */
function bufferBytes(model: Module): number[] {
  const fields = model.modules().flatMap((module) =>
    Object.entries(Object.getOwnPropertyDescriptors(module)).flatMap(([name, field]): unknown[] => {
      if (!field.enumerable) return [];
      const own = ownBufferOf(field);
      return [own ? own.peek() : Reflect.get(module, name)];
    }),
  );
  return [...new Set(fields)].flatMap((x) => (x instanceof Tensor ? [bytesOf(x)] : []));
}
