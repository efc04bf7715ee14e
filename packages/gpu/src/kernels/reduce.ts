import type { DType, Kernels, Shape, Tensor } from "@conv/core";
import { sizeOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { axisNames, MAX_INTEGER, notANumber, offsetOf, plus, positionOf } from "../source.js";
import type { Merge } from "../task.js";

type Names = "sum" | "max" | "min" | "argmax";
type ReduceGeometry = Parameters<Kernels<Tensor>["sum"]>[1];

/** A run of neighbouring axes as one: all of them reduced, or none. */
interface Run {
  readonly length: number;
  readonly isReduced: boolean;
}

/** How a maximum or a minimum goes on with the next element, `v`. NaN wins. */
const FOLDS = {
  max: `if (v > best) { best = v; }\nif (${notANumber("v")}) { best = v; }`,
  min: `if (v < best) { best = v; }\nif (${notANumber("v")}) { best = v; }`,
} as const;

/** Longer sums are made of sums of about √length terms: in one long sum of float32 the last terms would be lost. */
const LONG = 1024;

/** Reductions along axes. */
export function reductions(maps: Maps): Pick<Kernels<Tensor>, Names> {
  const reduce = (operator: string, fold: Merge) => (x: Tensor, geometry: ReduceGeometry) =>
    folded(maps, operator, fold, x, runsOf(geometry), geometry.yShape);
  return {
    sum: reduce("sum", "add"),
    max: reduce("max", "max"),
    min: reduce("min", "min"),
    argmax: (x, geometry) => {
      const runs = runsOf(geometry);
      const at = runs.findIndex(({ isReduced }) => isReduced);
      const [outer, inner] = [sizeOf(lengthsOf(runs.slice(0, Math.max(0, at)))), sizeOf(lengthsOf(runs.slice(at + 1)))];
      return at < 0
        ? maps.fill(geometry.yShape, "int32", 0)
        : argmax(maps, x, [outer, runs[at].length, inner], geometry.yShape);
    },
  };
}

/** The axes of x in runs, those of length 1 left out. */
function runsOf({ xShape, keptShape }: ReduceGeometry): Run[] {
  const runs: Run[] = [];
  xShape.forEach((length, axis) => {
    if (length === 1) return;
    const isReduced = keptShape[axis] === 1;
    const last = runs.at(-1);
    if (last?.isReduced === isReduced) runs[runs.length - 1] = { length: last.length * length, isReduced };
    else runs.push({ length, isReduced });
  });
  return runs;
}

const lengthsOf = (runs: readonly Run[]) => runs.map(({ length }) => length);
const partOf = (runs: readonly Run[], isReduced: boolean) => runs.filter((run) => run.isReduced === isReduced);

/** Σ, max or min over the reduced runs: in two steps, if that gives more threads something to do. */
export function folded(
  maps: Maps,
  operator: string,
  fold: Merge,
  x: Tensor,
  runs: readonly Run[],
  shape: Shape,
): Tensor {
  const reduced = partOf(runs, true);
  const longest = runs.indexOf(reduced.reduce((a, b) => (b.length > a.length ? b : a), reduced[0]));
  if (longest < 0) return foldedAtOnce(maps, operator, fold, x, runs, shape);
  const { maxElements } = maps.engine.arrays;
  if (reduced.length > 1 && x.size / runs[0].length > maxElements) {
    // what belongs together is too large: first over the last of the runs alone, then over the others
    const last = runs.lastIndexOf(reduced[reduced.length - 1]);
    const alone = runs.map(({ length }, at) => ({ length, isReduced: at === last }));
    const partial = folded(maps, operator, fold, x, neighboursJoined(alone), lengthsOf(partOf(alone, false)));
    const y = folded(maps, operator, fold, partial, runs.toSpliced(last, 1), shape);
    partial.dispose();
    return y;
  }
  const row = sizeOf(lengthsOf(runs.slice(longest)));
  const wanted = row > maxElements ? Math.min(runs[longest].length - 1, 2 * Math.ceil(row / maxElements)) : 1;
  const pieces = piecesOf(
    runs[longest].length,
    sizeOf(lengthsOf(reduced)),
    sizeOf(lengthsOf(partOf(runs, false))),
    wanted,
  );
  if (pieces === 1) return foldedAtOnce(maps, operator, fold, x, runs, shape);
  const step = { length: runs[longest].length / pieces, isReduced: true };
  const finer = runs.toSpliced(longest, 1, { length: pieces, isReduced: false }, step);
  const partial = foldedAtOnce(maps, operator, fold, x, finer, lengthsOf(partOf(finer, false)));
  const rest = runs
    .toSpliced(longest, 1, { length: pieces, isReduced: true })
    .filter((run, at) => at === longest || !run.isReduced);
  const y = folded(maps, operator, fold, partial, rest, shape);
  partial.dispose();
  return y;
}

/** With fewer results than this, long sums are cut into pieces. */
const THREADS = 2 ** 14;

/**
 * In how many pieces to cut a run of `length` elements, a divisor: so that no thread has much to do, and enough have something;
 * or `wanted` where a kernel could not count them otherwise.
 */
function piecesOf(length: number, count: number, results: number, wanted = 1): number {
  const most = Math.max(Math.min(Math.ceil(count / 64), Math.ceil(THREADS / results)), wanted);
  for (let pieces = Math.min(most, length); pieces > 1; pieces--) if (length % pieces === 0) return pieces;
  return 1;
}

/** The same with one thread for each result. */
function foldedAtOnce(
  maps: Maps,
  operator: string,
  fold: Merge,
  x: Tensor,
  given: readonly Run[],
  shape: Shape,
): Tensor {
  const runs = neighboursJoined(given);
  return maps.map({
    operator,
    inputs: { x },
    shape,
    key: runs,
    slabs: runs[0]?.length,
    merge: runs[0]?.isReduced ? fold : undefined,
    body: (count) => {
      const lengths = lengthsOf(runs);
      if (lengths.length > 0) lengths[0] = count;
      const strides = lengths.map((_, run) => sizeOf(lengths.slice(run + 1)));
      const indicesOf = (isReduced: boolean) => runs.flatMap((run, at) => (run.isReduced === isReduced ? [at] : []));
      const [kept, reduced] = [indicesOf(false), indicesOf(true)];
      const { code, at } = positionOf("i", kept.map((run) => lengths[run]), axisNames("k", kept)); // biome-ignore format: one line
      const base = offsetOf(at, kept.map((run) => strides[run])); // biome-ignore format: one line
      const indices = reduced.map((run) => `r${run}`);
      const element = `x[${offsetOf(["base", ...indices], [1, ...reduced.map((run) => strides[run])])}]`;
      const counts = reduced.map((run) => lengths[run]);
      if (fold === "add")
        return [`${code}\nconst base = ${base};\n${summed(indices, counts, element, x.dtype)}`, "sum0"];
      return [
        `${code}
const base = ${base};
let best = x[base];
let v = 0;
${counts.map((count, a) => loop(indices[a], count)).join("\n")}
v = ${element};
${FOLDS[fold]}
${"}".repeat(counts.length)}`,
        "best",
      ];
    },
  });
}

const loop = (index: string, count: number) => `for (let ${index} = 0; ${index} < ${count}; ${index}++) {`;

/** Statements for Σ element over all indices, in `sum0`: each loop has a sum of its own, and long ones are two loops. */
function summed(indices: readonly string[], counts: readonly number[], element: string, dtype: DType): string {
  const from = (axis: number): string => {
    const sum = `sum${axis}`;
    if (axis === indices.length) return `const ${sum} = ${element};`;
    const [index, count] = [indices[axis], counts[axis]];
    const rest = `${from(axis + 1)}\n${plus(sum, `sum${axis + 1}`, dtype)}`;
    if (count <= LONG) return `let ${sum} = 0;\n${loop(index, count)}\n${rest}\n}`;
    const block = Math.ceil(Math.sqrt(count));
    const blocks = Math.ceil(count / block);
    const part = `part${axis}`;
    return `let ${sum} = 0;
${loop(`${index}_block`, blocks)}
let ${part} = 0;
${loop(`${index}_at`, block)}
const ${index} = ${index}_block * ${block} + ${index}_at;
${block * blocks > count ? `if (${index} < ${count}) {` : ""}
${from(axis + 1)}
${plus(part, `sum${axis + 1}`, dtype)}
${block * blocks > count ? "}" : ""}
}
${plus(sum, part, dtype)}
}`;
  };
  return from(0);
}

/** Neighbouring runs that are both kept are one. Those that are reduced stay: each is a loop. */
function neighboursJoined(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last === undefined || last.isReduced || run.isReduced) joined.push(run);
    else joined[joined.length - 1] = { length: last.length * run.length, isReduced: false };
  }
  return joined;
}

/** Where the largest element stands along the axis of [outer, length, inner]: the first of equals; NaN wins. */
function argmax(
  maps: Maps,
  x: Tensor,
  [outer, length, inner]: readonly [number, number, number],
  shape: Shape,
): Tensor {
  const pieces = piecesOf(length, length, outer * inner);
  const step = length / pieces;
  const isBetter = `if (v > best) { best = v; at = j; }
if (${notANumber("v")}) { if (isNumber == 1) { best = v; at = j; isNumber = 0; } }`;
  // of integers that became infinite it is not known which is larger: reading such a place is refused
  const isKnown = x.dtype === "int32" ? `if (Math.abs(best) > ${MAX_INTEGER}) { at = best; }` : "";
  const partial = maps.map({
    operator: "argmax",
    inputs: { x },
    shape: pieces === 1 ? shape : [outer, pieces, inner],
    dtype: "int32",
    slabs: outer,
    key: [length, inner, pieces, x.dtype],
    body: (count) => {
      const { code, at } = positionOf("i", [count, pieces, inner], ["o", "p", "k"]);
      const base = offsetOf([at[0], at[2]], [length * inner, 1]);
      return [
        `${code}
const base = ${base};
let j = ${offsetOf([at[1]], [step])};
let at = j;
let best = x[base + j * ${inner}];
let v = 0;
let isNumber = 1;
for (let s = 0; s < ${step}; s++) {
v = x[base + j * ${inner}];
${isBetter}
j = j + 1;
}
${pieces === 1 ? isKnown : ""}`,
        "at",
      ];
    },
  });
  if (pieces === 1) return partial;
  const y = maps.map({
    operator: "argmax",
    inputs: { x, candidates: partial },
    shape,
    dtype: "int32",
    slabs: outer,
    key: [length, inner, pieces, x.dtype, "of pieces"],
    body: (count) => {
      const { code, at } = positionOf("i", [count, inner], ["o", "k"]);
      return [
        `${code}
const base = ${offsetOf(at, [length * inner, 1])};
const first = ${offsetOf(at, [pieces * inner, 1])};
let j = candidates[first];
let at = j;
let best = x[base + j * ${inner}];
let v = 0;
let isNumber = 1;
for (let p = 0; p < ${pieces}; p++) {
j = candidates[first + p * ${inner}];
v = x[base + j * ${inner}];
${isBetter}
}
${isKnown}`,
        "at",
      ];
    },
  });
  partial.dispose();
  return y;
}
