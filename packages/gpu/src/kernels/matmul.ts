import type { Kernels, Tensor } from "@conv/core";
import { sizeOf, stridesOf } from "@conv/core/operators";
import { ALL, type Maps } from "../maps.js";
import { axisNames, offsetOf, positionOf } from "../source.js";

/** Terms of a sum that stand in one statement. */
const UNROLLED = 4;

/** Products of matrices in stacks that broadcast: [batchA…, M, K] · [batchB…, K, N] → [batch…, M, N]. */
export function matmul(maps: Maps): Pick<Kernels<Tensor>, "matmul"> {
  return {
    matmul: (a, b, { rows, depth, columns, aBatch, bBatch, yShape }) => {
      const batch = yShape.slice(0, -2);
      const steps = (from: readonly number[]) => {
        const strides = stridesOf(from);
        return batch.map((_, axis) => {
          const own = axis - (batch.length - from.length);
          return own < 0 || from[own] === 1 ? 0 : strides[own];
        });
      };
      const [aSteps, bSteps] = [steps(aBatch), steps(bBatch)];
      // slabs: matrices of the first stack axis, or the rows of a single stack's matrices
      const isStack = batch.length > 0 && batch[0] > 1;
      const isRows = !isStack && sizeOf(batch) === 1;
      const slabs = isStack ? batch[0] : isRows ? rows : 1;
      const sections: Record<string, typeof ALL> = {};
      if (isStack && aSteps[0] === 0) sections.a = ALL;
      if (isRows || (isStack && bSteps[0] === 0)) sections.b = ALL;
      return maps.map({
        operator: "matmul",
        inputs: { a, b },
        shape: yShape,
        slabs,
        sections,
        key: [rows, depth, columns, aBatch, bBatch],
        body: (count) => {
          const stack = isStack ? [count, ...batch.slice(1)] : batch;
          const lengths = [...stack, isRows ? count : rows, columns];
          const { code, at } = positionOf("i", lengths, axisNames("p", lengths));
          const [row, column] = at.slice(-2);
          const aAt = offsetOf([...at.slice(0, -2), row], [...aSteps.map((step) => step * rows * depth), depth]);
          const bAt = offsetOf([...at.slice(0, -2), column], [...bSteps.map((step) => step * depth * columns), 1]);
          return [`${code}\nconst aAt = ${aAt};\nconst bAt = ${bAt};\n${sumOfProducts(depth, columns)}`, "sum"];
        },
      });
    },
  };
}

/** Σ a[aAt + k] · b[bAt + k·step] over k, in `sum`. */
function sumOfProducts(depth: number, step: number): string {
  const term = (k: string) => `a[aAt + ${k}] * b[bAt + (${k}) * ${step}]`;
  const even = Math.floor(depth / UNROLLED);
  const rest = Array.from({ length: depth % UNROLLED }, (_, k) => `sum += ${term(String(even * UNROLLED + k))};`);
  const terms = Array.from({ length: UNROLLED }, (_, k) => term(k === 0 ? "k" : `k + ${k}`));
  const loop =
    even === 0
      ? ""
      : `for (let j = 0; j < ${even}; j++) {\nconst k = j * ${UNROLLED};\nsum += ${terms.join(" + ")};\n}`;
  return ["let sum = 0;", loop, ...rest].join("\n");
}
