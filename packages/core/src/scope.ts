/** What can be given back: tensors. */
interface Held {
  dispose(): void;
}

/** A stretch of a program that gives back, at its end, the tensors made in it. */
export interface Scope {
  /** What was made in it so far and belongs to nobody else. */
  readonly made: Set<Held>;
  readonly outer: Scope | undefined;
  /** Whether it is the inside of an operator (`tidy`): nobody asks for it, and what shall live on passes through it. */
  readonly isTidy: boolean;
  /** Whether it has ended: what belongs to it belongs to the one around. */
  isOver: boolean;
}

let current: Scope | undefined;

/** The innermost scope that is open, if any; the insides of operators left out. */
export function currentScope(): Scope | undefined {
  let scope = current;
  while (scope?.isTidy) scope = scope.outer;
  return scope;
}

/** Whether a tensor belongs to an open scope other than the innermost: it was made before that one, and will end after it. */
export function isOfOuterScope(x: Held): boolean {
  for (let scope = currentScope()?.outer; scope !== undefined; scope = scope.outer) if (scope.made.has(x)) return true;
  return false;
}

/** Whether a tensor was made inside an operator that is at work, and ends with it if nothing happens. */
export function isTemporary(x: Held): boolean {
  for (let scope = current; scope?.isTidy; scope = scope.outer) if (scope.made.has(x)) return true;
  return false;
}

/** Notes a new tensor in the innermost open scope. Those that the garbage collector takes need no scope. */
export function noteMade(x: Held): void {
  current?.made.add(x);
}

/** Notes that a tensor was disposed of, so that no open scope remembers it. */
export function noteGone(x: Held): void {
  for (let scope = current; scope !== undefined; scope = scope.outer) if (scope.made.delete(x)) return;
}

/**
 * Runs `fn` in a scope of its own: what it made is disposed of at the end, but for what `keptOf` names in its result,
 * which passes to the scope around it. If `fn` throws, all of it is disposed of.
 *
 * @returns What `fn` returns.
 */
export function withScope<R>(fn: () => R, keptOf: (result: R) => Iterable<Held>): R {
  return within({ made: new Set(), outer: current, isTidy: false, isOver: false }, fn, keptOf);
}

function within<R>(scope: Scope, fn: () => R, keptOf: (result: R) => Iterable<Held>): R {
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

/** Under this name what holds a tensor, as a Variable does, gives it to those who neither keep it nor show it around. */
export const held: unique symbol = Symbol("the tensor in it");

/**
 * Runs `fn`, the inside of an operator that is made of others, and disposes of what it made beside its result: of tensors
 * that nobody else can have seen. So `fn` must show none to a function of somebody else.
 *
 * @returns What `fn` returns: a tensor, what holds one, or an array or a record of such.
 */
export function tidy<R>(fn: () => R): R {
  return within({ made: new Set(), outer: current, isTidy: true, isOver: false }, fn, heldIn);
}

/** The tensors in a result. */
function heldIn(result: unknown): Held[] {
  return heldBy(result) ?? Object.values(Object(result)).flatMap((part) => heldBy(part) ?? []);
}

/** The tensor that something is or holds, if it does. */
function heldBy(x: unknown): Held[] | undefined {
  if (typeof x !== "object" || x === null) return undefined;
  if (held in x) return [x[held] as Held];
  return "dispose" in x ? [x as Held] : undefined;
}

/** Lets tensors live as long as the scope `home`, or as the one around it if it has ended; for ever, if there is none. */
export function moveTo(home: Scope | undefined, tensors: Iterable<Held>): void {
  let open = home;
  while (open?.isOver) open = open.outer;
  for (const x of tensors) {
    for (let scope = current; scope !== undefined && scope !== open; scope = scope.outer) {
      if (scope.made.delete(x)) open?.made.add(x);
    }
  }
}
