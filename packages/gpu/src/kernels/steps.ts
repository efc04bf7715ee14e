import type { Kernels, Tensor } from "@conv/core";
import type { Maps } from "../maps.js";

type Names = "blend" | "blendSquare" | "descend";

/** What the steps of optimizers are made of. Their factors change from step to step: they are arguments, not part of the text. */
export function steps(maps: Maps): Pick<Kernels<Tensor>, Names> {
  const map = (operator: string, inputs: Record<string, Tensor>, numbers: Record<string, number>, result: string) => {
    const [{ shape, size }] = Object.values(inputs);
    return maps.map({ operator, inputs, numbers, shape, slabs: size, body: () => ["", result] });
  };
  return {
    blend: (a, b, { alpha, beta }) => map("blend", { a, b }, { alpha, beta }, "alpha * a[i] + beta * b[i]"),
    blendSquare: (a, b, { alpha, beta }) =>
      map("blendSquare", { a, b }, { alpha, beta }, "alpha * a[i] + beta * b[i] * b[i]"),
    descend: (p, m, v, { alpha, beta, gamma, eps }) =>
      map(
        "descend",
        { p, m, v },
        { alpha, beta, gamma, eps },
        "alpha * p[i] + beta * m[i] / (gamma * Math.sqrt(v[i]) + eps)",
      ),
  };
}
