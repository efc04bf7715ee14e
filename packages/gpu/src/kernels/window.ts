import type { Kernels, Tensor } from "@conv/core";
import { BackendError } from "@conv/core";
import { MAX_ELEMENTS } from "../arrays.js";
import { quotient } from "../source.js";

type ConvGeometry = Parameters<Kernels<Tensor>["conv"]>[2];
/** A window that slides evenly. */
export type Window = Pick<ConvGeometry, "inSize" | "kernelSize" | "outSize" | "stride" | "dilation" | "padding">;

/**
 * What windows and pixels have to do with each other along one axis. From a window's place the taps lead to pixels, from a
 * pixel's place they lead to the windows that see it: in both ways tap k has one place at most.
 */
export interface TapAxis {
  readonly taps: number;
  /** How many taps the kernel has, where only those are visited that may have a place. */
  readonly kernel?: number;
  /** Statements before any tap. */
  readonly before?: string;
  /** Statements that leave the place of tap `k`, a number or a name, in `name`. */
  place(name: string, k: string): string;
  /** The number of the kernel's tap, where it is not `k` itself. */
  tap?(k: string): string;
  /** When there is such a place. */
  conditions(name: string, k: string): readonly string[];
}

/** Up to this number of taps each stands in the text by itself. */
const UNROLLED = 64;

/**
 * Statements that visit every tap with a place, the last axis fastest.
 *
 * @param prefix Begins the names of places.
 * @param visit The statements for the places along each axis, and the tap's number: [taps of all axes], row-major.
 */
export function visitTaps(
  axes: readonly TapAxis[],
  prefix: string,
  visit: (places: readonly string[], tap: string) => string,
): { readonly before: string; readonly loops: string } {
  const weights = axes.map((_, a) =>
    axes.slice(a + 1).reduce((count, { kernel, taps }) => count * (kernel ?? taps), 1),
  );
  let unrolled = 1;
  const isUnrolled = axes.map(() => false);
  for (let axis = axes.length - 1; axis >= 0 && unrolled * axes[axis].taps <= UNROLLED; axis--) {
    isUnrolled[axis] = true;
    unrolled *= axes[axis].taps;
  }
  const before: string[] = axes.flatMap((axis) => (axis.before === undefined ? [] : [axis.before]));
  axes.forEach((axis, a) => {
    if (!isUnrolled[a]) return;
    for (let k = 0; k < axis.taps; k++) before.push(axis.place(`${prefix}${a}_${k}`, String(k)));
  });
  const walk = (a: number, places: readonly string[], tap: string): string => {
    if (a === axes.length) return visit(places, tap);
    const axis = axes[a];
    const guarded = (name: string, k: string, inner: string) =>
      axis.conditions(name, k).reduceRight((code, condition) => `if (${condition}) {\n${code}\n}`, inner);
    const next = (k: string) => addTap(tap, axis.tap?.(k) ?? k, weights[a]);
    if (isUnrolled[a]) {
      return Array.from({ length: axis.taps }, (_, k) => {
        const name = `${prefix}${a}_${k}`;
        return guarded(name, String(k), walk(a + 1, [...places, name], next(String(k))));
      }).join("\n");
    }
    const [k, name] = [`${prefix}k${a}`, `${prefix}${a}`];
    const inner = guarded(name, k, walk(a + 1, [...places, name], next(k)));
    return `for (let ${k} = 0; ${k} < ${axis.taps}; ${k}++) {\n${axis.place(name, k)}\n${inner}\n}`;
  };
  return { before: before.join("\n"), loops: walk(0, [], "0") };
}

/** tap + k·weight, where either may be a number. */
function addTap(tap: string, k: string, weight: number): string {
  const isNumber = /^\d+$/;
  const term = isNumber.test(k) ? String(Number(k) * weight) : weight === 1 ? k : `${k} * ${weight}`;
  if (isNumber.test(tap) && isNumber.test(term)) return String(Number(tap) + Number(term));
  if (tap === "0") return term;
  return term === "0" ? tap : `${tap} + ${term}`;
}

/** From the windows at `at` to the pixels they see: pixel = window·stride + k·dilation − before. */
export function pixelsOf(window: Window, at: readonly string[]): TapAxis[] {
  return window.inSize.map((length, a) => {
    const [stride, dilation, taps, [before]] = [
      window.stride[a],
      window.dilation[a],
      window.kernelSize[a],
      window.padding[a],
    ];
    const last = (window.outSize[a] - 1) * stride + (taps - 1) * dilation - before;
    return {
      taps,
      place: (name, k) => `const ${name} = ${sum([product(at[a], stride), product(k, dilation)], -before)};`,
      conditions: (name) => [
        ...(before > 0 ? [`${name} >= 0`] : []),
        ...(last >= length ? [`${name} < ${length}`] : []),
      ],
    };
  });
}

/**
 * From the pixels at `at` to the windows that see them: window = (pixel + before − k·dilation)/stride, where that is one. With
 * t = pixel + before, these are the taps k = first + m·stride, where first·dilation ≡ t (mod stride), and for them
 * window = (t − first·dilation)/stride − m·dilation; stride and dilation without what divides both, which must divide t.
 */
export function windowsOf(window: Window, at: readonly string[]): TapAxis[] {
  return window.outSize.map((length, a) => {
    const taps = window.kernelSize[a];
    const [before] = window.padding[a];
    const [stride, dilation, shared] = withoutDivisor(window.stride[a], window.dilation[a]);
    const [least, most] = windowRange(window, a);
    const bounds = (name: string) => [
      ...(least < 0 ? [`${name} >= 0`] : []),
      ...(most >= length ? [`${name} < ${length}`] : []),
    ];
    if (stride === 1 && shared === 1) {
      const place = (name: string, k: string) => `const ${name} = ${sum([at[a], product(k, -dilation)], before)};`;
      return { taps, place, conditions: bounds };
    }
    const bound = window.inSize[a] + before;
    const visited = Math.ceil(taps / stride);
    const inverse =
      Array.from({ length: stride }, (_, i) => i).find((i) => (i * dilation) % stride === 1 % stride) ?? 0;
    const [t, first, last] = [`see${a}_t`, `see${a}_first`, `see${a}_last`];
    return {
      taps: visited,
      kernel: taps,
      before: `const see${a}_all = ${sum([at[a]], before)};
${quotient(`${t}`, `see${a}_all`, shared, bound)}
const see${a}_turned = ${product(t, inverse)};
${quotient(`see${a}_turns`, `see${a}_turned`, stride, bound * stride)}
const ${first} = see${a}_turned - see${a}_turns * ${stride};
const see${a}_left = ${t} - ${first} * ${dilation};
const ${last} = Math.floor((see${a}_left + 0.5) * ${1 / stride});`,
      place: (name, m) => `const ${name} = ${sum([last, product(m, -dilation)], 0)};`,
      tap: (m) => `(${sum([first, product(m, stride)], 0)})`,
      conditions: (name, m) => [
        ...(shared > 1 ? [`see${a}_all == ${t} * ${shared}`] : []),
        // only the last tap may be beyond the kernel
        ...(taps % stride !== 0 && !(Number(m) < visited - 1) ? [`${first} + ${product(m, stride)} < ${taps}`] : []),
        ...bounds(name),
      ],
    };
  });
}

/** From where to where the windows go that the pixels of an axis may ask for, there or not. */
export function windowRange(window: Window, axis: number): readonly [least: number, most: number] {
  const taps = window.kernelSize[axis];
  const [before] = window.padding[axis];
  const [stride, dilation, shared] = withoutDivisor(window.stride[axis], window.dilation[axis]);
  const [first, last] = [Math.floor(before / shared), Math.floor((window.inSize[axis] - 1 + before) / shared)];
  const reach = (Math.ceil(taps / stride) - 1) * dilation;
  return [Math.floor((first - (stride - 1) * dilation) / stride) - reach, Math.floor(last / stride)];
}

/** Two numbers divided by their greatest common divisor, and that. */
function withoutDivisor(a: number, b: number): readonly [number, number, number] {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return [a / divisor, b / divisor, divisor];
}

/** Sizes of an adaptive pooling. */
export interface Bins {
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
}

/** From the windows of an adaptive pooling to their pixels: ⌊i·in/out⌋ up to, not including, ⌈(i + 1)·in/out⌉. */
export function pixelsOfBins({ inSize, outSize }: Bins, at: readonly string[]): TapAxis[] {
  return inSize.map((from, a) => binAxis(from, outSize[a], at[a], `bin${a}`));
}

/** From pixels to the windows that see them: the same with in and out exchanged. */
export function windowsOfBins({ inSize, outSize }: Bins, at: readonly string[]): TapAxis[] {
  return outSize.map((from, a) => binAxis(from, inSize[a], at[a], `bin${a}`));
}

/** ⌊i·from/to⌋ up to, not including, ⌈(i + 1)·from/to⌉. */
function binAxis(from: number, to: number, at: string, name: string): TapAxis {
  const bound = from * (to + 1);
  if (bound > MAX_ELEMENTS) {
    throw new BackendError(
      `adaptive pooling: from ${from} to ${to} windows or back needs numbers beyond ${MAX_ELEMENTS}, which a GPU kernel does not ` +
        "count. Pool in two steps, or on the cpu.",
    );
  }
  const [start, end] = [`${name}_start`, `${name}_end`];
  return {
    taps: Math.floor((from + to - 1) / to) + (from % to === 0 ? 0 : 1),
    before: `const ${name}_a = ${product(at, from)};\n${quotient(start, `${name}_a`, to, bound)}
const ${name}_b = ${sum([product(at, from)], from + to - 1)};\n${quotient(end, `${name}_b`, to, bound + to)}`,
    place: (place, k) => `const ${place} = ${sum([start, k], 0)};`,
    conditions: (place) => [`${place} < ${end}`],
  };
}

/** name·factor, where the name may be a number. */
function product(name: string, factor: number): string {
  if (name === "0" || factor === 0) return "0";
  if (/^\d+$/.test(name)) return String(Number(name) * factor);
  return factor === 1 ? name : `${name} * ${factor}`;
}

/** The sum of terms and a number, without zeros. */
function sum(terms: readonly string[], more: number): string {
  const names = terms.filter((term) => !/^-?\d+$/.test(term));
  const number = terms.reduce((total, term) => (/^-?\d+$/.test(term) ? total + Number(term) : total), more);
  const text = [...names, ...(number === 0 ? [] : [String(number)])].join(" + ");
  return text.replaceAll("+ -", "- ") || "0";
}
