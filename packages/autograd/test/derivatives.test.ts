import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as core from "@conv/core";
import { describe, expect, test } from "vitest";
import { type Case, operators } from "./derivatives/case.js";
import { cases } from "./derivatives/cases.js";
import { type Measured, measure, type Order, titleOf } from "./derivatives/measure.js";
import { differentiable, NOT_DIFFERENTIABLE, NOT_OPERATORS } from "./derivatives/names.js";
import { familyOf, type MeasuredCase, tableIn, tableOf, withTable } from "./derivatives/table.js";

const ORDERS: readonly Order[] = [1, 2];

/** What was measured so far, without a mistake. */
const results: Record<Order, Map<Case, Measured>> = { 1: new Map(), 2: new Map() };

describe.each(ORDERS)("derivatives of order %i are central differences", (order) => {
  test.each(cases.map((of) => ({ title: titleOf(of), of })))("$title", ({ of }) => {
    results[order].set(of, measure(of, order));
  });

  test("over geometries among which every awkward kind occurs", () => {
    const counts: Record<string, number> = {};
    for (const [{ operator }, { kinds }] of results[order]) {
      for (const [kind, count] of Object.entries(kinds)) {
        const key = `${familyOf(operator)}: ${kind}`;
        counts[key] = (counts[key] ?? 0) + count;
      }
    }
    expect(Object.keys(counts).length).toBeGreaterThan(0);
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  });
});

test("every operator that the package exports is checked, of every rank that its name says, and nothing else", () => {
  const checked = new Set<string>(cases.map(({ operator }) => operator));
  expect([...checked, ...NOT_OPERATORS].sort()).toEqual(Object.keys(operators).sort());
  for (const { operator, rank } of cases) expect(/\dd/.exec(operator)?.[0] ?? `${rank}d`, operator).toBe(`${rank}d`);
});

test("every differentiable map of @conv/core is here under the same name", () => {
  const names = Object.keys(core).filter((name) => !Object.hasOwn(NOT_DIFFERENTIABLE, name));
  expect(Object.keys(differentiable)).toEqual(expect.arrayContaining(names));
  expect(Object.keys(NOT_DIFFERENTIABLE).filter((name) => name in differentiable || !(name in core))).toEqual([]);
});

test("the README tells what was compared", () => {
  const wrong = cases.filter((of) => ORDERS.some((order) => !results[order].has(of))).map(titleOf);
  expect(wrong, "these derivatives are wrong, or were not checked in this run").toEqual([]);
  const measured = cases.flatMap((of): MeasuredCase[] => {
    const [first, second] = [results[1].get(of), results[2].get(of)];
    return first && second ? [{ of, orders: { 1: first, 2: second } }] : [];
  });
  const path = fileURLToPath(new URL("../README.md", import.meta.url));
  const table = tableOf(measured);
  if (process.env.README === "write") writeFileSync(path, withTable(readFileSync(path, "utf8"), table));
  const message = "README.md does not tell what was compared. Run pnpm derivatives, which writes its table";
  expect(tableIn(readFileSync(path, "utf8")), message).toBe(table);
});
