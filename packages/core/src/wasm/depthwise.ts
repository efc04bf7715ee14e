import type { ConvGeometry } from "../conv/geometry.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { combinations, frameOfGradY, frameOfX, inSpace, keyOf, phasesOf, sums } from "./convProduct.js";
import { resultIn, run } from "./run.js";
import { grid, planned } from "./tables.js";

/** Taps that the module has room for, and phases of a stride. */
const [MOST_TAPS, MOST_PHASES] = [1024, 8];
/** Multiply-adds in a nanosecond, about. */
const PACE = 8;

/** Whether every group has one channel, and its filters few enough taps. */
export function isDepthwise({ groups, inChannels, outChannels, kernelSize, stride }: ConvGeometry): boolean {
  const taps = (outChannels / groups) * sizeOf(kernelSize);
  return groups > 1 && inChannels === groups && taps <= MOST_TAPS && sizeOf(stride) <= MOST_PHASES;
}

const inThree = (geometry: ConvGeometry) => ({
  inSize: inSpace(geometry.inSize, 1),
  outSize: inSpace(geometry.outSize, 1),
  kernelSize: inSpace(geometry.kernelSize, 1),
  stride: inSpace(geometry.stride, 1),
  dilation: inSpace(geometry.dilation, 1),
});

/** How a plane of x is laid out: its rows as `step` rows of each step-th pixel, so that all taps read neighbours. */
function layoutOfX(geometry: ConvGeometry) {
  const { kernelSize, dilation, stride, outSize } = inThree(geometry);
  const frame = frameOfX(geometry);
  const [depth, height] = inSpace(frame.size, 1);
  const step = stride[2];
  const width = outSize[2] + Math.floor(((kernelSize[2] - 1) * dilation[2]) / step);
  const pitch = step * width;
  const rows = grid(kernelSize.slice(0, 2), [dilation[0] * height * pitch, dilation[1] * pitch]);
  const columns = Array.from({ length: kernelSize[2] }, (_, tap) => {
    return ((tap * dilation[2]) % step) * width + Math.floor((tap * dilation[2]) / step);
  });
  return {
    before: inSpace(frame.before, 0),
    size: [depth, height, width, step],
    pixels: depth * height * pitch,
    /** How far apart rows of the result are along the first two axes. */
    rowSteps: [stride[0] * height * pitch, stride[1] * pitch],
    offsets: sums(rows, [columns], [1]),
  };
}

/** Bytes of a thread's memory for so many pixels of layout; vectors may reach a little beyond them. */
const laidBytes = (pixels: number) => 4 * (pixels + 64);

/** y = conv(x, w) for groups of one channel. */
export function convDepthwise(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor | undefined {
  const { batch, groups, outChannels, yShape } = geometry;
  const { inSize, outSize, kernelSize } = inThree(geometry);
  const [planes, taps] = [batch * outChannels, sizeOf(kernelSize)];
  const chunks = chunksOf(planes);
  return resultIn(x, yShape, (workspace, y) => {
    const { plan, at } = planned(workspace, `depthwise ${keyOf(geometry)}`, () => {
      const plan = layoutOfX(geometry);
      return { plan, tables: [plan.offsets] };
    });
    const words = [
      ...[workspace.read(x), workspace.read(w), workspace.write(y), planes, outChannels / groups, 1],
      ...[sizeOf(inSize), plan.pixels, sizeOf(outSize), 1, chunks],
      ...[...inSize, ...plan.before, ...plan.size],
      ...[taps, 0, outChannels],
      ...[...outSize, ...plan.rowSteps, taps, at(plan.offsets), 0],
      ...[0, outSize[1] * outSize[2], outSize[2], 1],
    ];
    run(workspace, "depthwise", words, {
      chunks,
      scratch: 64 + 4096 + laidBytes(plan.pixels),
      cost: (y.size * taps) / PACE,
    });
  });
}

/** How many chunks so many planes are cut into. */
const chunksOf = (planes: number) => Math.min(planes, 32);

/** gradX = Ŵᵀ g for groups of one channel: for each phase of the stride, the taps that see its pixels. */
export function adjointXDepthwise(gradY: Tensor, w: Tensor, geometry: ConvGeometry): Tensor | undefined {
  const { batch, groups, outChannels, xShape } = geometry;
  const { inSize, outSize, kernelSize, stride } = inThree(geometry);
  const [planes, taps, filters] = [batch * groups, sizeOf(kernelSize), outChannels / groups];
  const chunks = chunksOf(planes);
  return resultIn(gradY, xShape, (workspace, gradX) => {
    const { plan, at } = planned(workspace, `depthwiseAdjointX ${keyOf(geometry)}`, () => {
      const plan = adjointXPlan(geometry);
      return { plan, tables: plan.phases.flatMap(({ offsets, places }) => [offsets, places]) };
    });
    const { frame, pixels } = plan;
    const [, height, width] = inSpace(frame.size, 1);
    const xSteps = [inSize[1] * inSize[2], inSize[2], 1].map((pitch, axis) => pitch * stride[axis]);
    const spare = laidBytes(inSize[2]);
    const words = [
      ...[workspace.read(gradY), workspace.read(w), workspace.write(gradX), planes, 1, filters],
      ...[sizeOf(outSize), pixels, sizeOf(inSize), plan.phases.length, chunks],
      ...[...outSize, ...inSpace(frame.before, 0), ...inSpace(frame.size, 1), 1],
      ...[filters * taps, spare, groups],
      ...plan.phases.flatMap(({ counts, offsets, places, first }) => [
        ...[...counts, height * width, width, offsets.length, at(offsets), at(places)],
        ...[first, ...xSteps],
      ]),
    ];
    run(workspace, "depthwise", words, {
      chunks,
      scratch: 64 + 4096 + spare + laidBytes(pixels * filters),
      cost: (gradY.size * taps) / PACE,
    });
  });
}

/** Which taps of which filters see the pixels of each phase, and where in g. */
function adjointXPlan(geometry: ConvGeometry) {
  const { groups, outChannels, inSize, kernelSize } = geometry;
  const [filters, taps] = [outChannels / groups, sizeOf(kernelSize)];
  const phases = phasesOf(geometry);
  const frame = frameOfGradY(phases);
  const pixels = sizeOf(frame.size);
  const pitches = (lengths: readonly number[]) => lengths.map((_, axis) => sizeOf(lengths.slice(axis + 1)));
  return {
    frame,
    pixels,
    phases: combinations(phases).map((phase) => ({
      counts: inSpace(
        phase.map(({ count }) => count),
        1,
      ),
      first: phase.reduce((sum, { first }, axis) => sum + first * pitches(inSize)[axis], 0),
      offsets: sums(
        grid([filters], [pixels]),
        phase.map(({ shifts }, axis) => shifts.map((shift) => shift + frame.before[axis])),
        pitches(frame.size),
      ),
      places: sums(
        grid([filters], [taps]),
        phase.map((axis) => axis.taps),
        pitches(kernelSize),
      ),
    })),
  };
}

/** gradW = X̂ᵀ g for groups of one channel. */
export function adjointWDepthwise(x: Tensor, gradY: Tensor, geometry: ConvGeometry): Tensor | undefined {
  const { batch, groups, outChannels, wShape } = geometry;
  const { inSize, outSize, kernelSize } = inThree(geometry);
  const [taps, filters] = [sizeOf(kernelSize), outChannels / groups];
  const chunks = chunksOf(groups);
  return resultIn(x, wShape, (workspace, gradW) => {
    const { plan, at } = planned(workspace, `depthwise ${keyOf(geometry)}`, () => {
      const plan = layoutOfX(geometry);
      return { plan, tables: [plan.offsets] };
    });
    const words = [
      ...[workspace.read(x), workspace.read(gradY), workspace.write(gradW), batch, groups, filters],
      ...[sizeOf(inSize), plan.pixels, sizeOf(outSize), taps, chunks],
      ...[...inSize, ...plan.before, ...plan.size],
      ...[...outSize, ...plan.rowSteps, at(plan.offsets)],
    ];
    run(workspace, "depthwiseAdjointW", words, {
      chunks,
      scratch: 16 * taps * filters + laidBytes(plan.pixels),
      cost: (gradY.size * taps) / PACE,
    });
  });
}
