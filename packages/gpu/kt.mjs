import { convGeometry, createRandom, tensor } from "@conv/core";
import * as K from "@conv/core/kernels";
import { createGpu } from "./dist/index.js";

const gpu = await createGpu({ mode: process.argv[2] });
const r = createRandom(1);
async function time(name, f) {
  const y = f();
  await y.data();
  y.dispose();
  const ts = [];
  for (let i = 0; i < 5; i++) {
    await gpu.finish();
    const t = performance.now();
    const y = f();
    await gpu.finish();
    ts.push(performance.now() - t);
    y.dispose();
  }
  ts.sort((a, b) => a - b);
  console.log(name.padEnd(34), ts[2].toFixed(2));
}
for (const [xs, ws, o] of [
  [[8, 32, 28, 28], [32, 32, 3, 3], { padding: 1 }],
  [[8, 32, 30, 30], [32, 32, 3, 3], {}],
  [[8, 32, 28, 28], [32, 32, 3, 3], { padding: 1 }],
  [[8, 32, 30, 30], [32, 32, 3, 3], {}],
]) {
  const g = convGeometry(xs, ws, o);
  const [x, w, y] = [g.xShape, g.wShape, g.yShape].map((s) => r.normal(s).to(gpu));
  const n = `${xs} ${ws}`;
  await time(`conv ${n}`, () => K.conv(x, w, g));
  await time(`adjX ${n}`, () => K.convAdjointX(y, w, g));
  await time(`adjW ${n}`, () => K.convAdjointW(x, y, g));
}
const { poolGeometry, pickGeometry } = await import("@conv/core/operators");
const pg = poolGeometry("p", 2, [32, 8, 28, 28], 2);
const x = r.normal([32, 8, 28, 28]).to(gpu);
const i = K.maxPoolIndices(x, pg);
await time("maxPoolIndices", () => K.maxPoolIndices(x, pg));
await time("gather", () => K.gather(x, i, pickGeometry(pg)));
const gy = r.normal([32, 8, 14, 14]).to(gpu);
await time("gatherAdjoint", () => K.gatherAdjoint(gy, i, pickGeometry(pg)));
await time("relu", () => K.relu(x));
await time("mul", () => K.mul(x, x));
await gpu.destroy();
