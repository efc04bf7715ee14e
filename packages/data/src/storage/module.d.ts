/** What package.json makes of "#storage": `node.ts` or `browser.ts`. Both are built as files of their own. */
declare module "#storage" {
  export const storage: import("./storage.js").Storage;
}
