/** The factors of `blend` and `blendSquare`. */
export interface BlendFactors {
  readonly alpha: number;
  readonly beta: number;
}

/** The numbers of `descend`. */
export interface DescentFactors extends BlendFactors {
  readonly gamma: number;
  readonly eps: number;
}
