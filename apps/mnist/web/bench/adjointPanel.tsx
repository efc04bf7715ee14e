import { Choice } from "../ui/choice.js";
import { flippedPlane, type Sent } from "./adjoint.js";
import { Cells } from "./cells.js";
import type { Figure } from "./figure.js";
import { kernelSizeOf, SIDE } from "./settings.js";
import { current, position, returned, sent } from "./store.js";
import { t } from "./texts.js";
import { largestFinite } from "./tint.js";

const SENT = ["one", "all", "output"] as const satisfies readonly Sent[];

/** Where gradients of the output go: to the image, and to the kernel. */
export function AdjointPanel({ figure }: { readonly figure: Figure }) {
  const words = t.value;
  const { adjoint } = words;
  const { settings, output, kernel } = figure;
  const { operation, channels } = settings;
  const gone = returned.value;
  const window = current.value;
  if (gone === undefined || window === undefined) return null;
  const [rows, columns] = kernelSizeOf(settings);
  const taps = rows * columns;
  const planeOf = (values: Float64Array, size: number, plane: number) =>
    values.subarray(plane * size, (plane + 1) * size);
  const planes = Array.from({ length: channels }, (_, plane) => plane);
  const named = (text: string, plane: number, all: number) => (all > 1 ? `${text}, ${words.channel(plane + 1)}` : text);
  const seen = new Set(window.taps.map(({ channel }) => channel));
  return (
    <section
      class="card bench-panel bench-adjoint"
      data-panel="adjoint"
      data-adjoint-image={JSON.stringify(Array.from(gone.image, (value) => Math.round(value * 1e6) / 1e6))}
    >
      <h3>{adjoint.title}</h3>
      <p class="faint">{adjoint[operation]}</p>
      <div data-control="sent">
        <Choice
          label={adjoint.send}
          value={sent.value}
          options={SENT.map((value) => ({ value, label: adjoint.sent[value] }))}
          onChange={(value) => {
            sent.value = value;
          }}
        />
      </div>
      <div class="bench-way">
        {planes.map((plane) => (
          <figure key={plane}>
            <Cells
              class="is-small"
              values={planeOf(gone.y, output.rows * output.columns, plane)}
              columns={output.columns}
              largest={largestFinite(gone.y)}
              isSigned={true}
              label={adjoint.y}
              isMarked={(i) => plane * output.rows * output.columns + i === position.value}
            />
            <figcaption>{named(adjoint.y, plane, channels)}</figcaption>
          </figure>
        ))}
        <b aria-hidden="true">Ŵᵀ →</b>
        {planes.map((plane) => (
          <figure key={plane}>
            <Cells
              class="is-small"
              values={planeOf(gone.image, SIDE * SIDE, plane)}
              columns={SIDE}
              largest={largestFinite(gone.image)}
              isSigned={true}
              label={adjoint.image}
              isMarked={(i) =>
                sent.value === "one" && seen.has(plane) && isSeen(window.taps, plane, i, settings.padding)
              }
            />
            <figcaption>{named(adjoint.image, plane, channels)}</figcaption>
          </figure>
        ))}
        {gone.kernel !== undefined && (
          <>
            <b aria-hidden="true">X̂ᵀ →</b>
            {Array.from({ length: kernel.length / taps }, (_, plane) => (
              <figure key={plane}>
                <Cells
                  class="is-small"
                  values={planeOf(gone.kernel as Float64Array, taps, plane)}
                  columns={columns}
                  largest={largestFinite(gone.kernel as Float64Array)}
                  isSigned={true}
                  label={adjoint.kernel}
                />
                <figcaption>{plane === 0 ? adjoint.kernel : ""}</figcaption>
              </figure>
            ))}
            <figure class="bench-flipped">
              <Cells
                class="is-small"
                values={flippedPlane(figure, window.channel * (channels / settings.groups)).values}
                columns={columns}
                largest={largestFinite(kernel)}
                isSigned={true}
                label={adjoint.flipped}
              />
              <figcaption>{adjoint.flipped}</figcaption>
            </figure>
          </>
        )}
      </div>
    </section>
  );
}

/** Whether the window sees a pixel of the image. */
function isSeen(
  taps: readonly { channel: number; row: number; column: number; isPadding: boolean }[],
  channel: number,
  pixel: number,
  padding: number,
): boolean {
  return taps.some(
    (tap) => tap.channel === channel && !tap.isPadding && (tap.row - padding) * SIDE + tap.column - padding === pixel,
  );
}
