/** Data cannot be read as what it should be: bytes, a file or a download; or it cannot be had at all. */
export class DataError extends Error {
  override readonly name = "DataError";
}
