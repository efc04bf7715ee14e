import { fileURLToPath } from "node:url";
import { testExamples } from "@tooling/vitest/examples";
import * as core from "../src/index.js";
import * as testing from "../src/testing/index.js";

const others = { gpu: core.cpu, test: () => {} }; // what the example of `conformance` stands for

testExamples(fileURLToPath(new URL("../src", import.meta.url)), { ...core, ...testing, ...others });
