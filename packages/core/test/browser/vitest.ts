// As much of vitest as the files of golden values use, in a browser: it collects tests, and compares.

/** The tests of the files that were imported. */
export const collected: { readonly name: string; readonly run: () => void }[] = [];

const prefix: string[] = [];

export function describe(name: string, body: () => void): void {
  prefix.push(name);
  body();
  prefix.pop();
}

export function test(name: string, run: () => void): void {
  collected.push({ name: [...prefix, name].join(" > "), run });
}

const each =
  (one: (name: string, body: () => void) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, body: (...args: unknown[]) => void): void => {
    for (const row of rows) one(name, () => body(...(Array.isArray(row) ? row : [row])));
  };

describe.each = each(describe);
test.each = each(test);

export function expect(got: unknown, message = "") {
  const same = (expected: unknown): void => {
    if (JSON.stringify(got) === JSON.stringify(expected)) return;
    throw new Error(`${message}: ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  };
  return {
    toEqual: same,
    toBe: same,
    toBeUndefined: () => {
      if (got !== undefined) throw new Error(`${message}: ${got}`);
    },
    toHaveProperty: (name: string) => {
      if (!(name in Object(got))) throw new Error(`${message}: no ${name}`);
    },
  };
}
