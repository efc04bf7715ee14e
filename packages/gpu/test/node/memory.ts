import { createGpu } from "../../src/index.js";
import { type Held, longTraining, takeSteps } from "../loop.js";
import { provideWebgpu } from "../webgpu.js";

/* node memory.ts steps parts: trains on webgpu in so many parts; prints what is held after each, and the size of the process. */

await provideWebgpu();
const [steps, parts] = process.argv.slice(2).map(Number);
const gpu = await createGpu({ mode: "webgpu" });
const training = longTraining(gpu);
const resident: number[] = [];
const held: Held[] = [];
for (let part = 0; part < parts; part++) {
  held.push(await takeSteps(training, gpu, steps));
  resident.push(process.memoryUsage.rss());
}
console.log(JSON.stringify({ resident, held }));
await gpu.destroy();
