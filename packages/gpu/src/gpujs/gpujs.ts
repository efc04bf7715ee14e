// gpu.js, which the build puts into a file of its own. Its licence, and those of what it uses: THIRD-PARTY-LICENSES.txt.
export { GPU, HeadlessGLKernel, WebGL2Kernel, WebGLKernel } from "gpu.js";
export { headlessGl } from "./node.js";
