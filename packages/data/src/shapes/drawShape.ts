/** A place on the plane, in units of the shape: its centre is [0, 0]. */
type Distance = (x: number, y: number) => number;

/** √3 / 2. */
const SQRT3_2 = 0.8660254037844386;

/** How far a point is outside of a box of these half sides; negative inside. */
const box = (x: number, y: number, halfX: number, halfY: number) => Math.max(Math.abs(x) - halfX, Math.abs(y) - halfY);

/** The shapes by name: how far (x, y) is outside; negative inside. All lie in the circle of radius 1. */
export const SHAPES = {
  circle: (x, y) => Math.hypot(x, y) - 1,
  square: (x, y) => box(x, y, Math.SQRT1_2, Math.SQRT1_2),
  triangle: (x, y) => Math.max(y, SQRT3_2 * x - y / 2, -SQRT3_2 * x - y / 2) - 0.5,
  cross: (x, y) => Math.min(box(x, y, 0.96, 0.26), box(x, y, 0.26, 0.96)),
} as const satisfies Readonly<Record<string, Distance>>;

/** The name of a shape. */
export type ShapeName = keyof typeof SHAPES;

/** Where a shape is drawn. */
export interface Placement {
  /** Of its centre, from the left and from the top, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Of the circle around it, in pixels. */
  readonly radius: number;
  /** In radians. */
  readonly angle: number;
}

/**
 * Adds a filled shape to a square image: `brightness` inside, 0 outside, and at its border the share of the pixel that is
 * inside, about.
 *
 * @param pixels [size, size].
 */
export function drawShape(
  pixels: Float32Array,
  size: number,
  name: ShapeName,
  { x, y, radius, angle }: Placement,
  brightness: number,
): void {
  const distance: Distance = SHAPES[name];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const [right, down] = [(j + 0.5 - x) / radius, (i + 0.5 - y) / radius];
      const outside = radius * distance(right * cos + down * sin, down * cos - right * sin);
      pixels[i * size + j] += brightness * Math.min(1, Math.max(0, 0.5 - outside));
    }
  }
}
