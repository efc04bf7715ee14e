import { summary } from "@conv/nn";
import { type Architecture, type Block, SIDE } from "../../src/model.js";
import { blankModel } from "../blank.js";

/** What a network would be: its size, and the shape that leaves each block. */
export interface Sketch {
  readonly parameters: number;
  readonly macs: number;
  /** Channels, height and width behind each block. */
  readonly shapes: readonly string[];
}

/**
 * Sizes of a network that is not trained yet; nothing is computed.
 *
 * @throws {Error} When its sizes do not fit.
 */
export function sketch(architecture: Architecture): Sketch {
  const model = blankModel(architecture);
  const { totals, layers } = summary(model, [1, 1, SIDE, SIDE]);
  const ends: string[] = [];
  let at = 0;
  for (const block of architecture.blocks) {
    at += layersOf(block);
    const end = layers.find(({ name }) => name === String(at - 1));
    ends.push((end?.outputShape ?? []).slice(1).join(" × "));
  }
  return { parameters: totals.parameters.trainable, macs: totals.macs, shapes: ends };
}

const layersOf = ({ batchNorm, pool }: Block) => 2 + Number(batchNorm) + Number(pool);

/** Channels that go into a block. */
export const channelsInto = ({ blocks }: Architecture, index: number): number =>
  index === 0 ? 1 : blocks[index - 1].channels;

/** A network in a line: `8@5×5 → 16@3×3 /2 → 128`. */
export function inALine({ blocks, hidden }: Architecture): string {
  const parts = blocks.map(({ channels, kernelSize, stride, dilation, groups, batchNorm, pool, paddingMode }) =>
    [
      `${channels}@${kernelSize}×${kernelSize}`,
      stride > 1 ? `s${stride}` : "",
      dilation > 1 ? `d${dilation}` : "",
      groups > 1 ? `g${groups}` : "",
      paddingMode === "zeros" ? "" : paddingMode,
      batchNorm ? "BN" : "",
      pool ? "pool" : "",
    ]
      .filter(Boolean)
      .join(" "),
  );
  return [...parts, String(hidden)].join(" → ");
}
