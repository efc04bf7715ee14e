// jax-js on WebAssembly, eager: on these maps its jit is slower.
//
// jax-js counts references: an array passed to a function is gone, unless it is passed as `x.ref`.

import { init, lax, tree, vjp } from "@jax-js/jax";
import { operandsOf } from "../../cpu/numbers.js";
import { version } from "../versions.js";
import { arrayOf } from "./array.js";
import { training } from "./training.js";

/** @returns {Promise<import("../../cpu/handler.js").Peer>} */
export async function createPeer() {
  await init("wasm");
  return {
    version: version("@jax-js/jax"),
    threads: 1,
    reason: "its threads need the Worker of browsers, which Node does not have",
    note: "eager, which is faster here than its jit",
    layer,
    training,
  };
}

/** The adjoint of a map at gradY. */
function adjointAt(gradY, map, x) {
  const [y, adjoint] = vjp(map, [x.ref]);
  y.dispose();
  return () => adjoint(gradY.ref)[0];
}

function layer(layer, map) {
  const { stride, padding, dilation, groups } = layer;
  const { shapes, ...operands } = operandsOf(layer);
  const [x, w, gradY] = ["x", "w", "gradY"].map((name) => arrayOf(operands[name], shapes[name]));
  const pads = [padding, padding];
  const options = { rhsDilation: [dilation, dilation], featureGroupCount: groups };
  const conv = (x, w) => lax.convGeneralDilated(x, w, [stride, stride], [pads, pads], options);
  const prepare = {
    forward: () => () => conv(x.ref, w.ref),
    gradX: () => adjointAt(gradY, (x) => conv(x, w.ref), x),
    gradW: () => adjointAt(gradY, (w) => conv(x.ref, w), w),
  };
  const compute = prepare[map]();
  const run = async () => {
    const y = compute();
    await y.blockUntilReady();
    return y;
  };
  return { run, values: (y) => y.ref.data(), release: (y) => y.dispose(), free: () => tree.dispose([x, w, gradY]) };
}
