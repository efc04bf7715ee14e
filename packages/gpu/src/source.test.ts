import fc from "fast-check";
import { expect, test } from "vitest";
import { axisNames, beyondRange, MAX_INTEGER, notANumber, offsetOf, plus, positionOf, quotient } from "./source.js";

/** Runs statements as a device does: every product and number rounded to float32; products that have to be rounded an ulp up or down as well. */
function inFloat32(code: string, result: string, variables: Record<string, number>, ulps: -1 | 0 | 1 = 0): number {
  const round = (v: number) => Math.fround(v);
  const product = (a: number, b: number) => {
    const exact = round(a) * round(b); // 48 digits: float64 has them
    return round(exact) === exact ? exact : round(round(exact) + ulps * ulpOf(exact));
  };
  // the texts of quotients and positions have one operator per statement, or a product and a sum
  const text = `${code}\nreturn ${result};`
    .replace(/([\w.]+|\([^()]*\)) \* ([\w.e-]+)/g, "product($1, $2)")
    .replace(/\((\w+) \+ 0\.5\)/g, "round($1 + 0.5)");
  return new Function("product", "round", ...Object.keys(variables), text)(product, round, ...Object.values(variables));
}
const ulpOf = (v: number) => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(v) || 2 ** -126))) - 23);

test("quotient, by hand", () => {
  expect(quotient("q", "i", 8, 100)).toBe("const q = Math.floor(i * 0.125);");
  expect(inFloat32(quotient("q", "i", 7, 100), "q", { i: 48 })).toBe(6);
  expect(inFloat32(quotient("q", "i", 7, 100), "q", { i: 49 })).toBe(7);
});

test("quotient is ⌊i/n⌋ for every i below 2²³, though products of fractions are an ulp off to either side", () => {
  const bounds = fc.integer({ min: 1, max: 2 ** 23 });
  fc.assert(
    fc.property(bounds, bounds, fc.nat(), fc.constantFrom(-1, 0, 1), (bound, n, at, ulps) => {
      // near multiples of n, where it is decided
      const i = Math.max(0, Math.min(bound - 1, Math.floor((at % bound) / n) * n + (at % 3) - 1));
      expect(inFloat32(quotient("q", "i", n, bound), "q", { i }, ulps as -1 | 0 | 1)).toBe(Math.floor(i / n));
    }),
    { numRuns: 5000 },
  );
});

test("quotient of small divisors and the largest indices", () => {
  for (const bound of [2 ** 21 - 1, 2 ** 21, 2 ** 21 + 1, 2 ** 23])
    for (let n = 1; n < 70; n++)
      for (const i of [bound - 1, bound - n, bound - n - 1, n * Math.floor((bound - 1) / n), n - 1, 0]) {
        if (i < 0 || i >= bound) continue;
        for (const ulps of [-1, 0, 1] as const) {
          expect(inFloat32(quotient("q", "i", n, bound), "q", { i }, ulps), `${i} / ${n}`).toBe(Math.floor(i / n));
        }
      }
});

test("positionOf and offsetOf undo each other", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });
  fc.assert(
    fc.property(lengths, fc.nat(), (given, at) => {
      const size = given.reduce((product, length) => product * length, 1);
      const i = at % size;
      const { code, at: names } = positionOf("i", given, axisNames("p", given));
      const position = names.map((name) => inFloat32(code, name, { i }));
      let rest = i;
      const expected = given.toReversed().map((length) => {
        const here = rest % length;
        rest = Math.floor(rest / length);
        return here;
      });
      expect(position).toEqual(expected.toReversed());
      const strides = given.map((_, axis) => given.slice(axis + 1).reduce((product, length) => product * length, 1));
      expect(inFloat32(code, offsetOf(names, strides), { i })).toBe(i);
    }),
  );
});

test("offsetOf is Σ atₐ·stepₐ + offset, for steps of either sign", () => {
  const axes = fc.array(fc.tuple(fc.nat({ max: 99 }), fc.integer({ min: -50, max: 50 })), { maxLength: 5 });
  fc.assert(
    fc.property(axes, fc.integer({ min: -1000, max: 1000 }), (given, offset) => {
      const names = axisNames("p", given);
      const variables = Object.fromEntries(given.map(([at], axis) => [names[axis], at]));
      const text = offsetOf(names, given.map(([, step]) => step), offset); // biome-ignore format: one line
      const value = new Function(...names, `return ${text};`)(...Object.values(variables));
      expect(value).toBe(given.reduce((sum, [at, step]) => sum + at * step, offset) + 0);
    }),
  );
  expect(offsetOf(["a", "0", "b"], [3, 5, 1])).toBe("a * 3 + b");
  expect(offsetOf(["a", "b"], [1, -2], -4)).toBe("a + b * -2 - 4");
  expect(offsetOf([], [])).toBe("0");
});

test("notANumber tells NaN by comparisons alone", () => {
  const isNone = new Function("v", `return ${notANumber("v")};`);
  for (const v of [0, -0, 1, -1, Infinity, -Infinity]) expect(isNone(v)).toBe(false);
  expect(isNone(Number.NaN)).toBe(true);
});

test("an integer that float32 may have rounded is infinite from then on", () => {
  const sumOf = (terms: number[]) => {
    const statements = terms.map((term) => `${plus("s", `(${term})`, "int32")} s = Math.fround(s);`).join("\n");
    return new Function(`let s = 0;\n${statements}\nreturn s;`)();
  };
  expect(sumOf([MAX_INTEGER - 1, 1, -5])).toBe(MAX_INTEGER - 5);
  expect(Math.abs(sumOf([MAX_INTEGER, 1, -5]))).toBe(Infinity);
  expect(Math.abs(sumOf([-MAX_INTEGER, -1, 5]))).toBe(Infinity);
  expect(new Function(`let s = 2 ** 24;\n${beyondRange("s")}\nreturn Math.fround(s);`)()).toBe(Infinity);
  expect(plus("s", "x", "float32")).toBe("s += x;");
});
