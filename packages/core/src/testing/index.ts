// @conv/core/testing: how a device, or a package built on this one, is checked.

export { convDirect } from "../conv/convDirect.js";
export { allClose, type Tolerance } from "./allClose.js";
