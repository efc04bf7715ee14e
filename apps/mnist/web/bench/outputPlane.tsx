import { isDark } from "../ui/theme.js";
import { focusCell, stepFrom } from "./cursor.js";
import type { Figure } from "./figure.js";
import { short } from "./format.js";
import { pause } from "./play.js";
import { goTo, position, reached } from "./store.js";
import { t } from "./texts.js";
import { largestFinite, tinting } from "./tint.js";

/** One channel of the output: pointing at a number moves the window there. */
export function OutputPlane({ figure, channel }: { readonly figure: Figure; readonly channel: number }) {
  const { output } = figure;
  const words = t.value;
  const [windows, at, last] = [output.rows * output.columns, position.value, reached.value];
  const first = channel * windows;
  const tint = tinting(largestFinite(output.values), true, isDark.value);
  const here = at >= first && at < first + windows ? at - first : 0;

  const point = (event: PointerEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (cell === null) return;
    pause();
    goTo(first + Number(cell.dataset.index));
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const next = stepFrom(here, event.key, output.rows, output.columns);
    const isChoice = event.key === " " || event.key === "Enter";
    if (next === undefined && !isChoice) return;
    event.preventDefault();
    pause();
    goTo(first + (next ?? here));
    focusCell(event.currentTarget, next ?? here);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of cells, not a table of data
    <div
      class="bench-plane"
      style={{ "--columns": output.columns, "--rows": output.rows }}
      role="grid"
      tabIndex={-1}
      aria-label={words.outputLabel(channel + 1)}
      data-testid={`bench-output-${channel + 1}`}
      onPointerOver={(event) => event.pointerType === "mouse" && event.buttons === 0 && point(event)}
      onPointerDown={point}
      onKeyDown={onKeyDown}
    >
      {Array.from({ length: output.rows }, (_, row) => (
        // biome-ignore lint/a11y/useSemanticElements: a grid of cells, not a table of data
        // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus
        <div key={row} role="row" class="bench-row">
          {Array.from({ length: output.columns }, (_, column) => {
            const index = row * output.columns + column;
            const value = output.values[first + index];
            const isDone = first + index <= last;
            const isHere = first + index === at;
            return (
              // biome-ignore lint/a11y/useSemanticElements: a grid of cells, not a table of data
              <span
                key={column}
                role="gridcell"
                tabIndex={index === here ? 0 : -1}
                data-index={index}
                aria-selected={isHere}
                aria-label={words.pixel(row + 1, column + 1, isDone ? short(value) : words.notYet)}
                class={isDone ? "" : "is-empty"}
                style={isDone ? tint(value) : undefined}
              >
                {isDone ? short(value) : ""}
              </span>
            );
          })}
        </div>
      ))}
      {at >= first && at < first + windows && (
        <div
          class="bench-window"
          aria-hidden="true"
          style={{
            "--top": Math.floor(here / output.columns),
            "--left": here % output.columns,
            "--height": 1,
            "--width": 1,
          }}
        />
      )}
    </div>
  );
}
