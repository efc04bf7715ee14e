/** What is the same in Node and in browsers, and what TypeScript's own libraries leave out. */
interface Platform {
  readonly performance: { now(): number };
}

/** Milliseconds since some fixed moment. */
export const now = (): number => (globalThis as unknown as Platform).performance.now();
