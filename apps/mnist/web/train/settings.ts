import type { Architecture } from "../../src/model.js";

/** Where a network can learn. */
export type DeviceName = "cpu" | "webgpu" | "webgl2";

/** Which digits it learns from: those that come with the page, or the 60 000 of MNIST. */
export type Source = "digits" | "mnist";

/** What decides a run's curve. */
export interface Settings {
  readonly architecture: Architecture;
  readonly source: Source;
  readonly epochs: number;
  readonly batchSize: number;
  /** Learning rate, of Adam. */
  readonly lr: number;
  readonly seed: number;
  readonly device: DeviceName;
}

/** What the page tells its worker: the settings, and for a run that goes on its checkpoint. */
export interface Order extends Settings {
  readonly checkpoint?: Uint8Array | undefined;
}
