import { useLayoutEffect, useRef } from "preact/hooks";
import { isDark } from "../ui/theme.js";
import type { Figure } from "./figure.js";
import { kernelSizeOf } from "./settings.js";
import { setWeight } from "./store.js";
import { t } from "./texts.js";
import { largestFinite, type Tint, tinting } from "./tint.js";

/** The numbers of one plane of a filter, to be changed: type, or use the arrow keys. */
export function KernelInputs(props: { readonly figure: Figure; readonly filter: number; readonly plane: number }) {
  const { figure, filter, plane } = props;
  const { channels, groups } = figure.settings;
  const [rows, columns] = kernelSizeOf(figure.settings);
  const first = (filter * (channels / groups) + plane) * rows * columns;
  const tint = tinting(largestFinite(figure.kernel), true, isDark.value);
  const channel = groups > 1 ? filter : plane;
  return (
    <div class="bench-cells" style={{ "--columns": columns }}>
      {Array.from({ length: rows * columns }, (_, k) => {
        const value = figure.kernel[first + k];
        return (
          <Weight
            key={k}
            index={first + k}
            value={value}
            tint={tint(value)}
            label={t.value.weight(channel + 1, Math.floor(k / columns) + 1, (k % columns) + 1)}
          />
        );
      })}
    </div>
  );
}

/** One number. What is typed stays as it was typed, as long as it means the number. */
function Weight(props: {
  readonly index: number;
  readonly value: number;
  readonly tint: Tint;
  readonly label: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const shown = Math.round(props.value * 1000) / 1000;
  useLayoutEffect(() => {
    if (input.current !== null && input.current.valueAsNumber !== shown) input.current.value = String(shown);
  }, [shown]);
  return (
    <input
      ref={input}
      type="number"
      step="1"
      style={{ ...props.tint }}
      data-weight={props.index}
      aria-label={props.label}
      onInput={(event) => {
        const typed = event.currentTarget.valueAsNumber;
        if (Number.isFinite(typed) && Math.abs(typed) < 1000) setWeight(props.index, typed);
      }}
      onBlur={(event) => {
        event.currentTarget.value = String(shown);
      }}
    />
  );
}
