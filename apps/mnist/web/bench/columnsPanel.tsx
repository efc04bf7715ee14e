import { Pixels } from "../ui/pixels.js";
import { Band } from "./band.js";
import type { Figure } from "./figure.js";
import { filtersOf } from "./filters.js";
import { t } from "./panelTexts.js";
import { current } from "./store.js";
import { largestFinite } from "./tint.js";

/** The map as a product of matrices: W, the patches X̂ᵀ above, and under them what comes out. */
export function ColumnsPanel({ figure }: { readonly figure: Figure }) {
  const { columns: words } = t.value;
  const { patches, output, settings } = figure;
  const window = current.value;
  const { patch, firstRow, taps, channel } = window;
  const filters = filtersOf(figure);
  const [taken, windows] = [patches.rows, patches.columns];
  const sign = { conv: "", average: "", max: "max", l2: "√Σ²" }[settings.operation];
  return (
    <section class="card bench-panel" data-panel="im2col">
      <h3>{words.title}</h3>
      <p class="faint">{settings.operation === "conv" ? words.conv : words.pool}</p>
      <div class="bench-matrices is-falk" style={{ "--taps": taken, "--windows": windows }}>
        <div class="bench-matrix is-patches" style={{ "--rows": taken, "--columns": windows }}>
          <Pixels
            values={patches.values}
            width={windows}
            height={taken}
            largest={largestFinite(patches.values)}
            label={words.label(taken, windows, patch + 1)}
          />
          <Band top={firstRow} left={patch} height={taps.length} width={1} />
        </div>
        {filters === undefined ? (
          <b class="bench-sign">{sign}</b>
        ) : (
          <div class="bench-matrix is-thick is-filters" style={{ "--rows": filters.rows, "--columns": taken }}>
            <Pixels
              values={filters.values}
              width={taken}
              height={filters.rows}
              isSigned={true}
              label={words.kernel(filters.rows, taken)}
            />
            <Band top={channel} left={firstRow} height={1} width={taps.length} />
          </div>
        )}
        <div class="bench-matrix is-thick is-made" style={{ "--rows": output.channels, "--columns": windows }}>
          <Pixels
            values={output.values}
            width={windows}
            height={output.channels}
            isSigned={true}
            label={words.y(output.channels, windows)}
          />
          <Band top={channel} left={patch} height={1} width={1} />
        </div>
      </div>
      <p class="number faint bench-size">{words.size(taken, windows)}</p>
    </section>
  );
}
