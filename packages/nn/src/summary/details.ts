import type { ConvGeometry } from "@conv/core";
import type { PoolGeometry } from "@conv/core/operators";
import type { Step } from "./trace.js";

/** The sizes of a layer in short, from the first kernel that it ran with a window: `3→16`, `k3`, `s2`, `p1`, `d2`, `g16`. */
export function detailsOf(steps: readonly Step[]): string[] {
  for (const { kernel, geometry } of steps) {
    if (kernel === "conv" || kernel === "convAdjointX") return ofConv(geometry as ConvGeometry, kernel === "conv");
    if (kernel === "maxPoolIndices" || kernel === "avgPool") return ofWindow(geometry as PoolGeometry);
  }
  return [];
}

function ofConv(geometry: ConvGeometry, isForward: boolean): string[] {
  const { inChannels, outChannels, groups } = geometry;
  const channels = isForward ? `${inChannels}→${outChannels}` : `${outChannels}→${inChannels}`;
  return [channels, ...ofWindow(geometry), ...(groups > 1 ? [`g${groups}`] : [])];
}

/** What differs from 1, or from 0 for the padding. */
function ofWindow({
  kernelSize,
  stride,
  padding,
  dilation,
}: Pick<PoolGeometry, "kernelSize" | "stride" | "padding" | "dilation">) {
  const pads = padding.map(([before, after]) => (before === after ? `${before}` : `${before}+${after}`));
  const parts = [
    ["k", kernelSize, ""],
    ["s", stride, "1"],
    ["p", pads, "0"],
    ["d", dilation, "1"],
  ] as const;
  return parts.flatMap(([letter, sizes, usual]) => {
    const text = new Set(sizes.map(String)).size === 1 ? String(sizes[0]) : sizes.join("×");
    return sizes.length === 0 || text === usual ? [] : [letter + text];
  });
}
