import type { Kernels, Tensor } from "@conv/core";
import type { Body, Maps } from "../maps.js";
import { broadcast } from "./broadcast.js";
import { pairs } from "./pairs.js";

type Names = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "where";

/**
 * Statements for aᵇ. The graphics processor's pow is 2^(b·log₂ a), for positive a only: the sign of a negative one comes back
 * where b is an integer.
 */
const POWER = `let power = 1;
if (b == 2) { power = a * a; } else {
  if (a == 0) { if (b > 0) { power = 0; } if (b < 0) { power = 1 / Math.abs(a); } } else {
    if (a != 1) { if (b != 0) {
      power = Math.pow(Math.abs(a), b);
      if (a < 0) {
        if (Math.floor(b) == b) {
          if (Math.floor(b * 0.5) * 2 != b) { power = -power; }
        } else { power = Math.log(a); }
      }
    } }
  }
}`;

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
    pow: pair("pow", (a, b) => [`const a = ${a};\nconst b = ${b};\n${POWER}`, "power"]),
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
