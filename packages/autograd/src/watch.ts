let watcher: ((x: unknown) => void) | undefined;

/** Tells whoever watches that an operator was given x. */
export function noteUse(x: unknown): void {
  watcher?.(x);
}

/** Runs `fn`, and tells `watch` of everything that an operator is given, a tensor or a Variable if all is well. */
export function withWatch<R>(watch: (x: unknown) => void, fn: () => R): R {
  const outer = watcher;
  watcher = (x) => {
    watch(x);
    outer?.(x);
  };
  try {
    return fn();
  } finally {
    watcher = outer;
  }
}
