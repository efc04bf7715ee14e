// @conv/core/testing: how a device, or a package built on this one, is checked.

export { convDirect } from "../conv/convDirect.js";
export { convTaps } from "../conv/convTaps.js";
export { allClose, type Tolerance } from "./allClose.js";
export { type ConformanceCase, conformance } from "./conformance.js";
export { type ConvCase, convCases } from "./convCases.js";
export { plain } from "./specification.js";
