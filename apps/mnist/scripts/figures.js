// Measures the built page as a visitor meets it, takes its pictures, and writes both into the README: `npm run figures`.
// What is transferred (compressed as file hosts do), when the first thing is seen, and how long the page's thread is blocked
// while the network learns and a digit is drawn.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { preview } from "vite";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
/** Milliseconds: what counts as blocked, and how long it is watched. */
const [LONG, WATCHED] = [50, 8000];
/** A seven, in parts of the pad. */
const SEVEN = [
  [0.28, 0.25],
  [0.5, 0.24],
  [0.72, 0.25],
  [0.62, 0.45],
  [0.52, 0.65],
  [0.45, 0.85],
];

const server = await preview({ root: path("../web"), configFile: path("../vite.config.ts"), preview: { port: 0 } });
const url = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

const visits = [];
for (let i = 0; i < 5; i++) visits.push(await visit());
const median = (name) => visits.map((one) => one[name]).sort((a, b) => a - b)[2];
const most = (name) => Math.max(...visits.map((one) => one[name]));

await picture("desktop", { viewport: { width: 1240, height: 900 } });
await picture("dark", { viewport: { width: 1240, height: 900 }, colorScheme: "dark" }, "#inside");
await picture("bench", { viewport: { width: 1240, height: 1000 } }, "#bench");
await picture("phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: "zh-CN" }, "#draw");

await browser.close();
await server.close();

const [{ files }] = visits;
const total = files.reduce((sum, { gzip }) => sum + gzip, 0);
const rows = [
  ["Transfer of the page, gzip, without the GPU part", `${kilobytes(total)} in ${files.length} files`],
  ["First contentful paint, from this machine", `${median("paint").toFixed(0)} ms`],
  [
    `Tasks over ${LONG} ms of the page's thread, from the first step to ${WATCHED / 1000} s later: training, drawing, looking`,
    `${most("long")}`,
  ],
  ["Its longest task before, while the page comes up", `${median("longest").toFixed(0)} ms`],
  ["Digits learned from per second", `${median("speed")}`],
];
const machine = `${cpus()[0].model}, ${cpus().length} cores; Chromium ${browser.version()}; medians of ${visits.length} visits, of long tasks the most; ${new Date().toISOString().slice(0, 10)}.`;
const table = ["| | |", "| --- | ---: |", ...rows.map((row) => `| ${row.join(" | ")} |`), "", machine].join("\n");
const readme = path("../README.md");
const text = readFileSync(readme, "utf8").replace(
  /<!-- figures:start -->[\s\S]*<!-- figures:end -->/,
  `<!-- figures:start -->\n\n${table}\n\n<!-- figures:end -->`,
);
writeFileSync(readme, text);
execFileSync(path("../../../node_modules/.bin/biome"), ["format", "--write", readme]);
for (const { name, gzip } of files) console.log(`${kilobytes(gzip).padStart(9)}  ${name}`);
console.log(table);

/** One visitor's measurements. */
async function visit() {
  const context = await browser.newContext({ viewport: { width: 1240, height: 900 } });
  const page = await context.newPage();
  const files = [];
  const bodies = [];
  context.on("response", (response) => {
    if (!response.url().startsWith(url)) return;
    const name = new URL(response.url()).pathname;
    if (files.some((file) => file.name === name)) return; // the worker's, from the cache
    const file = { name, gzip: 0 };
    files.push(file);
    bodies.push(
      response.body().then((body) => {
        file.gzip = gzipSync(body, { level: 9 }).length;
      }),
    );
  });
  await page.addInitScript(`
    globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration, startTime }) => ({ duration, startTime }))))
      .observe({ type: "longtask", buffered: true });
  `);
  await page.goto(url);
  await page.locator('[data-phase="running"]').waitFor({ state: "attached" });
  const begin = await page.evaluate("performance.now()");
  await page.waitForTimeout(1000);
  await draw(page);
  await page.locator("[data-flip]").click();
  await page.locator('#bench [data-do="play"]').click();
  await page.waitForTimeout(500);
  await page.evaluate("scrollTo({ top: 0 })");
  const speed = Number(await page.locator("[data-speed]").getAttribute("data-speed"));
  await page.waitForTimeout(Math.max(0, WATCHED - (await page.evaluate(`performance.now() - ${begin}`))));
  const [paint, tasks] = await page.evaluate(
    `[performance.getEntriesByName("first-contentful-paint")[0].startTime, tasks]`,
  );
  await Promise.all(bodies);
  await context.close();
  const durations = (isMeant) => tasks.filter(({ startTime }) => isMeant(startTime)).map(({ duration }) => duration);
  return {
    files: files.filter(({ name }) => !/gpu/.test(name)).sort((a, b) => b.gzip - a.gzip),
    paint,
    long: durations((at) => at > begin).length,
    longest: Math.max(0, ...durations((at) => at <= begin)),
    speed,
  };
}

/** Draws a seven with the pointer. */
async function draw(page) {
  const pad = page.locator("[data-draw-pad]");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await pad.boundingBox();
  const at = ([right, down]) => [x + right * width, y + down * height];
  await page.mouse.move(...at(SEVEN[0]));
  await page.mouse.down();
  for (const point of SEVEN.slice(1)) await page.mouse.move(...at(point), { steps: 6 });
  await page.mouse.up();
}

/** A picture for the README, of a page that has learned and read a seven. */
async function picture(name, options, anchor) {
  const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('[data-phase="complete"]').waitFor({ state: "attached", timeout: 120_000 });
  await draw(page);
  await page.waitForTimeout(500);
  await page.evaluate(`scrollTo(0, ${anchor ? `document.querySelector("${anchor}").offsetTop - 40` : "0"})`);
  await page.waitForTimeout(500);
  await page.screenshot({ path: path(`../../../docs/page-${name}.png`) });
  await context.close();
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
