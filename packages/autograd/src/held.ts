import type { Tensor } from "@conv/core";
import type { Vertex } from "./vertex.js";

/** What a Variable is to those who look for tensors. */
interface Holder<V> {
  readonly vertex: Vertex<V> | undefined;
}

/** How to look into a Variable: at its value, its gradient, and the handle that steps have on the value. */
interface Look<V> {
  value(x: V): Tensor;
  grad(x: V): V | undefined;
  handle(x: V): Tensor;
}

/** The tensors of Variables, of their gradients, and of all that the steps they came from keep: those newer than `since`. */
export function tensorsHeld<V extends Holder<V>>(look: Look<V>, variables: readonly V[], since = 0): Set<Tensor> {
  const tensors = new Set<Tensor>();
  const holders = new Set<V>();
  const vertices = new Set<Vertex<V>>();
  const open: (V | undefined)[] = [...variables];
  const ahead: (Vertex<V> | undefined)[] = [];
  const visit = (x: V | undefined) => {
    if (x === undefined || holders.has(x)) return;
    holders.add(x);
    const grad = look.grad(x);
    if (grad !== undefined) tensors.add(look.value(grad));
    open.push(grad);
    ahead.push(x.vertex);
  };
  for (const x of variables) tensors.add(look.value(x));
  while (open.length + ahead.length > 0) {
    visit(open.pop());
    const vertex = ahead.pop();
    if (vertex !== undefined && vertex.order > since && !vertices.has(vertex)) {
      vertices.add(vertex);
      for (const constant of vertex.constants) tensors.add(constant);
      for (const saved of vertex.saved) {
        tensors.add(look.handle(saved));
        open.push(saved);
      }
      for (const input of vertex.inputs ?? []) ahead.push(input);
    }
  }
  return tensors;
}
