import { describe, expect, test } from "vitest";
import { type Toy, toyGraph } from "../test/toyGraph.js";

describe("sweep", () => {
  test("by hand: in y = 2a + 5b with a = 3x, b = 7x, x receives 2·3 + 5·7 = 41", () => {
    const { leaf, step, run } = toyGraph();
    const x = leaf("x");
    const [a, b] = [step("a", [x, 3]), step("b", [x, 7])];
    expect(run(step("y", [a, 2], [b, 5]))).toEqual({ x: 41 });
  });

  test("visits every vertex once, after all that were made of it", () => {
    const { leaf, step, run, visits } = toyGraph();
    const x = leaf("x");
    const early = step("early", [x, 2]);
    const middle = step("middle", [early, 3]);
    const last = step("last", [early, 5], [middle, 7]); // reaches early directly, and again by way of middle
    expect(run(step("y", [early, 1], [last, 1], [last, 1]))).toEqual({ x: 2 * (1 + 2 * (5 + 7 * 3)) });
    expect(visits()).toEqual(["y", "last", "middle", "early"]);
  });

  test("visits the newest first, whatever the order of inputs", () => {
    const { leaf, step, run, visits } = toyGraph();
    const x = leaf("x");
    const [a, b, c] = ["a", "b", "c"].map((name) => step(name, [x, 1]));
    run(step("y", [b, 1], [c, 1], [a, 1]));
    expect(visits()).toEqual(["y", "c", "b", "a"]);
  });

  test("sums what reaches one input of a step several times", () => {
    const { leaf, step, run } = toyGraph();
    const x = leaf("x");
    expect(run(step("y", [x, 1], [x, 10], [x, 100]))).toEqual({ x: 111 });
  });

  test("brings nothing to an input that needs no gradient, and leaves steps alone that y was not made of", () => {
    const { leaf, step, run, visits } = toyGraph();
    const x = leaf("x");
    step("aside", [x, 9]);
    expect(run(step("y", [x, 3], [undefined, 5]))).toEqual({ x: 3 });
    expect(visits()).toEqual(["y"]);
  });

  test("returns the gradients of the leaves", () => {
    const { leaf, step, run } = toyGraph();
    const [x, z, unrelated] = [leaf("x"), leaf("z"), leaf("unrelated")];
    step("aside", [unrelated, 9]);
    const a = step("a", [x, 3], [z, 4]);
    expect(run(step("y", [a, 2], [z, 1]))).toEqual({ x: 6, z: 9 });
  });

  test("a leaf is its own gradient's place: nothing to visit", () => {
    const { leaf, run, log } = toyGraph();
    expect(run(leaf("x"))).toEqual({ x: 1 });
    expect(log).toEqual([]);
  });

  test("a chain of 100 000 steps does not overflow the stack", () => {
    const { leaf, step, run } = toyGraph();
    let y = leaf("x");
    for (let i = 0; i < 100_000; i++) y = step("y", [y, -1]);
    expect(run(y)).toEqual({ x: 1 });
  });
});

describe("with wanted vertices, sweep", () => {
  test("returns their gradients alone, leaves or not, y among them", () => {
    const { leaf, step, run } = toyGraph();
    const [x, z] = [leaf("x"), leaf("z")];
    const a = step("a", [x, 3]);
    const y = step("y", [a, 2], [step("b", [a, 5]), 7], [z, 1]);
    expect(run(y, { wanted: new Set([a, y]), retainGraph: true })).toEqual({ y: 1, a: 2 + 5 * 7 });
    expect(run(y, { wanted: new Set([x, a]) })).toEqual({ a: 37, x: 111 });
  });

  test("returns none for those that y was not made of", () => {
    const { leaf, step, run } = toyGraph();
    const [x, unrelated] = [leaf("x"), leaf("unrelated")];
    const y = step("y", [x, 3]);
    expect(run(y, { wanted: new Set([unrelated, x]) })).toEqual({ x: 3 });
    expect(run(x, { wanted: new Set([unrelated]) })).toEqual({});
  });

  test("calls no pullback that leads to none of them, however long the way", () => {
    const { leaf, step, run, visits } = toyGraph();
    const [x, other] = [leaf("x"), leaf("other")];
    const [far, farther] = [step("far", [other, 2]), step("farther", [other, 3])];
    const a = step("a", [x, 5], [far, 7]);
    const b = step("b", [far, 11], [farther, 13]);
    expect(run(step("y", [a, 1], [b, 1]), { wanted: new Set([x]) })).toEqual({ x: 5 });
    expect(visits()).toEqual(["y", "a"]);
  });

  test("tells each pullback which of its inputs lead to one of them", () => {
    const { leaf, step, vertex, run } = toyGraph();
    const [x, other] = [leaf("x"), leaf("other")];
    const [a, b] = [step("a", [x, 1]), step("b", [other, 1])];
    const inputs = [a, b, x, other];
    const isNeededOf = (wanted: ReadonlySet<Toy> | undefined) => {
      const answers: boolean[] = [];
      const y = vertex("y", inputs, (_, isNeeded) => {
        answers.push(...inputs.map(isNeeded));
        return [];
      });
      run(y, { wanted });
      return answers;
    };
    expect(isNeededOf(undefined)).toEqual([true, true, true, true]);
    expect(isNeededOf(new Set([x]))).toEqual([true, false, true, false]);
    expect(isNeededOf(new Set([a]))).toEqual([true, false, false, false]);
    expect(isNeededOf(new Set([other, b]))).toEqual([false, true, false, true]);
  });

  test("leaves alone what a pullback gives though it is not needed: no pullback, no hooks, no sums", () => {
    const { leaf, step, vertex, hook, run, visits } = toyGraph();
    const [x, other] = [leaf("x"), leaf("other")];
    const aside = step("aside", [other, 2]);
    const hooked: number[] = [];
    hook(aside, (g) => void hooked.push(g));
    const y = vertex("y", [x, aside], (gradY) => [[x, gradY] as const, [aside, gradY] as const]);
    expect(run(y, { wanted: new Set([x]) })).toEqual({ x: 1 });
    expect([visits(), hooked]).toEqual([["y"], []]);
  });

  test("calls no pullback where a wanted vertex is the last of its way, nor that of y if it leads to none", () => {
    const { leaf, step, run, log } = toyGraph();
    const [x, unrelated] = [leaf("x"), leaf("unrelated")];
    const a = step("a", [x, 3]);
    const y = step("y", [a, 2]);
    expect(run(y, { wanted: new Set([unrelated]) })).toEqual({});
    expect(log).toEqual([]);
    expect(run(y, { wanted: new Set([a]) })).toEqual({ a: 2 });
    expect(log).toEqual(["pullback y", "release y"]);
    expect(run(a)).toEqual({ x: 3 });
  });

  test("lets go of the steps it passed only", () => {
    const { leaf, step, run, log } = toyGraph();
    const [x, other] = [leaf("x"), leaf("other")];
    const [a, b] = [step("a", [x, 2]), step("b", [other, 3])];
    const y = step("y", [a, 1], [b, 1]);
    run(y, { wanted: new Set([x]) });
    expect(log.filter((line) => line.startsWith("release"))).toEqual(["release y", "release a"]);
    expect(run(b)).toEqual({ other: 3 });
  });
});

describe("release", () => {
  test("comes right after each pullback, once; with retainGraph never", () => {
    const { leaf, step, run, log } = toyGraph();
    const a = step("a", [leaf("x"), 2]);
    const y = step("y", [a, 1], [a, 1]);
    run(y, { retainGraph: true });
    expect(log).toEqual(["pullback y", "pullback a"]);
    run(y);
    expect(log.slice(2)).toEqual(["pullback y", "release y", "pullback a", "release a"]);
  });

  test("makes the next sweep refuse, also one from another y, before any pullback ran", () => {
    const { leaf, step, run, log } = toyGraph();
    const shared = step("shared", [leaf("x"), 2]);
    const [y, z] = [step("y", [shared, 1]), step("z", [step("above", [shared, 3]), 1])];
    run(y);
    log.length = 0;
    expect(() => run(y)).toThrowErrorMatchingInlineSnapshot(
      `[Error: backward: another backward or grad freed the graph of y, or failed on its way. Pass { retainGraph: true } to that one, or compute the result again.]`,
    );
    expect(() => run(z)).toThrow("backward: another backward or grad freed the graph of shared");
    expect(log).toEqual([]);
  });
});

describe("hooks", () => {
  test("see the total of a vertex, once, before it goes on", () => {
    const { leaf, step, hook, run, log } = toyGraph();
    const x = leaf("x");
    const a = step("a", [x, 3]);
    for (const vertex of [x, a]) hook(vertex, (g) => void log.push(`${vertex.operator}: ${g}`));
    expect(run(step("y", [a, 2], [step("b", [a, 5]), 7], [x, 1]))).toEqual({ x: 1 + 3 * 37 });
    expect(log.filter((line) => !line.startsWith("release"))).toEqual([
      "pullback y",
      "pullback b",
      "a: 37",
      "pullback a",
      "x: 112",
    ]);
  });

  test("replace it, one after the other, for the vertex and for what lies below", () => {
    const { leaf, step, hook, run } = toyGraph();
    const x = leaf("x");
    const a = step("a", [x, 3]);
    const look = () => undefined; // leaves it as it is
    hook(
      a,
      (g) => g + 1,
      look,
      (g) => g * 10,
    );
    expect(run(step("y", [a, 2]), { wanted: new Set([a, x]) })).toEqual({ a: 30, x: 90 });
  });

  test("may replace it by 0, and see that of y itself", () => {
    const { leaf, step, hook, run } = toyGraph();
    const y = step("y", [leaf("x"), 2]);
    hook(y, (g) => g - 1);
    expect(run(y)).toEqual({ x: 0 });
  });

  test("may change the hooks of their vertex: from the next sweep on", () => {
    const { leaf, step, hook, run } = toyGraph();
    const x = leaf("x");
    const once = (g: number) => {
      x.hooks?.delete(once);
      x.hooks?.add((h) => h * 100);
      return g + 1;
    };
    hook(x, once);
    const y = step("y", [x, 2]);
    expect(run(y, { retainGraph: true })).toEqual({ x: 3 });
    expect(run(y)).toEqual({ x: 200 });
  });
});

describe("a vertex that only a pullback finds", () => {
  test("by hand: y = 2s with s = 3u, u = 5x made again below s: x receives 30, as without s", () => {
    const { leaf, step, late, run, visits } = toyGraph();
    const x = leaf("x");
    const s = late("s", [x], () => step("3u", [step("u", [x, 5]), 3]));
    expect(run(step("y", [s, 2]))).toEqual({ x: 30 });
    expect(visits()).toEqual(["y", "s", "3u", "u"]);
  });

  test("is swept before everything that is older", () => {
    const { leaf, step, late, run, visits } = toyGraph();
    const x = leaf("x");
    const a = step("a", [x, 2]);
    const b = step("b", [a, 3]);
    const s = late("s", [a, x], () => step("v", [step("u", [a, 5]), 7], [x, 11]));
    expect(run(step("y", [s, 1], [b, 1]))).toEqual({ x: 2 * (3 + 5 * 7) + 11 });
    expect(visits()).toEqual(["y", "s", "v", "u", "b", "a"]);
  });

  test("may find others in turn", () => {
    const { leaf, step, late, run, visits } = toyGraph();
    const [x, z] = [leaf("x"), leaf("z")];
    const inner = () => step("2v", [late("v", [x], () => step("u", [x, 5])), 2]);
    const s = late("s", [x, z], () => step("w", [inner(), 3], [z, 7]));
    expect(run(s)).toEqual({ x: 30, z: 7 });
    expect(visits()).toEqual(["s", "w", "2v", "v", "u"]);
  });

  test("has its hooks, is let go of, and is left alone if it leads to no wanted vertex", () => {
    const { leaf, step, late, hook, run, log } = toyGraph();
    const [x, z] = [leaf("x"), leaf("z")];
    const make = () => {
      const [u, v] = [step("u", [x, 5]), step("v", [z, 7])];
      hook(u, (g) => g * 10);
      return step("w", [u, 1], [v, 1]);
    };
    const s = late("s", [x, z], make);
    expect(run(s, { wanted: new Set([x]) })).toEqual({ x: 50 });
    expect(log).toEqual(["pullback s", "release s", "pullback w", "release w", "pullback u", "release u"]);
  });

  test("may stand above 100 000 others", () => {
    const { leaf, step, late, run } = toyGraph();
    const x = leaf("x");
    const chain = () => {
      let y = x;
      for (let i = 0; i < 100_000; i++) y = step("y", [y, -1]);
      return y;
    };
    expect(run(late("s", [x], chain))).toEqual({ x: 1 });
  });

  test("must not be freed", () => {
    const { leaf, step, late, run } = toyGraph();
    const x = leaf("x");
    const kept = step("kept", [x, 2]);
    run(kept);
    expect(() => run(late("s", [x], () => kept))).toThrow("freed the graph of kept");
  });
});
