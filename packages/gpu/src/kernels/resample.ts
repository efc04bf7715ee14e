import { type Kernels, Tensor } from "@conv/core";
import { ALL, type Maps } from "../maps.js";
import { offsetOf, positionOf } from "../source.js";

/** A sparse matrix along one axis, its rows as in `ResampleGeometry`: x is [outer, inSize, inner], y is [outer, outSize, inner]. */
export function resample(maps: Maps): Pick<Kernels<Tensor>, "resample"> {
  return {
    resample: (x, { outer, inSize, inner, outSize, starts, indices, weights, yShape }) => {
      if (indices.length === 0) return maps.fill(yShape, x.dtype, 0);
      let longest = 0;
      for (let row = 0; row < outSize; row++) longest = Math.max(longest, starts[row + 1] - starts[row]);
      const upload = (values: Float32Array | Int32Array) =>
        new Tensor(x.device, [values.length], "float32", x.device.upload(Float32Array.from(values)));
      const matrix = { starts: upload(starts), columns: upload(indices), weights: upload(Float32Array.from(weights)) };
      const y = maps.map({
        operator: "resample",
        inputs: { x, ...matrix },
        shape: yShape,
        slabs: outer,
        sections: { starts: ALL, columns: ALL, weights: ALL },
        key: [inSize, inner, outSize, longest],
        body: (count) => {
          const { code, at } = positionOf("i", [count, outSize, inner], ["o", "r", "k"]);
          return [
            `${code}
const row = ${at[1]};
const first = starts[row];
const end = starts[row + 1];
const xAt = ${offsetOf([at[0], at[2]], [inSize * inner, 1])};
let sum = 0;
for (let s = 0; s < ${longest}; s++) {
const t = first + s;
if (t < end) {
const column = columns[t];
sum += weights[t] * x[xAt + column * ${inner}];
}
}`,
            "sum",
          ];
        },
      });
      for (const part of Object.values(matrix)) part.dispose();
      return y;
    },
  };
}
