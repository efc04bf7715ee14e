// @conv/core/testing: how a device, or a package built on this one, is checked.
export { allClose, type Tolerance } from "./allClose.js";
export { convDirect } from "../conv/convDirect.js";
