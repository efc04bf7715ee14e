// onnxruntime-node: native kernels, with AVX where there is.

import ort from "onnxruntime-node";
import { layerOn } from "./onnx/session.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer({ threads }) {
  const options = { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1 };
  return {
    version: ort.env.versions.node,
    threads,
    note: "grad input is ConvTranspose, grad weight a Conv of transposed operands, of 1×1 a Gemm; it does not train",
    layer: layerOn(ort, options),
  };
}
