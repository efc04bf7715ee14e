import { existsSync } from "node:fs";
import config from "@tooling/vitest";

/** The software driver that comes with Debian's chromium: where there is no graphics processor, WebGPU runs on it. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";
// The driver is looked for when a process begins: those of the tests take it from this one.
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES = SWIFTSHADER;

export default config;
