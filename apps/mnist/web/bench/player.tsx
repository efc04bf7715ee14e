import { Slider } from "../ui/slider.js";
import type { Figure } from "./figure.js";
import { isPlaying, pause, play, step } from "./play.js";
import { count, goTo, position, rewind } from "./store.js";
import { t } from "./texts.js";

/** Plays the window over the image, or moves it by hand. */
export function Player({ figure }: { readonly figure: Figure }) {
  const { player, position: label, place } = t.value;
  const { rows, columns, channels } = figure.output;
  const format = (index: number) => {
    const inPlane = index % (rows * columns);
    const channel = Math.floor(index / (rows * columns)) + 1;
    return place(Math.floor(inPlane / columns) + 1, (inPlane % columns) + 1, channel, channels);
  };
  const start = () => {
    pause();
    rewind();
  };
  return (
    <div class="bench-player">
      <div class="bench-buttons">
        <Icon label={player.rewind} do="rewind" path="M5 4v16M19 4 8 12l11 8z" onClick={start} />
        <Icon label={player.back} do="back" path="M15 5l-7 7 7 7" onClick={() => step(-1)} />
        <button
          type="button"
          class="button primary"
          data-do={isPlaying.value ? "pause" : "play"}
          onClick={() => (isPlaying.value ? pause() : play())}
        >
          {isPlaying.value ? player.pause : player.play}
        </button>
        <Icon label={player.forward} do="forward" path="M9 5l7 7-7 7" onClick={() => step(1)} />
      </div>
      <div data-control="position">
        <Slider
          label={label}
          value={position.value}
          min={0}
          max={count.value - 1}
          format={format}
          onChange={(index) => {
            pause();
            goTo(index);
          }}
        />
      </div>
    </div>
  );
}

/** A button that is a sign. */
function Icon(props: { readonly label: string; readonly do: string; readonly path: string; onClick(): void }) {
  return (
    <button
      type="button"
      class="button bench-icon"
      aria-label={props.label}
      title={props.label}
      data-do={props.do}
      onClick={props.onClick}
    >
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        <path d={props.path} fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" />
      </svg>
    </button>
  );
}
