import { CLASSES } from "../../src/model.js";
import { countConfusions } from "./confusions.js";
import { t } from "./texts.js";

const DIGITS = Array.from({ length: CLASSES }, (_, digit) => digit);

/** The confusion matrix of a validation: a row for every digit, a column for what it was taken for. */
export function Confusion(props: {
  readonly evaluation: { readonly labels: ArrayLike<number>; readonly predictions: ArrayLike<number> } | undefined;
}) {
  const { confusion, confusionAbout, confusionNone, label, prediction } = t.value;
  const found = countConfusions(props.evaluation ?? { labels: [], predictions: [] }, CLASSES);
  return (
    <figure class="card inside-confusion" data-confusion>
      <figcaption>
        <h3>{confusion}</h3>
        <p class="faint">{props.evaluation === undefined ? confusionNone : confusionAbout(found.wrong, found.total)}</p>
      </figcaption>
      <table>
        <caption class="visually-hidden">{confusion}</caption>
        <thead>
          <tr>
            <td />
            <th scope="colgroup" colSpan={CLASSES} class="faint">
              {prediction}
            </th>
          </tr>
          <tr>
            <th scope="col" class="faint">
              {label}
            </th>
            {DIGITS.map((digit) => (
              <th key={digit} scope="col">
                {digit}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.counts.map((row, digit) => (
            <tr key={DIGITS[digit]}>
              <th scope="row">{digit}</th>
              {row.map((times, other) => (
                <Cell
                  key={DIGITS[other]}
                  digit={digit}
                  other={other}
                  times={times}
                  most={digit === other ? found.mostRight : found.mostWrong}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Cell(props: {
  readonly digit: number;
  readonly other: number;
  readonly times: number;
  readonly most: number;
}) {
  const { digit, other, times, most } = props;
  const { taken, takenRight } = t.value;
  const isRight = digit === other;
  const share = most > 0 ? times / most : 0;
  return (
    <td
      class={`number ${isRight ? "right" : "wrong"}`}
      style={{ "--share": share }}
      title={isRight ? takenRight(digit, times) : taken(digit, other, times)}
      data-cell={`${digit}.${other}`}
    >
      {times === 0 ? "" : times}
    </td>
  );
}
