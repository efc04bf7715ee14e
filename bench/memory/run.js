// node --expose-gc --predictable --single-threaded run.js MEASUREMENT OPTIONS: prints what one of the measurements here found, as JSON.

import { measureChain } from "./chain.js";
import { measureLayer } from "./layer.js";
import { measureTraining } from "./training.js";

const measurements = { layer: measureLayer, chain: measureChain, training: measureTraining };
const [name, options] = process.argv.slice(2);
console.log(JSON.stringify(await measurements[name](JSON.parse(options))));
