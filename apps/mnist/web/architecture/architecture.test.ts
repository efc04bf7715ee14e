import { summary } from "@conv/nn";
import { expect, test } from "vitest";
import { type Block, createModel, TWO_BLOCKS } from "../../src/model.js";
import { readArchitecture } from "./read.js";
import { inALine, sketch } from "./sketch.js";

const BLOCK = TWO_BLOCKS.blocks[1];
const modes = ["zeros", "circular", "reflect", "replicate", "mean"] as const;

test("every block the page offers fits, and the sketch tells the sizes of the real network", () => {
  for (const kernelSize of [1, 3, 5, 7])
    for (const stride of [1, 2, 3])
      for (const dilation of [1, 2, 3])
        for (const pool of [true, false]) {
          const batchNorm = pool;
          const paddingMode = modes[(kernelSize + stride + dilation) % 5];
          const first: Block = { channels: 4, kernelSize, stride, dilation, groups: 1, paddingMode, batchNorm, pool };
          const architecture = { blocks: [first, { ...BLOCK, groups: 4 }], hidden: 32 };
          const model = createModel(architecture);
          const { totals } = summary(model, [1, 1, 28, 28]);
          const { parameters, macs, shapes } = sketch(architecture);
          expect([parameters, macs]).toEqual([totals.parameters.trainable, totals.macs]);
          expect(shapes).toHaveLength(2);
          const side = Number(shapes[0].split(" × ")[1]);
          expect(side).toBe(Math.floor(Math.ceil(28 / stride) / (pool ? 2 : 1)));
        }
});

test("the network that npm start trains is what it was", () => {
  const names = Object.keys(createModel().stateDict());
  expect(names.join()).toBe("0.weight,0.bias,3.weight,3.bias,7.weight,7.bias,10.weight,10.bias");
  expect(inALine(TWO_BLOCKS)).toBe("8@5×5 pool → 16@3×3 pool → 128");
});

test("a file's architecture is read, or refused with what is wrong", () => {
  expect(readArchitecture(JSON.stringify(TWO_BLOCKS))).toEqual(TWO_BLOCKS);
  const wrong = (value: unknown) => () => readArchitecture(JSON.stringify(value));
  expect(wrong(null)).toThrow("cannot build: null");
  expect(wrong({ blocks: [], hidden: 1e9 })).toThrow("cannot build");
  expect(wrong({ blocks: [null], hidden: 32 })).toThrow("is undefined: no value for it");
  expect(wrong({ blocks: [{ ...BLOCK, stride: 0 }], hidden: 32 })).toThrow("whose stride is 0");
  expect(wrong({ blocks: [{ ...BLOCK, pool: "yes" }], hidden: 32 })).toThrow('whose pool is "yes"');
  expect(wrong({ blocks: [{ ...BLOCK, paddingMode: "wrap" }], hidden: 32 })).toThrow('whose paddingMode is "wrap"');
});
