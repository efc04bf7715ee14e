import { fileURLToPath } from "node:url";
import shared from "@tooling/vitest";
import { mergeConfig } from "vitest/config";

/** Tests of the sources take #storage from the sources too. */
const storage = fileURLToPath(new URL("src/storage/node.ts", import.meta.url));

export default mergeConfig(shared, { resolve: { alias: { "#storage": storage } } });
