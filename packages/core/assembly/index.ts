// The kernels of the cpu device in WebAssembly SIMD. Every exported function does the chunks `from` to `to` of a job whose
// arguments are the words at `args`; `scratch` is memory of the calling thread. A chunk writes its own part of the result
// and reads nothing that another writes, so that it may run anywhere, and twice.

export { avgPool, avgPoolAdjoint } from "./avgPool";
export { depthwise, depthwiseAdjointW } from "./depthwise";
export { layOutAll } from "./frame";
export { gather, gatherAdjoint } from "./gather";
export { maxPool } from "./maxPool";
export { blend, blendSquare, descend } from "./optim";
export { pairs } from "./pairs";
export { patches } from "./patches";
export { packRows, product, sumParts } from "./product";
export { reduce, reduceParts } from "./reduce";
export { resample } from "./resample";
export { concat, strided, stridedAdjoint } from "./strided";
export { unary } from "./unary";
export { winograd, winogradFilters, winogradImages } from "./winograd";
export { winogradAdjointW, winogradGradients } from "./winogradAdjointW";
