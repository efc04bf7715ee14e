// Takes the picture of `npm start` in the README: runs it in a pseudo-terminal (util-linux `script`), samples the screen
// while it trains, and writes the samples as one animated SVG. Run it with `pnpm picture` after a build.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";

const [COLUMNS, ROWS] = [80, 48];
const root = fileURLToPath(new URL("../..", import.meta.url));
const command = `stty cols ${COLUMNS} rows ${ROWS}; node apps/mnist/dist/cli/main.js`;

/** Shows what a real run wrote to the terminal, as it would be seen after `npm start`. */
const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
terminal.write("\x1b[1m$ npm start\x1b[0m\r\n\r\n");

const frames = [];
const run = spawn("script", ["-qfec", command, "/dev/null"], { cwd: root, env: { ...process.env, FORCE_COLOR: "1" } });
run.stdout.on("data", (bytes) => terminal.write(bytes));
const sampling = setInterval(() => frames.push(screen()), 250);
run.on("close", () => {
  clearInterval(sampling);
  terminal.write("", () => {
    const path = join(root, "docs", "npm-start.svg");
    writeFileSync(path, svg([...frames.filter((_, i) => i % 2 === 1), screen()]));
    console.log(`written: ${path}, ${frames.length} samples of the screen`);
  });
});

/** The screen as rows of runs of text in one style. */
function screen() {
  const buffer = terminal.buffer.active;
  return Array.from({ length: ROWS }, (_, y) => {
    const line = buffer.getLine(buffer.viewportY + y);
    const runs = [];
    for (let x = 0; x < COLUMNS; x++) {
      const cell = line.getCell(x);
      const style = `${cell.isDim() ? "d" : ""}${cell.isBold() ? "b" : ""}${cell.isFgDefault() ? "" : `c${cell.getFgColor()}`}`;
      const text = cell.getChars() || " ";
      if (runs.at(-1)?.style === style) runs.at(-1).text += text;
      else runs.push({ x, style, text });
    }
    return runs.filter(({ text }) => text.trim() !== "");
  });
}

/** Frames one after another, the last one held. */
function svg(frames) {
  const [charWidth, lineHeight, margin] = [8.4, 17, 16];
  const rows = Math.max(...frames.at(-1).map((row, y) => (row.length > 0 ? y + 1 : 0)));
  const [width, height] = [Math.ceil(COLUMNS * charWidth + 2 * margin), rows * lineHeight + 2 * margin];
  const total = frames.length + 6; // the last frame stays for seven times
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const group = (rowsOfRuns, i) => {
    const texts = rowsOfRuns.flatMap((row, y) =>
      row.map(({ x, style, text }) => {
        const at = `x="${(margin + x * charWidth).toFixed(1)}" y="${margin + (y + 0.8) * lineHeight}"`;
        const trimmed = text.trimEnd();
        const length = `textLength="${(trimmed.length * charWidth).toFixed(1)}"`;
        const classes = style.match(/d|b|c\d+/g)?.join(" ");
        return `<text ${at} ${length}${classes ? ` class="${classes}"` : ""} xml:space="preserve">${escaped(trimmed)}</text>`;
      }),
    );
    const isLast = i === frames.length - 1;
    const [from, to] = [(i / total) * 100, isLast ? 100 : ((i + 1) / total) * 100];
    const hidden = i === 0 ? "" : `0%,${(from - 0.01).toFixed(2)}%{opacity:0}`;
    const gone = isLast ? "" : `${(to + 0.01).toFixed(2)}%,100%{opacity:0}`;
    const keyframes = `@keyframes f${i}{${hidden}${from.toFixed(2)}%,${to.toFixed(2)}%{opacity:1}${gone}}`;
    // without animation, only the last frame shows
    return {
      style: `${keyframes}.f${i}{opacity:${isLast ? 1 : 0};animation:f${i} ${total * 0.7}s linear infinite}`,
      body: `<g class="f${i}">${texts.join("")}</g>`,
    };
  };
  const groups = frames.map(group);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="npm start trains a convolutional network in a terminal">
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee9}.d{opacity:.55}.b{font-weight:bold}.c1{fill:#e06c75}.c2{fill:#98c379}${groups.map(({ style }) => style).join("")}</style>
<rect width="100%" height="100%" rx="8" fill="#1e2227"/>
${groups.map(({ body }) => body).join("\n")}
</svg>
`;
}
