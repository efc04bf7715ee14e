import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { isDark } from "../ui/theme.js";
import { focusCell, stepFrom } from "./cursor.js";
import type { Figure } from "./figure.js";
import { short } from "./format.js";
import { SIDE } from "./settings.js";
import { image, ink, paintPixel } from "./store.js";
import { t } from "./texts.js";
import { largestFinite, tinting } from "./tint.js";
import { WindowMark } from "./windowMark.js";

/** One channel of the padded image: its pixels can be painted, its border cannot. */
export function InputPlane({ figure, channel }: { readonly figure: Figure; readonly channel: number }) {
  const { padded, settings } = figure;
  const { padding } = settings;
  const cursor = useSignal(0);
  const brush = useRef<number | undefined>(undefined);
  const words = t.value;
  const first = channel * SIDE * SIDE;
  const tint = tinting(largestFinite(padded.values), false, isDark.value);

  const toggle = (index: number) => {
    const value = image.value[first + index] === 0 ? ink.value : 0;
    paintPixel(first + index, value);
    return value;
  };
  const under = (event: PointerEvent) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-index]");
    const isOurs = cell && (event.currentTarget as HTMLElement).contains(cell);
    return isOurs ? Number(cell.dataset.index) : undefined;
  };
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const index = under(event);
    if (index === undefined || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    brush.current = toggle(index);
    cursor.value = index;
    focusCell(event.currentTarget, index);
  };
  const onPointerMove = (event: PointerEvent) => {
    const index = under(event);
    if (brush.current !== undefined && index !== undefined) paintPixel(first + index, brush.current);
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const next = stepFrom(cursor.value, event.key, SIDE, SIDE);
    if (next !== undefined) {
      cursor.value = next;
      focusCell(event.currentTarget, next);
    } else if (event.key === " " || event.key === "Enter") toggle(cursor.value);
    else return;
    event.preventDefault();
  };
  const stop = () => {
    brush.current = undefined;
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of cells, not a table of data
    <div
      class="bench-plane is-input"
      style={{ "--columns": padded.columns, "--rows": padded.rows }}
      role="grid"
      tabIndex={-1}
      aria-label={words.imageLabel(channel + 1)}
      data-testid={`bench-input-${channel + 1}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={stop}
      onPointerCancel={stop}
      onKeyDown={onKeyDown}
    >
      {Array.from({ length: padded.rows }, (_, row) => {
        const y = row - padding;
        const isOutside = y < 0 || y >= SIDE;
        return (
          <div key={row} role={isOutside ? undefined : "row"} aria-hidden={isOutside} class="bench-row">
            {Array.from({ length: padded.columns }, (_, column) => {
              const x = column - padding;
              const value = padded.values[(channel * padded.rows + row) * padded.columns + column];
              if (isOutside || x < 0 || x >= SIDE) {
                return (
                  <span key={column} aria-hidden="true" class="is-border" style={tint(value, true)}>
                    {short(value)}
                  </span>
                );
              }
              const index = y * SIDE + x;
              return (
                // biome-ignore lint/a11y/useSemanticElements: a grid of cells, not a table of data
                <span
                  key={column}
                  role="gridcell"
                  tabIndex={index === cursor.value ? 0 : -1}
                  data-index={index}
                  aria-label={words.pixel(y + 1, x + 1, short(value))}
                  style={tint(value)}
                >
                  {short(value)}
                </span>
              );
            })}
          </div>
        );
      })}
      <WindowMark figure={figure} channel={channel} />
    </div>
  );
}
