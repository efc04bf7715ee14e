import { useId } from "preact/hooks";

/** One of several values that can be chosen. */
export interface Option<Value> {
  readonly value: Value;
  readonly label: string;
  /** Why it cannot be chosen now. */
  readonly whyNot?: string | undefined;
}

/** A choice of one among a few, all in sight: radio buttons. */
export function Choice<Value extends string | number | boolean>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  onChange(value: Value): void;
}) {
  const name = useId();
  return (
    <fieldset class="field">
      <legend>{props.label}</legend>
      <div class="choice">
        {props.options.map(({ value, label, whyNot }) => (
          <label key={String(value)} title={whyNot}>
            <input
              type="radio"
              name={name}
              value={String(value)}
              checked={value === props.value}
              disabled={whyNot !== undefined}
              onChange={() => props.onChange(value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
