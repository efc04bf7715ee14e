// What this package uses of the platform beyond the language: present in Node, browsers, Deno and Bun.

declare const performance: { now(): number };
declare function setTimeout(callback: () => void, milliseconds: number): unknown;

/** Milliseconds since some moment. */
export const now = (): number => performance.now();

/** Resolves after everything that waits has had its turn: timers, input, drawing. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Milliseconds that one frame of a page lasts. */
const FRAME = 16;

/** A function that gives everything else its turn, if it is a frame ago that it did. */
export function breather(): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last <= FRAME) return;
    await turn();
    last = now();
  };
}

/** What `fit` looks at of an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
}
