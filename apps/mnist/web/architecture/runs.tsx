import { colorOf } from "../train/curves.js";
import { percent } from "../train/format.js";
import { curvesVersion, runs } from "../train/run.js";
import { inALine } from "./sketch.js";
import { t } from "./texts.js";

/** The runs in the charts, and what made them different. */
export function Runs() {
  const { runs: title, run, network, accuracy, lr, batch, seed } = t.value;
  curvesVersion.value; // the curves grow in place
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it is wider than the page, arrow keys move it
    <section class="architecture-runs" aria-label={title} tabIndex={0}>
      <table>
        <caption>
          <h3>{title}</h3>
        </caption>
        <thead>
          <tr>
            {[title, network, lr, batch, seed, accuracy].map((name, i) => (
              <th key={name} scope="col">
                {i === 0 ? <span class="visually-hidden">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.value.map((each) => {
            const exam = each.curve.exams.at(-1);
            const { settings } = each;
            return (
              <tr key={each.id} data-run={each.id}>
                <th scope="row">
                  <span class="architecture-color" style={{ background: colorOf(each) }} /> {run(each.id)}
                </th>
                <td class="number">{inALine(settings.architecture)}</td>
                <td class="number">{settings.lr.toPrecision(2)}</td>
                <td class="number">{settings.batchSize}</td>
                <td class="number">{settings.seed}</td>
                <td class="number">{exam === undefined ? "–" : percent(exam.accuracy)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
