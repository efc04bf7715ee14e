import { BackendError, ShapeError } from "@conv/core";

const CLASSES = [ShapeError, BackendError, TypeError, RangeError];

/** An error of the same class with another message, caused by this one. */
export function retold(error: unknown, message: string): Error {
  const Class = CLASSES.find((candidate) => error instanceof candidate) ?? Error;
  return new Class(message, { cause: error });
}
