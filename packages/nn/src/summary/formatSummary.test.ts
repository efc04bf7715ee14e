import { relu, type Variable } from "@conv/autograd";
import { expect, test } from "vitest";
import { lenet, resnet18, separable } from "../../test/networks.js";
import { Conv1d, Conv2d, Linear, Module, ReLU, Sequential } from "../index.js";
import { formatSummary } from "./formatSummary.js";
import { summary } from "./summary.js";

test("by hand: LeNet-5", () => {
  expect(`\n${summary(lenet(), [1, 1, 28, 28])}\n`).toMatchInlineSnapshot(`
    "
    ===============================================================================
    Layer    Type        Output shape     Parameters     MACs   Memory  Field  Jump
    ===============================================================================
    (model)  Sequential  [1, 10]                                  40 B    all
    0        Conv2d      [1, 6, 28, 28]          156  117,600  18.8 kB    5×5     1
    1        ReLU        [1, 6, 28, 28]                        18.8 kB    5×5     1
    2        MaxPool2d   [1, 6, 14, 14]                        4.70 kB    6×6     2
    3        Conv2d      [1, 16, 10, 10]       2,416  240,000  6.40 kB  14×14     2
    4        ReLU        [1, 16, 10, 10]                       6.40 kB  14×14     2
    5        MaxPool2d   [1, 16, 5, 5]                         1.60 kB  16×16     4
    6        Flatten     [1, 400]                              1.60 kB  16×16     4
    7        Linear      [1, 120]             48,120   48,000    480 B    all
    8        ReLU        [1, 120]                                480 B    all
    9        Linear      [1, 84]              10,164   10,080    336 B    all
    10       ReLU        [1, 84]                                 336 B    all
    11       Linear      [1, 10]                 850      840     40 B    all
    ===============================================================================
    Input [1, 1, 28, 28]; 61,706 parameters, 61,706 trainable; 416,520 MACs
    Memory: parameters 247 kB, outputs 58.4 kB, kept for backward 41.8 kB
    ===============================================================================
    "
  `);
});

test("by hand: layers inside layers", () => {
  expect(`\n${formatSummary(summary(separable(), [1, 3, 32, 32]))}\n`).toMatchInlineSnapshot(`
    "
    =======================================================================================
    Layer        Type            Output shape     Parameters     MACs   Memory  Field  Jump
    =======================================================================================
    (model)      Sequential      [1, 10]                                  40 B    all
    0            Conv2d          [1, 16, 16, 16]         448  110,592  16.4 kB    3×3     2
    1            SeparableBlock  [1, 16, 16, 16]                       16.4 kB    7×7     2
    1.depthwise  Conv2d          [1, 16, 16, 16]         144   36,864  16.4 kB    7×7     2
    1.norm       BatchNorm2d     [1, 16, 16, 16]          32           16.4 kB    7×7     2
    1.pointwise  Conv2d          [1, 16, 16, 16]         272   65,536  16.4 kB    7×7     2
    2            MaxPool2d       [1, 16, 8, 8]                         4.10 kB    9×9     4
    3            Flatten         [1, 1024]                             4.10 kB    9×9     4
    4            Linear          [1, 10]              10,250   10,240     40 B    all
    =======================================================================================
    Input [1, 3, 32, 32]; 11,146 parameters, 11,146 trainable; 223,232 MACs
    Memory: parameters 44.6 kB, buffers 132 B, outputs 86.1 kB, kept for backward 69.8 kB
    =======================================================================================
    "
  `);
});

test("one axis, a shared layer, one that was never called, and fields that cannot be told", () => {
  class Odd extends Module {
    readonly conv = new Conv1d(2, 2, 3, { padding: 1 });
    readonly unused = new Linear(3, 3);
    forward(x: Variable): Variable {
      return relu(this.conv.forward(this.conv.forward(x)));
    }
  }
  expect(`\n${summary(new Odd(), [1, 2, 8])}\n`).toMatchInlineSnapshot(`
    "
    ==========================================================================
    Layer          Type    Output shape  Parameters  MACs  Memory  Field  Jump
    ==========================================================================
    (model)        Odd     [1, 2, 8]                         64 B      5     1
    conv           Conv1d  [1, 2, 8]             14    96    64 B      3     1
    conv (call 2)  Conv1d  [1, 2, 8]         shared    96    64 B      5     1
    unused         Linear  never called          12
    ==========================================================================
    Input [1, 2, 8]; 26 parameters, 26 trainable; 192 MACs
    Memory: parameters 104 B, outputs 192 B, kept for backward 192 B
    ==========================================================================
    "
  `);
});

test("without images there are no columns for what is seen of them", () => {
  expect(`\n${summary(new Sequential(new Linear(4, 2), new ReLU()), [8, 4])}\n`).toMatchInlineSnapshot(`
    "
    ===========================================================
    Layer    Type        Output shape  Parameters  MACs  Memory
    ===========================================================
    (model)  Sequential  [8, 2]                            64 B
    0        Linear      [8, 2]                10    64    64 B
    1        ReLU        [8, 2]                            64 B
    ===========================================================
    Input [8, 4]; 10 parameters, 10 trainable; 64 MACs
    Memory: parameters 40 B, outputs 128 B, kept for backward 192 B
    ===========================================================
    "
  `);
});

test("large numbers are short, long names are cut, and the lines of a large network have at most 100 columns", () => {
  const deep = new Sequential(new Sequential(new Sequential(new Sequential(new Sequential(resnet18())))));
  const lines = String(summary(deep, [1, 3, 224, 224])).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.find((line) => line.includes("conv2"))).toMatchInlineSnapshot(
    `"0.0.0.0.0.4.0.conv2     Conv2d       [1, 64, 56, 56]        36,864    116 M   803 kB    27×27     4"`,
  );
  expect(lines.slice(-3)).toMatchInlineSnapshot(`
    [
      "Input [1, 3, 224, 224]; 11,689,512 parameters, 11,689,512 trainable; 1.81 G MACs",
      "Memory: parameters 46.8 MB, buffers 38.5 kB, outputs 26.9 MB, kept for backward 21.4 MB",
      "===================================================================================================",
    ]
  `);
});

test("long names of classes are cut too", () => {
  class InvertedResidualBottleneckWithExcitation extends ReLU {}
  const text = String(summary(new InvertedResidualBottleneckWithExcitation(), [1, 1, 9, 9]));
  expect(text.split("\n")[3]).toMatchInlineSnapshot(
    `"(model)  InvertedRe…hExcitation  [1, 1, 9, 9]                     324 B    1×1     1"`,
  );
});

test("axes with sizes of their own are rows × columns", () => {
  const text = String(summary(new Conv2d(1, 1, [3, 1], { stride: [2, 1] }), [1, 1, 9, 9]));
  expect(text.split("\n")[3]).toMatchInlineSnapshot(
    `"(model)  Conv2d  [1, 1, 4, 9]           4   108   144 B    3×1   2×1"`,
  );
});
