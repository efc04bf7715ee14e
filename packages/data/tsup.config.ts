import { library } from "@tooling/tsup";

export default library({ entry: { index: "src/index.ts", digits: "src/digits.ts" } });
