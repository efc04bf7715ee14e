import { formatValue } from "@conv/core/operators";

/** An error as it travels from a thread to another: structured cloning would lose the name and, in places, the stack. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PortableError | undefined;
}

/** An error, or whatever else was thrown, ready to travel. */
export function packError(thrown: unknown): PortableError {
  return packUntil(thrown, MOST_CAUSES);
}

/** How many causes of causes travel: they may go round in a circle. */
const MOST_CAUSES = 8;

function packUntil(thrown: unknown, causes: number): PortableError {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === "string" ? thrown : `${formatValue(thrown)} was thrown, which is no Error.`;
    return { name: "Error", message, stack: undefined, cause: undefined };
  }
  const { name, message, stack, cause } = thrown;
  const isTold = cause instanceof Error && causes > 0;
  return { name, message, stack, cause: isTold ? packUntil(cause, causes - 1) : undefined };
}

/** The classes of the language; an error of any other name becomes an Error of that name. */
const CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
};

/** The error in the caller's thread: of the same name and message, its `cause` the one of the worker, with its stack. */
export function unpackError(packed: PortableError): Error {
  const { name, message } = packed;
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name] : Error;
  return named(name, new Class(message, { cause: original(packed) }));
}

function original({ name, message, stack, cause }: PortableError): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: original(cause) });
  return Object.assign(named(name, error), { stack: stack ?? `${name}: ${message}` });
}

function named(name: string, error: Error): Error {
  if (error.name === name) return error;
  return Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
}
