import { library } from "@tooling/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    kernels: "src/kernels.ts",
    operators: "src/operators.ts",
    testing: "src/testing/index.ts",
  },
});
