import { fileURLToPath } from "node:url";
import { testSnippets } from "@tooling/vitest/snippets";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

testSnippets(path("../../../README.md"), path(".."));
