import { useId } from "preact/hooks";

/** A number from a range, with its value in sight. */
export function Slider(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** How the value reads. Default: as it is. */
  format?(value: number): string;
  onChange(value: number): void;
}) {
  const id = useId();
  const text = props.format?.(props.value) ?? String(props.value);
  return (
    <div class="field">
      <label class="label" for={id}>
        {props.label}
        <output class="number">{text}</output>
      </label>
      <input
        id={id}
        type="range"
        min={props.min}
        max={props.max}
        step={props.step ?? 1}
        value={props.value}
        aria-valuetext={text}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
