import { checkTensors } from "../device/defineKernel.js";
import { ShapeError } from "../errors.js";
import { reshape } from "../maps/reshape.js";
import { expectNoMore, expectTensor } from "../options.js";
import { tidy } from "../scope.js";
import { expectShape, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { convKernel } from "./conv.js";
import type { ConvSteps } from "./convolution.js";
import { convGeometry } from "./geometry.js";

/** The steps of a linear map as users call it; on tensors, or on Variables that remember them. */
export interface LinearSteps<X, Y = X> extends Pick<ConvSteps<X, Y>, "conv"> {
  reshape(x: X, shape: Shape): Y;
}

/** The linear map made of the steps of a convolution: a convolution of rank 0. For tensors and for Variables. */
/* @__NO_SIDE_EFFECTS__ */
export function linearMap<X extends TensorLike, Y extends X = X>(steps: LinearSteps<X, Y>) {
  return (x: X, w: X, b?: X, ...more: never[]): Y => {
    expectNoMore("linear", more);
    expectTensor("linear", "x", x);
    expectTensor("linear", "w", w);
    if (b !== undefined) expectTensor("linear", "b", b);
    checkTensors("linear", "floating", b === undefined ? [x, w] : [x, w, b]);
    if (w.shape.length !== 2) {
      throw new ShapeError(
        `linear: w must have 2 axes, [out, in], but its shape is ${formatShape(w.shape)}. Reshape it.`,
      );
    }
    if (x.shape.length === 0) {
      throw new ShapeError("linear: x must have at least one axis, the features, but it is a scalar. Reshape it.");
    }
    if (x.shape.at(-1) !== w.shape[1]) {
      throw new ShapeError(
        `linear: x ${formatShape(x.shape)} must end in the ${w.shape[1]} features that w ${formatShape(w.shape)}, ` +
          `[out, in], takes. Reshape x, or make w [${w.shape[0]}, ${x.shape.at(-1)}].`,
      );
    }
    const leading = x.shape.slice(0, -1);
    if (b !== undefined) expectShape("linear", "b", b.shape, [w.shape[0]]);
    return tidy(() => {
      const rows = x.shape.length === 2 ? x : steps.reshape(x, [sizeOf(leading), w.shape[1]]);
      const y = steps.conv(rows, w, convGeometry(rows.shape, w.shape), b);
      return x.shape.length === 2 ? y : steps.reshape(y, [...leading, w.shape[0]]);
    });
  };
}

/**
 * y = x wᵀ + b: every feature of x weighs into every feature of y. It is the convolution without spatial axes.
 *
 * @param x […, in].
 * @param w [out, in].
 * @param b [out], optional.
 * @returns […, out].
 * @throws {ShapeError} When x does not end in w's input features.
 * @throws {TypeError} When types are mixed, or int32.
 * @example
 * linear(tensor([[1, 10]]), tensor([[2, 3], [4, 5]]), tensor([100, 200])); // [[132, 254]]
 */
export const linear: (x: Tensor, w: Tensor, b?: Tensor) => Tensor = /* @__PURE__ */ linearMap<Tensor>({
  conv: convKernel,
  reshape,
});
