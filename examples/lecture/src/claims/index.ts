// What the lecture claims, in its order.

import type { Claim } from "../claim.js";
import { dilation } from "./dilation.js";
import { groups } from "./groups.js";
import { padding } from "./padding.js";
import { shift } from "./shift.js";
import { stride } from "./stride.js";

/** All claims. */
export const CLAIMS: readonly Claim[] = [shift, stride, groups, dilation, padding];
