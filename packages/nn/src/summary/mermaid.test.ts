import { add, concat, maxPool2d, mul, type Variable, variable } from "@conv/autograd";
import { ones } from "@conv/core";
import { describe, expect, test } from "vitest";
import { lenet, resnet18, separable } from "../../test/networks.js";
import { AvgPool2d, Conv2d, Dropout, Flatten, Linear, Module, ReLU, Sequential } from "../index.js";
import { mermaid } from "./mermaid.js";

/*
 * Mermaid is too large to be a dependency of tests. Texts like these were given to its parser once (mermaid 11.17.2,
 * mermaid.parse), which took them for flowcharts with these nodes, edges and subgraphs; tests hold on to that syntax.
 *
 * See https://mermaid.js.org/syntax/flowchart.html: node shapes, entity codes, subgraphs.
 */

const TEXT = String.raw`"[^"\n]+"`;
const LINES = [
  /^flowchart TD$/,
  new RegExp(String.raw`^ +(n\d+|out)(\[${TEXT}\]|\(\[${TEXT}\]\)|\(\(${TEXT}\)\)|\(${TEXT}\))$`), // a node
  /^ +n\d+ --> (n\d+|out)$/,
  new RegExp(String.raw`^ +subgraph g\d+\[${TEXT}\]$`),
  /^ +end$/,
];

/** The nodes and edges of a text, after its syntax was checked. */
function read(text: string) {
  const lines = text.split("\n");
  for (const line of lines)
    if (!LINES.some((form) => form.test(line))) throw new Error(`not Mermaid's syntax: ${line}`);
  expect(lines.filter((line) => / subgraph /.test(line)).length).toBe(
    lines.filter((line) => / end$/.test(line)).length,
  );
  const nodes = new Map(
    lines.flatMap((line) => [...line.matchAll(/^ +(n\d+|out)[([]+"(.*)"/g)].map((m) => [m[1], m[2]])),
  );
  const edges = lines.flatMap((line) =>
    [...line.matchAll(/(\w+) --> (\w+)/g)].map((m) => `${nodes.get(m[1])} → ${nodes.get(m[2])}`),
  );
  return { nodes: [...nodes.values()], edges };
}

/** A model that is a function. */
class Lambda extends Module {
  readonly #f: (...inputs: Variable[]) => Variable;
  constructor(f: (...inputs: Variable[]) => Variable, layers: Readonly<Record<string, unknown>> = {}) {
    super();
    this.#f = f;
    Object.assign(this, layers);
  }
  forward(...inputs: Variable[]): Variable {
    return this.#f(...inputs);
  }
}

test("by hand: LeNet-5 is a chain", () => {
  expect(mermaid(lenet(), [1, 1, 28, 28])).toMatchInlineSnapshot(`
    "flowchart TD
      n0(["input<br>1×1×28×28"])
      n1["Conv2d 1→6 k5 p2<br>1×6×28×28"]
      n2["ReLU<br>1×6×28×28"]
      n3["MaxPool2d k2 s2<br>1×6×14×14"]
      n4["Conv2d 6→16 k5<br>1×16×10×10"]
      n5["ReLU<br>1×16×10×10"]
      n6["MaxPool2d k2 s2<br>1×16×5×5"]
      n7["Flatten<br>1×400"]
      n8["Linear 400→120<br>1×120"]
      n9["ReLU<br>1×120"]
      n10["Linear 120→84<br>1×84"]
      n11["ReLU<br>1×84"]
      n12["Linear 84→10<br>1×10"]
      n0 --> n1
      n1 --> n2
      n2 --> n3
      n3 --> n4
      n4 --> n5
      n5 --> n6
      n6 --> n7
      n7 --> n8
      n8 --> n9
      n9 --> n10
      n10 --> n11
      n11 --> n12
      out(["output"])
      n12 --> out"
  `);
});

test("by hand: a separable block is a frame, and around its layers flows what it adds", () => {
  const text = mermaid(separable(), [1, 3, 32, 32]);
  expect(text).toMatchInlineSnapshot(`
    "flowchart TD
      n0(["input<br>1×3×32×32"])
      n1["Conv2d 3→16 k3 s2 p1<br>1×16×16×16"]
      subgraph g2["1 (SeparableBlock)"]
        n2["Conv2d 16→16 k3 p1 g16<br>1×16×16×16"]
        n3["BatchNorm2d<br>1×16×16×16"]
        n4("relu")
        n5["Conv2d 16→16 k1<br>1×16×16×16"]
        n6(("#43;"))
      end
      n7["MaxPool2d k2 s2<br>1×16×8×8"]
      n8["Flatten<br>1×1024"]
      n9["Linear 1024→10<br>1×10"]
      n0 --> n1
      n1 --> n2
      n2 --> n3
      n3 --> n4
      n4 --> n5
      n1 --> n6
      n5 --> n6
      n6 --> n7
      n7 --> n8
      n8 --> n9
      out(["output"])
      n9 --> out"
  `);
  expect(read(text).edges).toContain("Conv2d 3→16 k3 s2 p1<br>1×16×16×16 → #43;");
});

describe("how tensors flow", () => {
  test("two branches meet where they are concatenated", () => {
    const [a, b] = [new Conv2d(1, 2, 1), new Conv2d(1, 3, 1)];
    const model = new Lambda((x) => concat([a.forward(x), b.forward(x)], 1), { a, b });
    expect(read(mermaid(model, [1, 1, 4, 4])).edges).toEqual([
      "input<br>1×1×4×4 → Conv2d 1→2 k1<br>1×2×4×4",
      "input<br>1×1×4×4 → Conv2d 1→3 k1<br>1×3×4×4",
      "Conv2d 1→2 k1<br>1×2×4×4 → concat",
      "Conv2d 1→3 k1<br>1×3×4×4 → concat",
      "concat → output",
    ]);
  });

  test("what passes a layer unchanged comes from there, and what goes around it does not", () => {
    const drop = new Dropout();
    const { edges } = read(mermaid(new Lambda((x) => mul(x, drop.forward(x)), { drop }), [1, 4]));
    expect(edges).toEqual(["input<br>1×4 → Dropout<br>1×4", "input<br>1×4 → ×", "Dropout<br>1×4 → ×", "× → output"]);
  });

  test("a shared layer is a node for each call", () => {
    const conv = new Conv2d(1, 1, 1);
    expect(read(mermaid(new Sequential(conv, conv), [1, 1, 2, 2])).edges).toEqual([
      "input<br>1×1×2×2 → Conv2d 1→1 k1<br>1×1×2×2",
      "Conv2d 1→1 k1<br>1×1×2×2 → Conv2d 1→1 k1, call 2<br>1×1×2×2",
      "Conv2d 1→1 k1, call 2<br>1×1×2×2 → output",
    ]);
  });

  test("a frame whose layers are all shared is a frame nevertheless", () => {
    const conv = new Conv2d(1, 1, 1);
    const text = mermaid(new Sequential(new Sequential(conv), new Sequential(conv)), [1, 1, 2, 2]);
    expect(text.split("\n").filter((line) => line.includes("subgraph"))).toEqual([
      '  subgraph g1["0 (Sequential)"]',
      '  subgraph g3["1 (Sequential)"]',
    ]);
    expect(read(text).edges.length).toBe(3);
  });

  test("several inputs are several nodes, constants are none, a pooling in a function is one", () => {
    const layers = { relu: new ReLU() };
    const model = new Lambda((x, y) => add(mul(maxPool2d(x, 2), variable(ones([1]))), layers.relu.forward(y)), layers);
    const { nodes, edges } = read(
      mermaid(model, [
        [1, 1, 4, 4],
        [1, 1, 2, 2],
      ]),
    );
    expect(nodes).toEqual([
      "input<br>1×1×4×4",
      "input<br>1×1×2×2",
      "maxPool",
      "×",
      "ReLU<br>1×1×2×2",
      "#43;",
      "output",
    ]);
    expect(edges).toContain("input<br>1×1×4×4 → maxPool");
    expect(edges).toContain("maxPool → ×");
  });

  test("a single layer is a model too", () => {
    expect(read(mermaid(new Linear(4, 2), [1, 4])).edges).toEqual([
      "input<br>1×4 → Linear 4→2<br>1×2",
      "Linear 4→2<br>1×2 → output",
    ]);
  });
});

test("sizes per axis and uneven padding are told, usual ones left out", () => {
  const layers = [
    new Conv2d(2, 4, [3, 1], { stride: [1, 2], padding: [[1, 0], 0], dilation: 2, groups: 2 }),
    new AvgPool2d(2, { stride: 1 }),
  ];
  expect(read(mermaid(new Sequential(...layers), [1, 2, 9, 9])).nodes.slice(1, 3)).toEqual([
    "Conv2d 2→4 k3×1 s1×2 p1#43;0×0 d2 g2<br>1×4×6×5",
    "AvgPool2d k2<br>1×4×5×4",
  ]);
});

test("odd names are written so that Mermaid reads them", () => {
  const Odd = { 'a"]<b>`#;\n1. *': class extends Sequential {} }['a"]<b>`#;\n1. *'];
  const inner = new Odd(new Flatten());
  const model = new Lambda((x) => inner.forward(x), { 'x["end"]': inner });
  const text = mermaid(model, [1, 4]);
  expect(read(text).edges).toEqual(["input<br>1×4 → Flatten<br>1×4", "Flatten<br>1×4 → output"]);
  expect(text.split("\n")[2]).toMatchInlineSnapshot(
    `"  subgraph g1["x#91;#34;end#34;#93; (a#34;#93;#60;b#62;#96;#35;#59; 1. #42;)"]"`,
  );
});

test("every layer of a large network is a node, and none hangs in the air", () => {
  const { nodes, edges } = read(mermaid(resnet18(), [1, 3, 224, 224]));
  expect(nodes.filter((node) => node.startsWith("Conv2d")).length).toBe(20);
  expect(nodes.filter((node) => node === "#43;").length).toBe(8);
  const ends = edges.flatMap((edge) => edge.split(" → "));
  expect(nodes.filter((node) => !ends.includes(node))).toEqual([]);
});

test("errors are those of summary, under its own name", () => {
  expect(() => mermaid(new Sequential(new Linear(3, 2)), [1, 4])).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: mermaid: layer 0 (Linear), given [1, 4]: linear: x [1, 4] must end in the 3 features that w [2, 3], [out, in], takes. Reshape x, or make w [2, 4].]`,
  );
});
