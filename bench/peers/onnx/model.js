// ONNX files, which Debian's python3-onnx could write too: a chain of nodes in a graph. The numbers of fields are those of
// onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

import { message } from "./protobuf.js";

const FLOAT = 1; // TensorProto.DataType
const INT64 = 7;
const INTEGER = 2; // AttributeProto.AttributeType
const INTEGERS = 7;
const IR_VERSION = 8;
const OPSET = 17;

const attribute = (name, value) =>
  Array.isArray(value) ? message({ 1: name, 8: value, 20: INTEGERS }) : message({ 1: name, 3: value, 20: INTEGER });

/** A node: `y = operator(inputs)`, named by what it gives. */
export function node(operator, inputs, y, attributes = {}) {
  const listed = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return message({ 1: inputs, 2: [y], 3: y, 4: operator, 5: listed });
}

const bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A constant of the graph: float32, or int64 for a BigInt64Array. */
export function constant(name, shape, values) {
  const type = values instanceof BigInt64Array ? INT64 : FLOAT;
  return message({ 1: shape, 2: type, 8: name, 9: bytesOf(values) });
}

/** What goes in or comes out: a name and the shape of a float32 tensor. */
function port(name, shape) {
  const dimensions = message({ 1: shape.map((length) => message({ 1: length })) });
  return message({ 1: name, 2: message({ 1: message({ 1: FLOAT, 2: dimensions }) }) });
}

/**
 * The bytes of a model.
 *
 * @param {object} graph
 * @param {readonly Uint8Array[]} graph.nodes In the order of computation.
 * @param {readonly Uint8Array[]} [graph.constants]
 * @param {Record<string, readonly number[]>} graph.inputs Names and shapes.
 * @param {readonly number[]} graph.yShape Of the output, "y".
 */
export function model({ nodes, constants = [], inputs, yShape }) {
  const ports = Object.entries(inputs).map(([name, shape]) => port(name, shape));
  const graph = message({ 1: nodes, 2: "graph", 5: constants, 11: ports, 12: [port("y", yShape)] });
  return message({ 1: IR_VERSION, 7: graph, 8: message({ 1: "", 2: OPSET }) });
}
