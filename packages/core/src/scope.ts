/** What can be given back: tensors. */
interface Held {
  dispose(): void;
}

/** A stretch of a program that gives back, at its end, the tensors made in it. */
export interface Scope {
  /** What was made in it so far and belongs to nobody else. */
  readonly made: Set<Held>;
  readonly outer: Scope | undefined;
  /** Whether it has ended: what belongs to it belongs to the one around. */
  isOver: boolean;
}

let current: Scope | undefined;

/** The innermost scope that is open, if any. */
export function currentScope(): Scope | undefined {
  return current;
}

/** Whether a tensor belongs to an open scope other than the innermost: it was made before that one, and will end after it. */
export function isOfOuterScope(x: Held): boolean {
  for (let scope = current?.outer; scope !== undefined; scope = scope.outer) if (scope.made.has(x)) return true;
  return false;
}

/** Notes a new tensor in the innermost open scope. Those that the garbage collector takes need no scope. */
export function noteMade(x: Held): void {
  current?.made.add(x);
}

/**
 * Runs `fn` in a scope of its own: what it made is disposed of at the end, but for what `keptOf` names in its result,
 * which passes to the scope around it. If `fn` throws, all of it is disposed of.
 *
 * @returns What `fn` returns.
 */
export function withScope<R>(fn: () => R, keptOf: (result: R) => Iterable<Held>): R {
  const scope: Scope = { made: new Set(), outer: current, isOver: false };
  current = scope;
  try {
    const result = fn();
    moveTo(scope.outer, keptOf(result));
    return result;
  } finally {
    current = scope.outer;
    scope.isOver = true;
    for (const x of scope.made) x.dispose();
    scope.made.clear();
  }
}

/** Lets tensors live as long as the scope `home`, or as the one around it if it has ended; for ever, if there is none. */
export function moveTo(home: Scope | undefined, tensors: Iterable<Held>): void {
  let open = home;
  while (open?.isOver) open = open.outer;
  for (const x of tensors) {
    for (let scope = current; scope !== open && scope !== undefined; scope = scope.outer) {
      if (scope.made.delete(x)) open?.made.add(x);
    }
  }
}
