import type { Kernels, Tensor } from "@conv/core";
import type { Body, Maps } from "../maps.js";
import { notANumber } from "../source.js";
import { broadcast } from "./broadcast.js";
import { pairs } from "./pairs.js";

type Names = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "where";

/**
 * Statements for aᵇ. The graphics processor's pow is 2^(b·log₂ a), for positive a only, and makes numbers of NaN: here it sees
 * |a| where there is a power, and the sign of a negative a comes back where b is odd.
 */
const POWER = `const isWhole = Math.floor(b) == b ? 1 : 0;
const isOdd = isWhole == 1 ? (Math.floor(b * 0.5) * 2 == b ? 0 : 1) : 0;
const size = Math.abs(a);
let power = none;
if (b == 0) { power = 1; } else { if (a == 1) { power = 1; } else { if (b == 2) { power = a * a; } else {
  if (size == 0) {
    if (b > 0) { power = 0; }
    if (b < 0) { power = 1 / size; if (isOdd == 1) { power = 1 / a; } }
  } else {
    if (size > 0) {
      let known = 0;
      if (a > 0) { known = 1; }
      if (isWhole == 1) { known = 1; }
      if (size > 3.4028235e38) { if (b < 0) { known = 1; } if (b > 0) { known = 1; } }
      if (known == 1) {
        if (${notANumber("b")}) { known = 0; }
      }
      if (known == 1) {
        power = 1;
        if (size != 1) { power = Math.pow(size, b); }
        if (a < 0) { if (isOdd == 1) { power = -power; } }
      }
    }
  }
} } }`;

/** Elementwise maps of several tensors, with broadcasting. */
export function arithmetic(maps: Maps): Pick<Kernels<Tensor>, Names> {
  const pair =
    (operator: string, body: (a: string, b: string) => Body, grows = false) =>
    (a: Tensor, b: Tensor): Tensor =>
      broadcast(maps, operator, { a, b }, (at) => body(at.a, at.b), { grows });
  return {
    add: pair("add", (a, b) => ["", pairs.add(a, b)], true),
    sub: pair("sub", (a, b) => ["", pairs.sub(a, b)], true),
    mul: pair("mul", (a, b) => ["", pairs.mul(a, b)], true),
    div: pair("div", (a, b) => ["", pairs.div(a, b)]),
    pow: (a, b) =>
      broadcast(maps, "pow", { a, b }, (at) => [`const a = ${at.a};\nconst b = ${at.b};\n${POWER}`, "power"], {
        numbers: { none: Number.NaN }, // for a power that is none
      }),
    maximum: pair("maximum", (a, b) => [`const p = ${a};\nconst q = ${b};`, pairs.maximum("p", "q")]),
    minimum: pair("minimum", (a, b) => [`const p = ${a};\nconst q = ${b};`, pairs.minimum("p", "q")]),
    where: (condition, a, b) =>
      broadcast(
        maps,
        "where",
        { condition, a, b },
        (at) => [
          `let chosen = 0;\nif (${at.condition} == 0) { chosen = ${at.b}; } else { chosen = ${at.a}; }`,
          "chosen",
        ],
        { dtype: a.dtype },
      ),
  };
}
