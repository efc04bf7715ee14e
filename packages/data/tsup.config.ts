import { library } from "@tooling/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    digits: "src/digits/digits.ts",
    node: "src/node.ts", // with the decoders in it: they are devDependencies
    "storage.node": "src/storage/node.ts",
    "storage.browser": "src/storage/browser.ts",
  },
  removeNodeProtocol: false, // Deno needs it
  external: ["#storage"], // package.json chooses: files where there are some
});
