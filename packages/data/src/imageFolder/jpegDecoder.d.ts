/** Half of jpeg-js: without the encoder. */
declare module "jpeg-js/lib/decoder.js" {
  // biome-ignore lint/style/noDefaultExport: what the module is
  export { decode as default } from "jpeg-js";
}
