// A layer on either onnxruntime: both have the same JavaScript interface.

import { convolutionModel } from "./convolution.js";

/**
 * A layer as a session of the given runtime.
 *
 * @param {typeof import("onnxruntime-web")} ort
 * @param {object} options Of the session.
 */
export function layerOn(ort, options) {
  return async (layer, map) => {
    const { bytes, feeds } = convolutionModel(layer, map);
    const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, ...options });
    const tensors = Object.entries(feeds).map(([name, [values, shape]]) => [
      name,
      new ort.Tensor("float32", values, shape),
    ]);
    const inputs = Object.fromEntries(tensors);
    return {
      run: () => session.run(inputs),
      values: ({ y }) => y.data,
      release: ({ y }) => y.dispose(),
      free: () => session.release(),
    };
  };
}
