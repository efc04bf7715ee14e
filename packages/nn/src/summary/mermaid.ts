import type { Shape } from "@conv/core";
import type { Module } from "../module.js";
import { detailsOf } from "./details.js";
import { type Call, type InputShape, type Source, type Step, type Trace, type TraceOptions, trace } from "./trace.js";

/** What stands in the circle of an operator; others are called by their name. */
const SIGNS: Readonly<Record<string, string>> = { add: "+", sub: "−", mul: "×", div: "÷", concat: "concat" };

/** A pooling's second kernel, gathering, is what is drawn of it. */
const INDICES = ["maxPoolIndices", "adaptiveMaxPoolIndices"];

/**
 * How tensors flow through a model, as the text of a Mermaid flowchart: a node for each call of a layer that holds no
 * others, with its sizes and the shape of its output; small nodes for what modules compute themselves between them, such as
 * the `+` of a residual connection; a frame around the layers of a module. The model runs as for `summary`.
 *
 * @param model Any module.
 * @param inputShape With the batch, [N, C, H, W]; of a model with several inputs a list of shapes.
 * @param options `dtype` of the inputs, "float32".
 * @throws As `summary` does.
 * @see https://mermaid.js.org/syntax/flowchart.html
 * @example
 * mermaid(new Sequential(new Conv2d(1, 6, 5), new ReLU()), [1, 1, 28, 28]).split("\n").slice(0, 3);
 * // flowchart TD
 * //   n0(["input<br>1×1×28×28"])
 * //   n1["Conv2d 1→6 k5<br>1×6×24×24"]
 */
export function mermaid(model: Module, inputShape: InputShape, options: TraceOptions = {}): string {
  const traced = trace("mermaid", model, inputShape, options);
  const nodes = nodesOf(traced);
  const ids = new Map([...nodes].map((node, i) => [node, `n${i}`]));
  const declared = (node: Source, indent: string) => `${indent}${ids.get(node)}${boxOf(node, traced)}`;
  const frame = (call: Call | undefined, indent: string): string[] => {
    const inside = [...nodes].filter((node) => node.kind !== "input" && ownerOf(node) === call);
    const frames = traced.calls.filter((other) => isFrame(other) && other.caller === call);
    const parts = [...inside, ...frames].sort(byOrder);
    return parts.flatMap((part) => {
      if (part.kind !== "call" || !isFrame(part)) return [declared(part, indent)];
      const title = `${part.layer.name} (${part.layer.type})${part.number > 1 ? `, call ${part.number}` : ""}`;
      const id = `g${traced.calls.indexOf(part)}`;
      return [`${indent}subgraph ${id}["${escaped(title)}"]`, ...frame(part, `${indent}  `), `${indent}end`];
    });
  };
  const [root] = traced.calls;
  const arrows = edgesOf(traced).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`);
  const last = root.output?.source && nodeOf(root.output.source);
  const outputs = last === undefined ? [] : ['  out(["output"])', `  ${ids.get(last)} --> out`];
  return [
    "flowchart TD",
    ...traced.inputs.map((entry) => declared(entry, "  ")),
    ...frame(isFrame(root) ? root : undefined, "  "),
    ...new Set(arrows),
    ...outputs,
  ].join("\n");
}

/** A call of a module that holds others is a frame around theirs, not a node. */
const isFrame = (call: Call): boolean => call.layer.isContainer;

/** The frame that a node stands in. */
const ownerOf = (node: Call | Step): Call | undefined => (node.kind === "call" ? node.caller : node.call);

/** The node that stands for where a tensor comes from. */
function nodeOf(source: Source): Source {
  if (source.kind !== "step") return source;
  if (!isFrame(source.call)) return source.call;
  return INDICES.includes(source.kernel) ? nodeOf(source.inputs[0]) : source;
}

const byOrder = (a: Source, b: Source): number => a.order - b.order;

/** All nodes: inputs, calls of layers, and what frames compute themselves. */
function nodesOf({ inputs, calls, steps }: Trace): Set<Source> {
  const leaves = calls.filter((call) => !isFrame(call));
  return new Set([...inputs, ...leaves, ...steps.map(nodeOf)].sort(byOrder));
}

/** From where to where tensors flow. */
function edgesOf({ calls, steps }: Trace): (readonly [Source, Source])[] {
  const events: Source[] = [...calls, ...steps].sort(byOrder);
  const edges = events.flatMap((event) => {
    const inputs = event.kind === "step" ? event.inputs : event.kind === "call" && event.passed ? [event.passed] : [];
    return inputs.map((input) => [nodeOf(input), nodeOf(event)] as const);
  });
  return edges.filter(([from, to]) => from !== to);
}

/** A node's shape and its text. */
function boxOf(node: Source, { steps }: Trace): string {
  if (node.kind === "input") return `(["input<br>${product(node.shape)}"])`;
  if (node.kind === "call") {
    const { layer, number, output } = node;
    const title = [layer.type, ...detailsOf(steps.filter((step) => step.call === node))].join(" ");
    const again = number > 1 ? `, call ${number}` : "";
    return `["${escaped(title + again)}${output === undefined ? "" : `<br>${product(output.shape)}`}"]`;
  }
  const isPooling = node.inputs.some((input) => input.kind === "step" && INDICES.includes(input.kernel));
  const sign = SIGNS[node.kernel];
  return sign === undefined ? `("${isPooling ? "maxPool" : node.kernel}")` : `(("${escaped(sign)}"))`;
}

const product = (shape: Shape): string => shape.join("×") || "scalar";

/** Text between quotation marks: what Mermaid or Markdown would take for a mark of theirs is written by its number. */
const escaped = (text: string): string =>
  text.replace(/[\n\r\t]/g, " ").replace(/["#<>&`+\\*_[\]{}|;]/g, (mark) => `#${mark.charCodeAt(0)};`);
