// Who is measured, in the order of tables. Each is a process of its own for every number of threads.

import { fileURLToPath } from "node:url";

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const WORKER = path("./worker.js");
const PYTHON = "/usr/bin/python3"; // Debian's, which has python3-torch

/**
 * @typedef {object} PeerEntry
 * @property {string} id As `--peers` names it.
 * @property {string} title
 * @property {string} file The module that has its `createPeer`, or its program in Python.
 * @property {boolean} isFromNpm Whether it comes with `npm ci` in bench/peers.
 */

/** @type {readonly PeerEntry[]} */
export const PEERS = [
  { id: "ours", title: "@conv", file: "./ours.js", isFromNpm: false },
  { id: "chromium", title: "@conv in Chromium", file: "../peers/chromium/peer.js", isFromNpm: true },
  { id: "pytorch", title: "PyTorch", file: "../peers/pytorch.py", isFromNpm: false },
  { id: "onnxruntime-node", title: "onnxruntime-node", file: "../peers/onnxruntimeNode.js", isFromNpm: true },
  { id: "onnxruntime-web", title: "onnxruntime-web", file: "../peers/onnxruntimeWeb.js", isFromNpm: true },
  { id: "tfjs-wasm", title: "tfjs-wasm", file: "../peers/tfjsWasm.js", isFromNpm: true },
  { id: "tfjs-cpu", title: "tfjs-cpu", file: "../peers/tfjsCpu.js", isFromNpm: true },
  { id: "jax-js", title: "jax-js", file: "../peers/jax/peer.js", isFromNpm: true },
  { id: "convnetjs", title: "ConvNetJS", file: "../peers/convNetJs.js", isFromNpm: true },
];

/** The program of a peer's process, and its arguments. */
export function commandOf({ file }, threads) {
  if (file.endsWith(".py")) return [PYTHON, path(file), String(threads)];
  return [process.execPath, WORKER, path(file), String(threads)];
}
