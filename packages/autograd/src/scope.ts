import { Tensor } from "@conv/core";
import { formatValue, moveTo, withScope } from "@conv/core/operators";
import { synchronous } from "./recording.js";
import { tensorsOf, Variable } from "./variable.js";

/**
 * Runs `fn`, and disposes of the tensors that were made in it, but for those that live on:
 *
 * - what `fn` returns: tensors and Variables, also in arrays, maps and objects, with all that their graphs keep;
 * - values and gradients of Variables that were there before;
 * - what `keep` was given.
 *
 * So memory comes back at once: the garbage collector looks after WebAssembly's and a GPU's memory late or never. What a
 * Variable held before is left alone when another value takes its place, if somebody was given it. Scopes nest: what lives on
 * belongs to the scope around. A training step is one scope.
 *
 * @returns What `fn` returns.
 * @throws {TypeError} When `fn` is asynchronous: wrap each synchronous part in a scope of its own, and await outside.
 * @example
 * const x = variable(tensor([1, 2, 3]));
 * scope(() => sum(mul(x, x)).backward());
 * x.grad; // [2, 4, 6]
 */
export function scope<R>(fn: () => R): R {
  return withScope(
    () => synchronous("scope", fn()),
    (result) => tensorsIn(result),
  );
}

/**
 * Lets a tensor, or a Variable with all that its graph keeps, live on after the scopes that are open: for what a program
 * remembers from step to step beside its Variables' values.
 *
 * @returns What it is given.
 * @throws {TypeError} When that is neither a tensor nor a Variable.
 * @example
 * let average = tensor([0, 0]);
 * scope(() => {
 *   average = keep(tensor([1, 2]));
 * });
 * average; // [1, 2]
 */
export function keep<T extends Variable | Tensor>(x: T): T {
  if (!(x instanceof Tensor || x instanceof Variable)) {
    throw new TypeError(`keep: x must be a tensor or a Variable, got ${formatValue(x)}. Keep each one by itself.`);
  }
  moveTo(undefined, tensorsIn(x));
  if (x instanceof Variable) x.outlive();
  return x;
}

/** The tensors in a value: itself, or in what it holds. */
function tensorsIn(value: unknown): Set<Tensor> {
  const tensors = new Set<Tensor>();
  const variables: Variable[] = [];
  const seen = new Set<unknown>();
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof Tensor) tensors.add(next);
    else if (next instanceof Variable) variables.push(next);
    else if (next instanceof Map) for (const entry of next) open.push(entry);
    else for (const inner of next instanceof Set ? next : Object.values(next)) open.push(inner);
  }
  for (const x of tensorsOf({}, ...variables)) tensors.add(x);
  return tensors;
}
