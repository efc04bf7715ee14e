import { fileURLToPath } from "node:url";
import * as core from "@conv/core";
import { testExamples } from "@tooling/vitest/examples";
import * as gpu from "../src/index.js";

testExamples(fileURLToPath(new URL("../src", import.meta.url)), { ...core, ...gpu });
