/** The files of this platform. The module "#storage" is `node.ts` in Node, Deno and Bun, and `browser.ts` elsewhere. */
export interface Storage {
  /** Whether there are files at all. Without them nothing is found, and nothing is kept. */
  readonly hasFiles: boolean;
  /** Where downloads are kept when the user does not say: a directory that may not exist yet. */
  cacheDirectory(): string;
  /** The path that the user means by a path or a `file:` URL. */
  pathOf(source: string): string;
  isDirectory(path: string): Promise<boolean>;
  /**
   * The bytes of a file; undefined when there is none.
   *
   * @param operator Who reads, as the beginning of an error. Default: "mnist".
   * @throws {DataError} When it is there and cannot be read.
   */
  read(directory: string, name: string, operator?: string): Promise<Uint8Array | undefined>;
  /**
   * Keeps a file, whole or not at all, whoever else is writing it: under another name, on the disk, then renamed.
   * Makes the directory.
   *
   * @throws {DataError} When it cannot be written.
   */
  write(directory: string, name: string, bytes: Uint8Array): Promise<void>;
}
