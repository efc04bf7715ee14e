import type { Architecture, Block } from "../../src/model.js";

/** How many blocks a network of the page may have. */
export const MOST_BLOCKS = 4;
/** Units between its two linear layers. */
export const HIDDEN = [32, 64, 128, 256] as const;
/** What there is to choose from in a block. */
export const CHOICES = {
  channels: [4, 8, 16, 32],
  kernelSize: [1, 3, 5, 7],
  stride: [1, 2, 3],
  dilation: [1, 2, 3],
  groups: [1, 2, 4, 8],
  paddingMode: ["zeros", "circular", "reflect", "replicate", "mean"],
  batchNorm: [false, true],
  pool: [false, true],
} as const satisfies { readonly [Name in keyof Block]: readonly Block[Name][] };

/**
 * The architecture that a file speaks of.
 *
 * @throws {Error} When it is none that this page offers: with what is wrong.
 */
export function readArchitecture(text: string): Architecture {
  const { blocks, hidden } = (JSON.parse(text) ?? {}) as Partial<Architecture>;
  if (!Array.isArray(blocks) || blocks.length > MOST_BLOCKS || !isOneOf(HIDDEN, hidden)) {
    throw new Error(`The file speaks of a network that this page cannot build: ${text.slice(0, 80)}`);
  }
  return { blocks: blocks.map(readBlock), hidden: hidden as number };
}

function readBlock(block: Readonly<Record<string, unknown>>): Block {
  const read = Object.entries(CHOICES).map(([name, choices]) => {
    const value = block?.[name];
    if (isOneOf(choices, value)) return [name, value];
    throw new Error(`The file speaks of a block whose ${name} is ${JSON.stringify(value)}: no value for it.`);
  });
  return Object.fromEntries(read);
}

const isOneOf = (choices: readonly unknown[], value: unknown): boolean => choices.includes(value);
