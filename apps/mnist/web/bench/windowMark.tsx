import type { Figure } from "./figure.js";
import { kernelSizeOf } from "./settings.js";
import { current } from "./store.js";

/** The window over a channel of the image: a frame, and in it the pixels that it sees, with gaps where it is dilated. */
export function WindowMark({ figure, channel }: { readonly figure: Figure; readonly channel: number }) {
  const window = current.value;
  if (!window.taps.some((tap) => tap.channel === channel)) return null;
  const { stride, dilation } = figure.settings;
  const [rows, columns] = kernelSizeOf(figure.settings);
  const chosen = window.taps.find(({ isChosen }) => isChosen);
  const [top, left] = [window.row * stride, window.column * stride];
  return (
    <div
      class="bench-window"
      aria-hidden="true"
      data-window={`${top},${left}`}
      style={{
        "--top": top,
        "--left": left,
        "--height": dilation * (rows - 1) + 1,
        "--width": dilation * (columns - 1) + 1,
      }}
    >
      {dilation > 1 &&
        Array.from({ length: rows * columns }, (_, k) => (
          <i key={k} style={{ "--top": Math.floor(k / columns) * dilation, "--left": (k % columns) * dilation }} />
        ))}
      {chosen && <i class="is-chosen" style={{ "--top": chosen.row - top, "--left": chosen.column - left }} />}
    </div>
  );
}
