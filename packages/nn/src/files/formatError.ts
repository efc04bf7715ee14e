/** Bytes that are no safetensors file, or a damaged one. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}
