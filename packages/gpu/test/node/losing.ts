import { whenLost } from "../losing.js";
import { provideWebgpu } from "../webgpu.js";

/* node losing.ts kernels: prints what becomes of a device that is lost after so many of them. */

await provideWebgpu();
console.log(JSON.stringify(await whenLost("webgpu", Number(process.argv[2]))));
