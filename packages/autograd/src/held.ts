import type { Tensor } from "@conv/core";
import type { Vertex } from "./vertex.js";

/** What a Variable is to those who look for tensors. */
interface Holder<V> {
  readonly value: Tensor;
  readonly grad: V | undefined;
  readonly vertex: Vertex<V> | undefined;
}

/** The tensors of Variables, of their gradients, and of all that the steps they came from keep. */
export function tensorsOf<V extends Holder<V>>(...variables: readonly V[]): Set<Tensor> {
  const tensors = new Set<Tensor>();
  const holders = new Set<V>();
  const vertices = new Set<Vertex<V>>();
  const open: (V | undefined)[] = [...variables];
  const ahead: (Vertex<V> | undefined)[] = [];
  while (open.length + ahead.length > 0) {
    const x = open.pop();
    if (x !== undefined && !holders.has(x)) {
      holders.add(x);
      tensors.add(x.value);
      open.push(x.grad);
      ahead.push(x.vertex);
    }
    const vertex = ahead.pop();
    if (vertex !== undefined && !vertices.has(vertex)) {
      vertices.add(vertex);
      for (const constant of vertex.constants) tensors.add(constant);
      for (const value of vertex.saved) open.push(value);
      for (const input of vertex.inputs ?? []) ahead.push(input);
    }
  }
  return tensors;
}
