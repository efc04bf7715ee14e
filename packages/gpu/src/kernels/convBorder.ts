import type { Kernels, Tensor } from "@conv/core";
import { padGeometry, sizeOf } from "@conv/core/operators";
import type { Maps } from "../maps.js";
import { padding } from "./pad.js";
import { windowRange } from "./window.js";

type ConvGeometry = Parameters<Kernels<Tensor>["conv"]>[2];

/*
 * A tap that may fall beyond an edge has to be asked for each element, and a loop with conditions takes two to four times as long
 * as one without. So in large convolutions what lies around is made real, as zeros; small ones are spared the further kernel.
 */

/** With fewer channels in a sum, most of the time goes into reading, and a copy would be read too. */
const FEW_CHANNELS = 4;

/** Whether zeros around an image of `channels` channels for each sum pay. */
function pays(maps: Maps, { yShape, inChannels, groups, kernelSize }: ConvGeometry, channels: number): boolean {
  const products = sizeOf(yShape) * (inChannels / groups) * sizeOf(kernelSize);
  return products >= maps.engine.manyProducts && (channels >= FEW_CHANNELS || maps.engine.manyProducts === 0);
}

/** Computes with x as it is, or with its padding around it and a geometry without. */
export function withBorder(
  maps: Maps,
  x: Tensor,
  geometry: ConvGeometry,
  compute: (x: Tensor, geometry: ConvGeometry) => Tensor,
): Tensor {
  const { padding: pairs, inChannels, groups, batch } = geometry;
  const isBare = pairs.every(([before, after]) => before + after === 0);
  if (isBare || x.size === 0 || !pays(maps, geometry, inChannels / groups)) return compute(x, geometry);
  const border = padGeometry(x.shape, pairs);
  const inSize = border.outSize;
  return withZeros(maps, x, border, (wide) =>
    compute(wide, { ...geometry, inSize, xShape: [batch, inChannels, ...inSize], padding: pairs.map(() => [0, 0]) }),
  );
}

/** Computes with gradY as it is, or with zeros for the windows that pixels near the edges would ask for. */
export function withOuterWindows(
  maps: Maps,
  gradY: Tensor,
  geometry: ConvGeometry,
  compute: (gradY: Tensor, geometry: ConvGeometry) => Tensor,
): Tensor {
  const { outChannels, groups, batch, stride, outSize, padding: pairs } = geometry;
  const room = outSize.map((length, axis) => {
    const [least, most] = windowRange(geometry, axis);
    return [Math.max(0, -least), Math.max(0, most - length + 1)] as const;
  });
  const isBare = room.every(([before, after]) => before + after === 0);
  if (isBare || gradY.size === 0 || !pays(maps, geometry, outChannels / groups)) return compute(gradY, geometry);
  const border = padGeometry(gradY.shape, room);
  // window −before of the old ones is window 0 of the new ones
  const moved = pairs.map(([before, after], axis) => [before + room[axis][0] * stride[axis], after] as const);
  return withZeros(maps, gradY, border, (wide) =>
    compute(wide, {
      ...geometry,
      outSize: border.outSize,
      yShape: [batch, outChannels, ...border.outSize],
      padding: moved,
    }),
  );
}

function withZeros(
  maps: Maps,
  x: Tensor,
  border: Parameters<Kernels<Tensor>["pad"]>[1],
  compute: (wide: Tensor) => Tensor,
) {
  const wide = padding(maps).pad(x, border);
  const y = compute(wide);
  wide.dispose();
  return y;
}
