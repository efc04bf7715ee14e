// pnpm memory: what convolution layers take, forward and backward, in bytes.

import Table from "cli-table3";
import { measureLayer } from "./layer.js";

const LAYERS = [
  { batch: 8, inChannels: 1, outChannels: 32, size: 28 },
  { batch: 8, inChannels: 32, outChannels: 64, size: 14 },
  { batch: 2, inChannels: 64, outChannels: 64, size: 56 },
  { batch: 8, inChannels: 16, outChannels: 16, size: 32, kernelSize: 5 },
];

const bytes = (n) => n.toLocaleString("en");
const head = ["layer", "tensors", "largest scratch", "measured peak", "its columns, were they kept"];
const table = new Table({
  head,
  style: { head: [], border: [] },
  colAligns: ["left", "right", "right", "right", "right"],
});
for (const layer of LAYERS) {
  const { batch, inChannels, outChannels, size, kernelSize = 3 } = layer;
  const { tensors, scratch, peak, columns } = await measureLayer(layer);
  const name = `${batch} × ${inChannels}→${outChannels}, ${kernelSize}×${kernelSize} on ${size}×${size}`;
  table.push([name, bytes(tensors), bytes(scratch), bytes(peak), bytes(columns)]);
}
console.log(
  "Bytes for y = conv2d(x, w, { bias }) and y.backward(gradY). The tensors: x, w, bias, y, and the gradient of each.",
);
console.log(table.toString());
