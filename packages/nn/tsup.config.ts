import { library } from "@tooling/tsup";

export default library({ entry: { index: "src/index.ts", node: "src/node.ts", worker: "src/worker.ts" } });
