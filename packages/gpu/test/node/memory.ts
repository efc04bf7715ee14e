import { createGpu } from "../../src/index.js";
import { longTraining, takeSteps } from "../loop.js";
import { provideWebgpu } from "../webgpu.js";

/* node memory.ts steps parts: trains on webgpu in so many parts; prints what the process occupies after each, in bytes. */

await provideWebgpu();
const [steps, parts] = process.argv.slice(2).map(Number);
const gpu = await createGpu({ mode: "webgpu" });
const training = longTraining(gpu);
const resident: number[] = [];
const onDevice: number[] = [];
for (let part = 0; part < parts; part++) {
  onDevice.push(await takeSteps(training, gpu, steps));
  resident.push(process.memoryUsage.rss());
}
console.log(JSON.stringify({ resident, onDevice }));
await gpu.destroy();
