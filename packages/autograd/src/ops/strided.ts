import type { Shape, SliceOptions, Tensor } from "@conv/core";
import * as kernels from "@conv/core/kernels";
import {
  broadcastGeometry,
  flipGeometry,
  permuteGeometry,
  type StridedGeometry,
  sliceGeometry,
  transposeGeometry,
} from "@conv/core/operators";
import { defineOp, type Op } from "../defineOp.js";
import type { Variable } from "../variable.js";

type Input = Variable | Tensor;

/** V x, a tensor read with other strides, and Vᵀ g, gradients added up where they were read: each the other's adjoint. */
const strided: Op<["x"], StridedGeometry> = /* @__PURE__ */ defineOp({
  name: "strided",
  inputs: ["x"],
  forward: ({ x }, geometry: StridedGeometry) => kernels.strided(x, geometry),
  adjoint: { x: (gradY, _, geometry) => stridedAdjoint(gradY, geometry) },
});

const stridedAdjoint: Op<["gradY"], StridedGeometry> = /* @__PURE__ */ defineOp({
  name: "stridedAdjoint",
  inputs: ["gradY"],
  forward: ({ gradY }, geometry: StridedGeometry) => kernels.stridedAdjoint(gradY, geometry),
  adjoint: { gradY: (gradX, _, geometry) => strided(gradX, geometry) },
});

/** The axes in another order, as in `@conv/core`. */
export const permute = (x: Input, dims: readonly number[]): Variable => strided(x, permuteGeometry(x.shape, dims));

/** Two axes change places, as in `@conv/core`. */
export const transpose = (x: Input, dim0: number, dim1: number): Variable =>
  strided(x, transposeGeometry(x.shape, dim0, dim1));

/** A part of an axis, as in `@conv/core`. */
export const slice = (x: Input, options: SliceOptions): Variable => strided(x, sliceGeometry(x.shape, options));

/** The elements in reverse order along axes, as in `@conv/core`. */
export const flip = (x: Input, dim?: number | readonly number[]): Variable => strided(x, flipGeometry(x.shape, dim));

/** x repeated along its axes of length 1 and along new leading ones, as in `@conv/core`. */
export const broadcastTo = (x: Input, shape: Shape): Variable => strided(x, broadcastGeometry(x.shape, shape));
