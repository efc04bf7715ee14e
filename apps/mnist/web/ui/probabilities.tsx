import { percent } from "../train/format.js";

/** A bar for each class. */
export function Probabilities(props: {
  /** What they are probabilities of, for those who do not see the bars. */
  readonly label: string;
  /** One for each class, from 0 to 1. */
  readonly values: ArrayLike<number>;
  /** The most probable class, if there is one. */
  readonly best: number | undefined;
  readonly class: string;
}) {
  const { label, values, best } = props;
  return (
    <ol class={`probabilities ${props.class}`} aria-label={label}>
      {Array.from(values, (share, index) => (
        <li key={String(index)} class={index === best ? "best" : ""} data-probability={share.toPrecision(6)}>
          <b>{index}</b>
          <span class="share" style={{ "--share": share }} />
          <span class="number">{percent(share)}</span>
        </li>
      ))}
    </ol>
  );
}
