import { fileURLToPath } from "node:url";
import { testSnippets } from "@tooling/vitest/snippets";

testSnippets(fileURLToPath(new URL("../README.md", import.meta.url)));
