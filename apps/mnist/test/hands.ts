import { createRandom } from "@conv/core";
import type { Point, Stroke } from "../web/draw/rasterise.js";

/** A digit as somebody writes it. */
export interface Written {
  readonly name: string;
  readonly digit: number;
  /** In parts of the pad. */
  readonly strokes: readonly Stroke[];
}

/** A part of an ellipse, in degrees from the right over the bottom: 0 is right, 90 below, 180 left, 270 above. */
function arc(x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Point[] {
  const steps = Math.max(2, Math.ceil(Math.abs(to - from) / 20));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)] as const;
  });
}

/** Every digit as different people write it. */
export const HANDS: readonly Written[] = [
  { digit: 0, name: "oval", strokes: [arc(0.5, 0.5, 0.22, 0.34, -90, 275)] },
  { digit: 0, name: "round", strokes: [arc(0.5, 0.5, 0.3, 0.33, -80, -430)] },
  { digit: 0, name: "narrow, not quite closed", strokes: [arc(0.5, 0.5, 0.16, 0.36, -70, -420)] },
  {
    digit: 1,
    name: "a line",
    strokes: [
      [
        [0.5, 0.15],
        [0.5, 0.85],
      ],
    ],
  },
  {
    digit: 1,
    name: "leaning",
    strokes: [
      [
        [0.6, 0.15],
        [0.44, 0.85],
      ],
    ],
  },
  {
    digit: 1,
    name: "with a flag",
    strokes: [
      [
        [0.36, 0.32],
        [0.54, 0.15],
        [0.54, 0.85],
      ],
    ],
  },
  { digit: 2, name: "round", strokes: [[...arc(0.5, 0.34, 0.22, 0.19, -170, 30), [0.28, 0.84], [0.74, 0.84]]] },
  {
    digit: 2,
    name: "with a loop",
    strokes: [
      [
        ...arc(0.48, 0.33, 0.2, 0.18, -160, 50),
        [0.34, 0.78],
        ...arc(0.33, 0.77, 0.06, 0.06, 90, 330),
        [0.56, 0.82],
        [0.74, 0.78],
      ],
    ],
  },
  {
    digit: 2,
    name: "angular",
    strokes: [
      [
        [0.28, 0.28],
        [0.48, 0.16],
        [0.68, 0.26],
        [0.66, 0.44],
        [0.28, 0.82],
        [0.72, 0.82],
      ],
    ],
  },
  {
    digit: 3,
    name: "two bows",
    strokes: [[...arc(0.46, 0.32, 0.2, 0.17, -150, 90), ...arc(0.46, 0.67, 0.23, 0.18, -90, 150)]],
  },
  {
    digit: 3,
    name: "with a flat top",
    strokes: [[[0.3, 0.17], [0.68, 0.17], [0.48, 0.44], ...arc(0.47, 0.64, 0.22, 0.2, -80, 150)]],
  },
  {
    digit: 3,
    name: "wide",
    strokes: [[...arc(0.46, 0.32, 0.24, 0.18, -160, 80), [0.42, 0.49], ...arc(0.46, 0.68, 0.26, 0.18, -80, 160)]],
  },
  {
    digit: 4,
    name: "open",
    strokes: [
      [
        [0.34, 0.16],
        [0.28, 0.54],
        [0.74, 0.54],
      ],
      [
        [0.62, 0.2],
        [0.6, 0.86],
      ],
    ],
  },
  {
    digit: 4,
    name: "closed",
    strokes: [
      [
        [0.6, 0.86],
        [0.6, 0.15],
        [0.24, 0.6],
        [0.78, 0.6],
      ],
    ],
  },
  {
    digit: 4,
    name: "of one line and a post",
    strokes: [
      [
        [0.42, 0.16],
        [0.26, 0.58],
        [0.76, 0.56],
      ],
      [
        [0.58, 0.36],
        [0.56, 0.86],
      ],
    ],
  },
  {
    digit: 5,
    name: "with a hat",
    strokes: [
      [[0.36, 0.17], [0.33, 0.46], ...arc(0.46, 0.63, 0.22, 0.2, -120, 140)],
      [
        [0.36, 0.17],
        [0.7, 0.17],
      ],
    ],
  },
  {
    digit: 5,
    name: "of one line",
    strokes: [[[0.7, 0.16], [0.36, 0.17], [0.34, 0.45], ...arc(0.46, 0.64, 0.21, 0.2, -110, 150)]],
  },
  {
    digit: 5,
    name: "angular",
    strokes: [
      [
        [0.68, 0.17],
        [0.36, 0.18],
        [0.34, 0.44],
        [0.58, 0.44],
        [0.68, 0.6],
        [0.6, 0.8],
        [0.34, 0.84],
      ],
    ],
  },
  {
    digit: 6,
    name: "round",
    strokes: [[...arc(0.66, 0.5, 0.34, 0.36, -110, -180), ...arc(0.5, 0.66, 0.18, 0.18, 180, -180)]],
  },
  {
    digit: 6,
    name: "with a straight back",
    strokes: [[[0.58, 0.14], [0.36, 0.52], [0.32, 0.66], ...arc(0.49, 0.68, 0.17, 0.17, 170, -170)]],
  },
  {
    digit: 6,
    name: "curled",
    strokes: [[...arc(0.54, 0.36, 0.2, 0.2, -60, -180), [0.32, 0.6], ...arc(0.5, 0.66, 0.18, 0.18, 160, -190)]],
  },
  {
    digit: 7,
    name: "plain",
    strokes: [
      [
        [0.28, 0.18],
        [0.72, 0.18],
        [0.46, 0.85],
      ],
    ],
  },
  {
    digit: 7,
    name: "with a bar",
    strokes: [
      [
        [0.28, 0.2],
        [0.72, 0.18],
        [0.44, 0.85],
      ],
      [
        [0.38, 0.52],
        [0.68, 0.5],
      ],
    ],
  },
  {
    digit: 7,
    name: "curved",
    strokes: [
      [
        [0.28, 0.24],
        [0.3, 0.18],
        [0.7, 0.18],
        [0.6, 0.42],
        [0.5, 0.62],
        [0.46, 0.86],
      ],
    ],
  },
  {
    digit: 8,
    name: "of one line",
    strokes: [
      [
        ...arc(0.5, 0.32, 0.17, 0.17, -30, -270),
        ...arc(0.5, 0.67, 0.21, 0.18, -90, 270),
        ...arc(0.5, 0.32, 0.17, 0.17, 90, -30),
      ],
    ],
  },
  {
    digit: 8,
    name: "two circles",
    strokes: [arc(0.5, 0.32, 0.17, 0.16, -90, 275), arc(0.5, 0.67, 0.2, 0.18, -90, 275)],
  },
  {
    digit: 8,
    name: "slim",
    strokes: [
      [
        ...arc(0.5, 0.31, 0.13, 0.16, -60, -270),
        ...arc(0.49, 0.66, 0.16, 0.19, -90, 270),
        ...arc(0.5, 0.31, 0.13, 0.16, 90, -60),
      ],
    ],
  },
  {
    digit: 9,
    name: "with a straight leg",
    strokes: [[...arc(0.5, 0.33, 0.18, 0.18, -10, -360), [0.68, 0.3], [0.64, 0.86]]],
  },
  {
    digit: 9,
    name: "with a curled leg",
    strokes: [[...arc(0.5, 0.33, 0.18, 0.18, -10, -360), [0.68, 0.5], ...arc(0.5, 0.66, 0.18, 0.2, 0, 140)]],
  },
  { digit: 9, name: "leaning", strokes: [[...arc(0.52, 0.32, 0.17, 0.17, -20, -350), [0.66, 0.4], [0.48, 0.86]]] },
];

/** The same digit by an unsteady hand: turned, slanted, stretched and shaken, each as the seed has it. */
export function byHand({ name, digit, strokes }: Written, seed: number): Written {
  const random = createRandom(seed);
  const between = (low: number, high: number) => random.uniform([1], { low, high }).dataSync()[0];
  const [turn, slant, stretch] = [between(-0.17, 0.17), between(-0.15, 0.15), between(0.85, 1.18)];
  const [waveX, waveY, phase] = [between(0.005, 0.02), between(0.005, 0.02), between(0, 6)];
  const moved = ([x, y]: Point): Point => {
    const shakyX = (x - 0.5) * stretch + waveX * Math.sin(9 * y + phase);
    const shakyY = y - 0.5 + waveY * Math.sin(8 * x + phase);
    const slanted = shakyX - slant * shakyY;
    return [
      0.5 + slanted * Math.cos(turn) - shakyY * Math.sin(turn),
      0.5 + slanted * Math.sin(turn) + shakyY * Math.cos(turn),
    ];
  };
  return { name: `${name}, hand ${seed}`, digit, strokes: strokes.map((stroke) => finer(stroke).map(moved)) };
}

/** More points on straight lines, so that they shake too. */
const finer = (stroke: Stroke): Point[] =>
  stroke.flatMap(([x, y], i) => {
    const [px, py] = stroke[Math.max(0, i - 1)];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - px, y - py) / 0.1));
    return Array.from({ length: steps }, (_, step) => {
      const part = (step + 1) / steps;
      return [px + part * (x - px), py + part * (y - py)] as const;
    });
  });
