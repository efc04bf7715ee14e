import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, serve } from "@tooling/chromium";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** The built page as any file host would serve it. */
export async function openSite(args?: readonly string[]) {
  const server = await serve((name) => {
    const path = join(dist, name);
    return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
  });
  const browser = await launch(args);
  return {
    /** A visitor with a memory of their own. Below /isolated/ pages are cross-origin isolated, below /open/ not. */
    visit: (options: BrowserContextOptions & { group?: "isolated" | "open" } = {}) =>
      visit(browser, `${server.url}/${options.group ?? "isolated"}/`, options),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Somebody on the page. */
export interface Visitor {
  readonly page: Page;
  /** What went wrong where nobody saw it: errors in the console, and those that nobody caught. */
  readonly errors: readonly string[];
  leave(): Promise<void>;
}

async function visit(browser: Browser, url: string, options: BrowserContextOptions): Promise<Visitor> {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1240, height: 900 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors, leave: () => context.close() };
}

/** Waits until the run stands so. */
export async function untilPhase(page: Page, phase: string): Promise<void> {
  await page.locator(`[data-train][data-phase="${phase}"]`).waitFor({ state: "attached", timeout: 90_000 });
}

/** Epochs that the page shows as done. */
export async function timeOn(page: Page): Promise<number> {
  return Number(await page.locator("[data-time]").getAttribute("data-time"));
}

/** Waits until so many epochs are done. */
export async function untilTime(page: Page, epochs: number): Promise<void> {
  await page.waitForFunction(`Number(document.querySelector("[data-time]")?.dataset.time) >= ${epochs}`, undefined, {
    timeout: 90_000,
  });
}

/** Starts a run of so many epochs, beside the first. */
export async function startShort(page: Page, epochs: number): Promise<void> {
  await page.locator(".train-settings summary").click();
  await page.getByRole("slider", { name: "Epochs" }).fill(String(epochs));
  await page.locator('[data-do="start"]').click();
  await page.waitForFunction(`document.querySelector("progress").max === ${epochs}`);
}

/** Lets it learn for so many epochs, then pauses it. */
export async function pauseAfter(page: Page, epochs: number): Promise<void> {
  await untilTime(page, epochs);
  await page.locator('[data-do="pause"]').click();
  await untilPhase(page, "paused");
}

/** A run as the page has saved it. */
export interface SavedRun {
  readonly settings: { readonly lr: number; readonly batchSize: number; readonly epochs: number };
  readonly curve: {
    readonly time: number[];
    readonly loss: number[];
    readonly exams: { readonly time: number; readonly loss: number; readonly accuracy: number }[];
  };
}

/** The runs in the page's memory, which survives a reload. */
export async function savedRuns(page: Page): Promise<SavedRun[]> {
  return page.evaluate(
    `new Promise((resolve, reject) => {
      const opening = indexedDB.open("keyval-store");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const request = opening.result.transaction("keyval").objectStore("keyval").get("session-2");
        request.onsuccess = () => resolve(request.result?.runs ?? []);
        request.onerror = () => reject(request.error);
      };
    })`,
  );
}

/** Chooses one of a few. The radio button lies invisible over its label. */
export async function choose(within: Page | Locator, group: string, option: string | RegExp): Promise<void> {
  const radio = within.getByRole("group", { name: group }).getByRole("radio", { name: option, exact: true });
  await radio.check({ force: true });
}

/** A picture as the canvas has it. */
export const pictureOf = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
