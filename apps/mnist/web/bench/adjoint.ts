import * as autograd from "@conv/autograd";
import { convAdjointW, convAdjointX, flip, tensor } from "@conv/core";
import { convOptionsOf, type Figure, type Grid, kernelTensor, mapOf } from "./figure.js";
import { kernelSizeOf, SIDE } from "./settings.js";

/** Where gradients of the output go. */
export interface Adjoint {
  /** Ŵᵀ y: [C, SIDE, SIDE]. */
  readonly image: Float64Array;
  /** X̂ᵀ y: in the kernel's shape. A pooling has none. */
  readonly kernel: Float64Array | undefined;
}

/** Which gradient of the output is sent back: that of the output under the window alone, of all, or the output itself. */
export type Sent = "one" | "all" | "output";

/** The gradient of the output that is sent back. */
export function sentBack({ output }: Figure, sent: Sent, index: number): Float64Array {
  if (sent === "output") return output.values;
  return output.values.map((_, i) => (sent === "all" || i === index ? 1 : 0));
}

/** Ŵᵀ y and X̂ᵀ y. Of a pooling, the gradient at this image. */
export function adjointOf(figure: Figure, image: Float64Array, y: Float64Array): Adjoint {
  const { settings, output, kernel } = figure;
  const { channels, operation } = settings;
  const gradY = tensor(y, [1, output.channels, output.rows, output.columns], { dtype: "float64" });
  const x = tensor(image, [1, channels, SIDE, SIDE], { dtype: "float64" });
  if (operation !== "conv") {
    const input = autograd.variable(x);
    const [gradient] = autograd.grad(mapOf(settings, kernel)(input), [input], { gradY });
    return { image: Float64Array.from(gradient.value.dataSync()), kernel: undefined };
  }
  const options = convOptionsOf(settings);
  const gradX = convAdjointX(gradY, kernelTensor(settings, kernel), { inSize: SIDE, ...options });
  const gradW = convAdjointW(x, gradY, { kernelSize: kernelSizeOf(settings), ...options });
  return { image: Float64Array.from(gradX.dataSync()), kernel: Float64Array.from(gradW.dataSync()) };
}

/** The sides of the identity that makes Ŵᵀ the adjoint: ⟨Ŵ x, y⟩ and ⟨x, Ŵᵀ y⟩; and for the kernel ⟨w, X̂ᵀ y⟩. */
export function identityOf(figure: Figure, image: Float64Array, y: Float64Array, adjoint: Adjoint) {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  return {
    output: dot(figure.output.values, y),
    image: dot(image, adjoint.image),
    kernel: adjoint.kernel && dot(figure.kernel, adjoint.kernel),
  };
}

/** A plane of the kernel, turned by half a turn: what Ŵᵀ slides over the gradient. */
export function flippedPlane({ settings, kernel }: Figure, plane: number): Grid {
  const [rows, columns] = kernelSizeOf(settings);
  const numbers = kernel.slice(plane * rows * columns, (plane + 1) * rows * columns);
  const turned = flip(tensor(numbers, [rows, columns], { dtype: "float64" }), [0, 1]);
  return { values: Float64Array.from(turned.dataSync()), rows, columns };
}
