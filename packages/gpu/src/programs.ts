import type { Program } from "./kernelCache.js";
import { pairs } from "./kernels/pairs.js";
import { beyondRange } from "./source.js";
import type { Merge } from "./task.js";

// Kernels by which arrays are copied, cut and put together.

/** A copy of an array of JavaScript, or of a handle. */
export function copyOf(name: string, size: number): Program {
  return { key: `${name} ${size}`, size, source: () => "function copy(x) { return x[this.thread.x]; }" };
}

/** Two arrays made one, element by element. */
export function merged(merge: Merge, size: number, isInteger: boolean): Program {
  const [a, b] = ["a[this.thread.x]", "b[this.thread.x]"];
  const result = merge === "add" ? `${a} + ${b}` : pairs[merge === "max" ? "maximum" : "minimum"](a, b);
  return {
    key: `merged ${merge} ${isInteger} ${size}`,
    size,
    source: () =>
      `function merged(a, b) {\nlet both = ${result};\n${isInteger ? beyondRange("both") : ""}\nreturn both;\n}`,
  };
}

/** Two arrays made one: up to element `at` that of a, then that of b. */
export function joined(size: number, at: number): Program {
  return {
    key: `joined ${size} ${at}`,
    size,
    source: () => `function joined(a, b) {
  const i = this.thread.x;
  let x = 0;
  if (i < ${at}) { x = a[i]; } else { x = b[i]; }
  return x;
}`,
  };
}

/** An array of `size` elements that has, from `first` up to `last`, those of x that follow its element `start`; else 0. */
export function windowOf(xSize: number, start: number, size: number, first: number, last: number): Program {
  const shift = start - first;
  return {
    key: `window of ${xSize} ${[start, size, first, last]}`,
    size,
    source: () => `function section(x) {
  const i = this.thread.x;
  if (i < ${first}) { return 0; }
  if (i >= ${last}) { return 0; }
  return x[i ${shift < 0 ? "-" : "+"} ${Math.abs(shift)}];
}`,
  };
}
