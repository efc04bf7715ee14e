import { Pixels } from "../ui/pixels.js";
import type { Figure } from "./figure.js";
import { image, position } from "./store.js";
import { t } from "./texts.js";
import { largestFinite } from "./tint.js";

/** The map as a matrix Ŵ, with the row of the output under the window. */
export function MatrixPanel({ figure }: { readonly figure: Figure }) {
  const { matrix: words } = t.value;
  const { matrix, output, settings } = figure;
  const { operation } = settings;
  const { rows, columns, values } = matrix;
  const at = position.value;
  const about = { conv: words.linear, average: words.average, max: words.max, l2: words.pool }[operation];
  return (
    <section class="card bench-panel" data-panel="matrix">
      <h3>{words.title}</h3>
      <p class="faint">{about}</p>
      <div class="bench-matrices is-product" style={{ "--most-rows": rows, "--most-columns": columns }}>
        <Vector name="y" size={rows} label={words.y(rows)} values={output.values} isSigned={true} at={at} />
        <b aria-hidden="true">=</b>
        <figure>
          <div class="bench-matrix" style={{ "--rows": rows, "--columns": columns }}>
            <Pixels
              values={values}
              width={columns}
              height={rows}
              isSigned={true}
              label={words.label(rows, columns, at + 1)}
            />
            <div
              class="bench-band"
              aria-hidden="true"
              style={{ "--top": at, "--left": 0, "--height": 1, "--width": columns }}
            />
          </div>
          <figcaption>Ŵ</figcaption>
        </figure>
        <b aria-hidden="true">·</b>
        <Vector name="x" size={columns} label={words.x(columns)} values={image.value} isSigned={false} />
      </div>
      <p class="number faint bench-size">{words.size(rows, columns)}</p>
    </section>
  );
}

/** A vector, upright. */
function Vector(props: {
  readonly name: string;
  readonly size: number;
  readonly label: string;
  readonly values: Float64Array;
  readonly isSigned: boolean;
  readonly at?: number;
}) {
  const { size, values, isSigned, label, at } = props;
  return (
    <figure>
      <div class="bench-matrix is-vector" style={{ "--rows": size, "--columns": 1 }}>
        <Pixels
          values={values}
          width={1}
          height={size}
          isSigned={isSigned}
          largest={largestFinite(values)}
          label={label}
        />
        {at !== undefined && (
          <div
            class="bench-band"
            aria-hidden="true"
            style={{ "--top": at, "--left": 0, "--height": 1, "--width": 1 }}
          />
        )}
      </div>
      <figcaption>{props.name}</figcaption>
    </figure>
  );
}
