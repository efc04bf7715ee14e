import { cpu } from "@conv/core";
import { conformance } from "@conv/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CheckPage, openChromium } from "./inChromium.js";
import { describeMode } from "./modes.js";

/*
 * The table of conformance on pages. webgl only runs on request, and is slow on a software driver: here it has one case of
 * each kernel. CONV_ALL_CASES=1 gives it all; they pass.
 */

const chromium = await openChromium();
afterAll(() => chromium.close());

const all = conformance(cpu).map(({ name, kernel }, at) => ({ name, kernel, at }));
const some = all.filter(({ kernel }, at) => all.findIndex((other) => other.kernel === kernel) === at);
const casesOf = (mode: string) => (mode === "webgl" && process.env.CONV_ALL_CASES !== "1" ? some : all);

for (const tested of chromium.modes) {
  const { mode } = tested;
  describeMode("Chromium", tested, () => {
    let page: CheckPage;
    beforeAll(async () => {
      page = await chromium.page();
      await page.call("open", mode);
    });
    afterAll(() => page?.close());

    test.each(casesOf(mode))("$name", async ({ name, at }) => {
      expect(await page.call("check", at)).toEqual({ name, failure: "" });
    });
    test("it is this mode that ran", async () => {
      expect(await page.call("info")).toMatchObject({ mode, lost: "", selfTest: { isPassed: true } });
      expect(page.uncaught).toEqual([]);
    });
    test("in a Worker, too", async () => {
      const { failures, count, ...rest } = await page.call("inWorker", mode);
      expect(failures).toEqual([]);
      expect(count).toBeGreaterThan(10);
      expect(rest).toEqual({ mode, hasDocument: false });
    });
  });
}
