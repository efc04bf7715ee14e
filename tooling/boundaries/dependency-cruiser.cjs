// Which way imports may go. `pnpm boundaries` checks it; type imports count.
//
//     core ──► gpu
//       ├────► autograd ──► nn ──► apps, examples
//       └────► data ──────────────┘

/** The packages to the left of each: all that it may import. */
const LEFT = {
  core: [],
  gpu: ["core"],
  autograd: ["core"],
  data: ["core"],
  nn: ["core", "autograd"],
};

/** Packages whose published code may use Node's modules, and where. */
const NODE_ENTRIES = "^packages/(nn/src/node|data/src/storage/node|data/src/imageFolder/(files|imageFolder))\\.ts$";

/** Files that a build puts a library of somebody else into. Its licence is in THIRD-PARTY-LICENSES.txt of the package. */
const BUNDLED = "^packages/(data/src/imageFolder/(png|jpeg)|gpu/src/gpujs/(gpujs|module\\.d))\\.ts$";

const TESTS = "\\.test\\.ts$|/test/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Put the shared type or function into the lower of the two files.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(LEFT).map(([name, left]) => ({
      name: `direction-of-${name}`,
      comment: `@conv/${name} may import ${left.map((p) => `@conv/${p}`).join(", ") || "no other package"}.`,
      severity: "error",
      from: { path: `^packages/${name}/src/`, pathNot: TESTS },
      to: { path: "^(packages|apps|examples)/", pathNot: `^packages/(${[name, ...left].join("|")})/` },
    })),
    {
      name: "packages-know-no-app",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(apps|examples)/" },
    },
    {
      name: "only-public-entries",
      comment: "Another package is imported by its name, not by a path into its sources.",
      severity: "error",
      from: { path: "^(packages|apps|examples)/([^/]+)/" },
      to: { path: "^packages/([^/]+)/(src|test)/", pathNot: "^$1/$2/" },
    },
    {
      name: "no-index-inside",
      comment: "Inside a package, import the file itself: index.ts is for users.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/", pathNot: TESTS },
      to: { path: "^packages/$1/src/index\\.ts$" },
    },
    {
      name: "no-dependencies",
      comment: "The packages depend on nothing outside @conv at run time.",
      severity: "error",
      from: { path: "^packages/(core|gpu|autograd|nn|data)/src/", pathNot: `${TESTS}|${BUNDLED}` },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "^packages/" },
    },
    {
      name: "no-node-in-browsers",
      comment: "Node's modules are for the entries that say so.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: `${TESTS}|${NODE_ENTRIES}` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^#(storage|gpujs)$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules|/dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "import", "node", "default"] },
  },
};
