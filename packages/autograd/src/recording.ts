let recording = true;

/** Whether steps are recorded. */
export function isRecording(): boolean {
  return recording;
}

/** Runs `fn` with recording on or off, and puts it back as it was. */
export function withRecording<R>(on: boolean, fn: () => R): R {
  const before = recording;
  recording = on;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/**
 * Runs `fn` without recording the graph: for evaluation, and for changing parameters by hand.
 *
 * @returns What `fn` returns.
 * @throws {TypeError} When `fn` is asynchronous: recording would be on again after its first await.
 * @example
 * const x = variable(tensor(3));
 * noGrad(() => mul(x, x)).requiresGrad; // false
 */
export function noGrad<R>(fn: () => R): R {
  return synchronous("noGrad", withRecording(false, fn));
}

/**
 * Runs `fn` recording the graph, also where it is not recorded: in `noGrad`, and in hooks and adjoint rules, which a sweep
 * without `createGraph` runs unrecorded.
 *
 * @returns What `fn` returns.
 * @throws {TypeError} When `fn` is asynchronous.
 * @example
 * const x = variable(tensor(3));
 * noGrad(() => enableGrad(() => mul(x, x))).requiresGrad; // true
 */
export function enableGrad<R>(fn: () => R): R {
  return synchronous("enableGrad", withRecording(true, fn));
}

/**
 * The result of a function that must not be asynchronous, since what is set around it ends at its first await.
 *
 * @throws {TypeError} When it is a promise.
 */
export function synchronous<R>(operator: string, result: R): R {
  const { then } = Object(result);
  if (typeof then !== "function") return result;
  then.call(result, undefined, () => {}); // the error below is the one to see
  throw new TypeError(
    `${operator}: fn must not be asynchronous. Wrap each synchronous part in its own ${operator}, and await outside.`,
  );
}
