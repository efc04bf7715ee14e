import { fileURLToPath } from "node:url";
import { testSnippets } from "@tooling/vitest/snippets";

testSnippets(fileURLToPath(new URL("../README.md", import.meta.url)));

// An operator of one's own becomes a layer there: its snippets need this package, which autograd does not know.
const here = fileURLToPath(new URL("..", import.meta.url));
testSnippets(fileURLToPath(new URL("../../autograd/README.md", import.meta.url)), here);
