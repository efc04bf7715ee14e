// @conv/data/node: what reads files of one's own, for Node, Deno and Bun.
export type { DecodedImage } from "./imageFolder/decoded.js";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./imageFolder/imageFolder.js";
