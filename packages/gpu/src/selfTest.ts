import { convGeometry, createRandom, type Device, type Tensor } from "@conv/core";
import { conv, convAdjointW, convAdjointX } from "@conv/core/kernels";

/** How a device did in the test that it takes at the start. */
export interface SelfTest {
  readonly isPassed: boolean;
  /** The largest error of an element, relative to the largest element of its tensor. */
  readonly largestError: number;
  readonly tolerance: number;
  /** What went wrong; empty if nothing did. */
  readonly error: string;
}

/** float32 keeps 7 digits, and the sums of the test are short: drivers that round otherwise pass, those that are wrong do not. */
const TOLERANCE = 1e-4;

/** A strided, padded convolution of two groups, and both its adjoints, on the device and on the cpu. */
export async function selfTest(device: Device): Promise<SelfTest> {
  const geometry = convGeometry([2, 4, 7, 6], [6, 2, 3, 2], { stride: [2, 1], padding: 1, groups: 2 });
  const random = createRandom(1);
  const [x, w, gradY] = [geometry.xShape, geometry.wShape, geometry.yShape].map((shape) => random.normal(shape));
  const cases: [string, (on: (t: Tensor) => Tensor) => Tensor][] = [
    ["conv", (on) => conv(on(x), on(w), geometry)],
    ["convAdjointX", (on) => convAdjointX(on(gradY), on(w), geometry)],
    ["convAdjointW", (on) => convAdjointW(on(x), on(gradY), geometry)],
  ];
  let largestError = 0;
  for (const [name, compute] of cases) {
    const expected = Float64Array.from(compute((t) => t).dataSync());
    const onDevice: Tensor[] = [];
    const y = compute((t) => {
      const there = t.to(device);
      onDevice.push(there);
      return there;
    });
    const got = Float64Array.from(await y.data());
    for (const t of [y, ...onDevice]) t.dispose();
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]) / scale), 0);
    const isRight = error <= TOLERANCE; // not if it is NaN
    largestError = Math.max(largestError, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    if (!isRight) {
      return {
        isPassed: false,
        largestError,
        tolerance: TOLERANCE,
        error: `${name} is off by ${error} of its largest element`,
      };
    }
  }
  return { isPassed: true, largestError, tolerance: TOLERANCE, error: "" };
}
