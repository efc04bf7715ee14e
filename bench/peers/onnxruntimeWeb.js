// onnxruntime-web: WebAssembly, with SIMD and threads.

import * as ort from "onnxruntime-web";
import { layerOn } from "./onnx/session.js";

/** @returns {Promise<import("../cpu/handler.js").Peer>} */
export async function createPeer({ threads }) {
  ort.env.wasm.numThreads = threads;
  return {
    version: ort.env.versions.web,
    threads,
    note: "grad input is ConvTranspose, grad weight a Conv of transposed operands, of 1×1 a Gemm; it does not train",
    layer: layerOn(ort, { executionProviders: ["wasm"] }),
  };
}
