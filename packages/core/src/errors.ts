/** The shapes of an operator's arguments do not fit together. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** A device is missing, cannot do what was asked, or does not match another one. */
export class BackendError extends Error {
  override readonly name = "BackendError";
}
