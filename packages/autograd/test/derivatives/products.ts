import { sizeOf } from "@conv/core/operators";
import fc from "fast-check";
import type { Variable } from "../../src/index.js";
import * as ops from "../../src/index.js";
import { type Case, sampleOf } from "./case.js";
import { broadcasting } from "./shapesOf.js";
import { valuesFrom } from "./values.js";
import { upTo } from "./windows.js";

/** Most entries of an operand. */
const MOST = 40;

/** Where a vector stands in the place of a matrix. */
const VECTORS = ["a row", "a column", "a row and a column"];

/** Matrices, vectors on either side, and stacks whose leading axes broadcast. */
const matmulCase: Case = {
  operator: "matmul",
  linear: true,
  draw: fc
    .record({
      stacks: broadcasting(2),
      rows: upTo(1, 3),
      depth: upTo(1, 3),
      columns: upTo(1, 3),
      style: fc.constantFrom("matrices", "stacks", "stacks", "stacks", ...VECTORS),
      seed: fc.nat(),
    })
    .map(({ stacks, rows, depth, columns, style, seed }) => {
      const [left, right] = style === "matrices" ? [[], []] : stacks.shapes;
      const a = style === "a row" || style === "a row and a column" ? [depth] : [...left, rows, depth];
      const b = style === "a column" || style === "a row and a column" ? [depth] : [...right, depth, columns];
      const kinds = {
        ...Object.fromEntries(VECTORS.map((vectors) => [vectors, vectors === style])),
        "stacks that broadcast in length": style === "stacks" && stacks.kinds["broadcast in length"],
        "stacks that broadcast in rank": style === "stacks" && stacks.kinds["broadcast in rank"],
      };
      return { shapes: [a, b], seed, kinds };
    })
    .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= MOST))
    .map(({ shapes, seed, kinds }) =>
      sampleOf((a, b) => ops.matmul(a, b), shapes.map(valuesFrom(seed).any), {}, kinds),
    ),
};

/** Of vectors, matrices and stacks, with a bias or without. */
const linearCase: Case = {
  operator: "linear",
  linear: true,
  draw: fc
    .record({
      leading: fc.array(upTo(1, 3), { maxLength: 2 }),
      from: upTo(1, 4),
      to: upTo(1, 3),
      isBiased: fc.boolean(),
      seed: fc.nat(),
    })
    .map(({ leading, from, to, isBiased, seed }) => {
      const shapes = [[...leading, from], [to, from], ...(isBiased ? [[to]] : [])];
      const kinds = { "a vector": leading.length === 0, "a stack": leading.length === 2, bias: isBiased };
      const fn = (x: Variable, w: Variable, b?: Variable) => ops.linear(x, w, b);
      return sampleOf(fn, shapes.map(valuesFrom(seed).any), {}, kinds);
    }),
};

/** Products of matrices. */
export const productCases: readonly Case[] = [matmulCase, linearCase];
