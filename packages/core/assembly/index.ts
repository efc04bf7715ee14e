// The kernels of the cpu device in WebAssembly SIMD. Every exported function does the chunks `from` to `to` of a job whose
// arguments are the words at `args`; `scratch` is memory of the calling thread. A chunk writes its own part of the result
// and reads nothing that another writes, so that it may run anywhere, and twice.

export { blend, blendSquare, descend } from "./optim";
export { product } from "./product";
export { unary } from "./unary";
