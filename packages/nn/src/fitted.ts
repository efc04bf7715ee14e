import { BackendError, cast, ShapeError, Tensor, type TypedArray } from "@conv/core";
import { expectOwnTensor, expectTensor, formatShape, isSameShape } from "@conv/core/operators";

/**
 * A tensor of a state, as one of the dtype and on the device of the model's own.
 *
 * @throws {ShapeError} When it has another shape.
 * @throws {BackendError} When it was disposed of, or is to be read on a device that cannot answer at once.
 * @throws {TypeError} When it is no tensor, or an integer cannot become the same floating-point number, or the reverse.
 */
export function fitted(name: string, given: Tensor, { shape, dtype, device }: Tensor): Tensor {
  expectTensor("loadStateDict", name, given);
  expectOwnTensor("loadStateDict", given);
  if (!isSameShape(shape, given.shape)) {
    throw new ShapeError(
      `loadStateDict: ${name} has shape ${formatShape(given.shape)}, but this model's is ${formatShape(shape)}. Build the model it was saved from.`,
    );
  }
  void given.storage; // throws if it was disposed of
  if ((given.dtype === "int32") !== (dtype === "int32")) {
    const nearest = { int32: (x: number) => x | 0, float32: Math.fround, float64: Number }[dtype];
    const wrong = elementsOf(name, given).find((value) => nearest(value) !== value);
    if (wrong !== undefined) {
      throw new TypeError(
        `loadStateDict: ${name} has the element ${wrong}, but this model's is ${dtype}, which has no such number. Convert it first.`,
      );
    }
  }
  const converted = cast(given, dtype);
  if (converted.device === device) return converted;
  return new Tensor(device, shape, dtype, device.upload(elementsOf(name, converted)));
}

/** The elements at once. */
function elementsOf(name: string, x: Tensor): TypedArray {
  try {
    return x.dataSync();
  } catch (cause) {
    if (!(cause instanceof BackendError) || x.device.isMeta) throw cause;
    throw new BackendError(
      `loadStateDict: ${name} is on ${x.device.name}, which cannot answer at once. Pass await stateToCpu(state).`,
      { cause },
    );
  }
}
