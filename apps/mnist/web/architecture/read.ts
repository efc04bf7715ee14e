import { type Architecture, type Block, TWO_BLOCKS } from "../../src/model.js";

/** How many blocks a network of the page may have. */
export const MOST_BLOCKS = 4;
/** The values that a block's numbers may have. */
export const CHANNELS = [4, 8, 16, 32] as const;
export const KERNEL_SIZES = [1, 3, 5, 7] as const;
export const PADDING_MODES = ["zeros", "circular", "reflect", "replicate", "mean"] as const;
export const HIDDEN = [32, 64, 128, 256] as const;

const [MODEL_BLOCK] = TWO_BLOCKS.blocks;

/**
 * The architecture that a file speaks of.
 *
 * @throws {Error} When it is none: with what is wrong.
 */
export function readArchitecture(text: string): Architecture {
  const { blocks, hidden } = (JSON.parse(text) ?? {}) as Partial<Architecture>;
  if (!Array.isArray(blocks) || blocks.length > MOST_BLOCKS || !isSize(hidden)) {
    throw new Error(`The file speaks of a network that this page cannot build: ${text.slice(0, 80)}`);
  }
  return { blocks: blocks.map(readBlock), hidden };
}

function readBlock(block: Readonly<Record<string, unknown>>): Block {
  for (const [name, like] of Object.entries(MODEL_BLOCK)) {
    const value = block?.[name];
    if (typeof value === typeof like && isPossible(value)) continue;
    throw new Error(`The file speaks of a block whose ${name} is ${JSON.stringify(value)}: no value for it.`);
  }
  return Object.fromEntries(Object.keys(MODEL_BLOCK).map((name) => [name, block[name]])) as unknown as Block;
}

/** Numbers are sizes, words are padding modes. */
const isPossible = (value: unknown): boolean =>
  typeof value === "boolean" || isSize(value) || PADDING_MODES.some((mode) => mode === value);

const isSize = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 1024;
