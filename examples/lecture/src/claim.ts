import type { Sequential } from "@conv/nn";
import type { Quantity } from "./quantities.js";
import type { Transform } from "./shift.js";

/** How much of a quantity one model has, measured by another. */
export interface Expectation<Model extends string = string> {
  readonly model: Model;
  readonly is: "above" | "below" | "not below" | "equal to";
  readonly than: Model;
  readonly of: Quantity;
}

/** A claim of the lecture, and the experiment that can contradict it. */
export interface Claim<Model extends string = string> {
  /** As `--only` calls it. */
  readonly name: string;
  readonly title: string;
  /** What the lecture says. */
  readonly says: string;
  /** What is compared: name → a new network, with weights from the shared generator. */
  readonly models: Readonly<Record<Model, () => Sequential>>;
  readonly columns: readonly Quantity[];
  /** What the claim means for the table. */
  readonly expects: readonly Expectation<NoInfer<Model>>[];
  /** What is made of pixels, from 0 (paper) to 1 (ink), after a shift. Default: nothing. */
  readonly transform?: Transform;
}

/** The claim itself: makes sure that its expectations are about its own models. */
export const claim = <Model extends string>(it: Claim<Model>): Claim<Model> => it;
