import type { Storage } from "./storage.js";

/** No files: a browser keeps downloads in its own HTTP cache. */
export const storage: Storage = {
  hasFiles: false,
  cacheDirectory: () => "",
  pathOf: (source) => source,
  isDirectory: async () => false,
  read: async () => undefined,
  write: async () => {},
};
