import { Pixels } from "../ui/pixels.js";
import { Band } from "./band.js";
import type { Figure } from "./figure.js";
import { t } from "./panelTexts.js";
import { image, position } from "./store.js";
import { structureOf } from "./structure.js";
import { largestFinite } from "./tint.js";

/** The map as a matrix Ŵ, with the row of the output under the window; above it the image as a vector, each pixel over its column. */
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
      <p class="faint">
        {about}
        {operation === "conv" && words.structures[structureOf(settings)]}
        {operation === "conv" && settings.channels > 1 && words.pairs}
        {operation === "conv" && settings.stride > 1 && words.strided(settings.stride)}
      </p>
      <div class="bench-matrices is-product" style={{ "--most-rows": rows, "--most-columns": columns }}>
        <b class="is-x" aria-hidden="true">
          xᵀ
        </b>
        <div class="bench-matrix is-x is-thin" style={{ "--rows": 1, "--columns": columns }}>
          <Pixels
            values={image.value}
            width={columns}
            height={1}
            largest={largestFinite(image.value)}
            label={words.x(columns)}
          />
        </div>
        <b class="is-w" aria-hidden="true">
          Ŵ
        </b>
        <div class="bench-matrix is-w" style={{ "--rows": rows, "--columns": columns }}>
          <Pixels
            values={values}
            width={columns}
            height={rows}
            isSigned={true}
            label={words.label(rows, columns, at + 1)}
          />
          <Band top={at} left={0} height={1} width={columns} />
        </div>
        <b class="is-y" aria-hidden="true">
          y
        </b>
        <div class="bench-matrix is-y is-upright" style={{ "--rows": rows, "--columns": 1 }}>
          <Pixels
            values={output.values}
            width={1}
            height={rows}
            isSigned={true}
            largest={largestFinite(output.values)}
            label={words.y(rows)}
          />
          <Band top={at} left={0} height={1} width={1} />
        </div>
      </div>
      <p class="number faint bench-size">{words.size(rows, columns)}</p>
    </section>
  );
}
