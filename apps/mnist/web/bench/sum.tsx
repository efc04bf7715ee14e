import { Cells } from "./cells.js";
import type { Figure } from "./figure.js";
import { long, sumOf } from "./format.js";
import { KernelInputs } from "./kernelInputs.js";
import { isPlaying } from "./play.js";
import { kernelSizeOf } from "./settings.js";
import { current } from "./store.js";
import { t } from "./texts.js";
import { largestFinite } from "./tint.js";

/** How one output is made: what the window sees, times the kernel, summed up. */
export function Sum({ figure }: { readonly figure: Figure }) {
  const words = t.value;
  const window = current.value;
  const { operation, channels } = figure.settings;
  const [rows, columns] = kernelSizeOf(figure.settings);
  const { taps, channel, total } = window;
  const planes = Array.from({ length: taps.length / (rows * columns) }, (_, plane) =>
    taps.slice(plane * rows * columns, (plane + 1) * rows * columns),
  );
  const largest = largestFinite(figure.padded.values);
  const largestTerm = Math.max(largestFinite(Float64Array.from(taps, ({ term }) => term)), 1e-9);
  const hasTerms = operation !== "max";
  return (
    <div class="bench-sum">
      <div class="bench-equations">
        {planes.map((plane, p) => (
          <div class="bench-equation" key={p}>
            <figure>
              <Cells
                values={plane.map(({ value }) => value)}
                columns={columns}
                largest={largest}
                label={words.seen}
                isMarked={(i) => plane[i].isChosen}
                isBorder={(i) => plane[i].isPadding}
              />
              <figcaption>
                {words.seen}
                {planes.length > 1 && `, ${words.channel(plane[0].channel + 1)}`}
              </figcaption>
            </figure>
            {operation === "conv" && (
              <>
                <b aria-hidden="true">⊙</b>
                <figure>
                  <KernelInputs figure={figure} filter={channel} plane={p} />
                  <figcaption>{channels > 1 ? words.filter(channel + 1) : words.kernel}</figcaption>
                </figure>
              </>
            )}
            {hasTerms && (
              <>
                <b aria-hidden="true">=</b>
                <figure>
                  <Cells
                    values={plane.map(({ term }) => term)}
                    columns={columns}
                    largest={largestTerm}
                    isSigned={true}
                    label={operation === "l2" ? words.squares : words.terms}
                  />
                  <figcaption>
                    {operation === "l2" && words.squares}
                    {operation === "conv" && words.terms}
                    {operation === "average" && `${words.weights} 1/${taps.length}`}
                  </figcaption>
                </figure>
              </>
            )}
          </div>
        ))}
      </div>
      <div class="bench-total">
        <b aria-hidden="true">{{ conv: "Σ", average: "Σ", max: "max", l2: "√Σ" }[operation]} =</b>
        <output data-total={String(total)}>{long(total)}</output>
      </div>
      <p class="bench-sentence number" data-sum aria-live={isPlaying.value ? "off" : "polite"}>
        {sumOf(figure.settings, window)}
      </p>
    </div>
  );
}
