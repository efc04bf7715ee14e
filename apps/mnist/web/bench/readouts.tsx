import { useMemo } from "preact/hooks";
import { thousands } from "../train/format.js";
import { countsOf } from "./counts.js";
import type { Figure } from "./figure.js";
import { t } from "./texts.js";

/** The sizes of the map, and what it costs. */
export function Readouts({ figure }: { readonly figure: Figure }) {
  const { readouts: words } = t.value;
  const counts = useMemo(() => countsOf(figure), [figure]);
  const { inShape, outShape, formulas, parameters, macs, receptiveField, nonzeros, entries } = counts;
  const share = `${Math.round((1000 * nonzeros) / entries) / 10} %`;
  const isSame = formulas[0] === formulas[1];
  return (
    <dl class="bench-readouts">
      <Entry name={words.shape} value={`${inShape.join(" × ")} → ${outShape.join(" × ")}`} hook="shape" />
      <Entry name={isSame ? `${words.rows} = ${words.columns}` : words.rows} value={formulas[0]} hook="formula" />
      {!isSame && <Entry name={words.columns} value={formulas[1]} hook="formula-columns" />}
      <Entry name={words.parameters} value={thousands(parameters)} hook="parameters" />
      <Entry name={words.macs} value={thousands(macs)} hook="macs" />
      <Entry name={words.field} value={receptiveField.join(" × ")} hook="field" />
      <Entry name={words.density} value={words.ofAll(thousands(nonzeros), thousands(entries), share)} hook="density" />
    </dl>
  );
}

function Entry(props: { readonly name: string; readonly value: string; readonly hook: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd class="number" data-readout={props.hook}>
        {props.value}
      </dd>
    </div>
  );
}
