import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { isDark } from "../ui/theme.js";
import type { Line } from "./curve.js";

/** A line of a chart. */
export interface Series extends Line {
  readonly label: string;
  readonly color: string;
  /** Dots, joined by thin lines; else a line alone. */
  readonly hasDots?: boolean;
  readonly isFaint?: boolean;
}

/** Lines over epochs. */
export function Chart(props: {
  readonly series: readonly Series[];
  readonly label: string;
  /** What is counted along the axis below. */
  readonly unit: string;
  /** The least and the largest value that are shown; without one, what the lines have. */
  readonly range: readonly [number | null, number | null];
  format(value: number): string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { series, range, format, label, unit } = props;
  const look = JSON.stringify([
    isDark.value,
    unit,
    series.map(({ color, hasDots, label: name }) => [color, hasDots, name]),
  ]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const axis = {
      stroke: style.getPropertyValue("color"),
      grid: { stroke: style.borderTopColor, width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    const size = () => ({ width: Math.max(160, element.clientWidth), height: element.clientHeight });
    const made = new uPlot(
      {
        ...size(),
        legend: { show: false },
        cursor: { y: false, points: { show: false } },
        scales: {
          x: { time: false, range: (_, __, high) => [0, Math.max(1, high ?? 1)] },
          y: { range: (_, low, high) => [range[0] ?? low ?? 0, range[1] ?? Math.max(high ?? 1, 0.1)] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            values: (_, values) => values.map((value, i) => (i === 0 ? `${value} ${unit}` : String(value))),
          },
          { ...axis, size: 52, values: (_, values) => values.map(format) },
        ],
        series: [
          {},
          ...series.map(({ color, hasDots, isFaint }) => ({
            stroke: color,
            width: hasDots ? 1 : 2,
            alpha: isFaint ? 0.45 : 1,
            spanGaps: true,
            points: { show: hasDots === true, size: 7, fill: color },
          })),
        ],
      },
      joined(series),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [look]);

  useEffect(() => {
    plot.current?.setData(joined(series));
  }, [series]);

  return <div ref={box} class="train-chart" role="img" aria-label={label} />;
}

/** Lines over one axis. */
function joined(series: readonly Series[]): uPlot.AlignedData {
  if (series.length === 0) return [[]];
  return uPlot.join(series.map(({ x, y }) => [x, y]));
}
