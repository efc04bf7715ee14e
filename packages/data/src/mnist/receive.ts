/** How far the download of a file is. */
export interface Progress {
  /** Its name: "train-images-idx3-ubyte.gz". */
  readonly file: string;
  /** Bytes that have arrived. */
  readonly received: number;
  /** Bytes it has; undefined when the server does not say. */
  readonly total: number | undefined;
}

/** The options of `receive`. */
export interface ReceiveOptions {
  /** How long the connection may be silent before it is given up, in milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** An address did not deliver. The message is a part of a sentence: "it answered 500". */
export class Failure extends Error {
  /** True when asking again would not help. */
  readonly isFinal: boolean;

  constructor(reason: string, isFinal = false) {
    super(reason);
    this.isFinal = isFinal;
  }
}

/**
 * Fetches one address, once.
 *
 * @throws {Failure} When no bytes come for `timeout`, the server refuses, or the connection breaks off.
 * @throws The reason of the signal, when it aborts.
 */
export async function receive(address: string, file: string, options: ReceiveOptions): Promise<Uint8Array> {
  const { timeout, signal, onProgress } = options;
  signal?.throwIfAborted();
  const connection = new AbortController();
  const giveUp = () => connection.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp);
  const alarm = startAlarm(timeout, () => connection.abort(new Failure(`nothing came for ${timeout} ms`)));
  /** Waits for the network, and says in our words what it failed at. */
  const arrival = <T>(work: Promise<T>, explain: (error: unknown) => string): Promise<T> =>
    work.catch((error) => {
      signal?.throwIfAborted();
      throw connection.signal.aborted ? connection.signal.reason : new Failure(explain(error));
    });
  try {
    const response = await arrival(
      fetch(address, { signal: connection.signal }),
      (error) => `no connection (${causeOf(error)})`,
    );
    if (!response.ok) throw new Failure(`it answered ${response.status}`, isRefusal(response.status));
    const total = totalOf(response);
    const chunks: Uint8Array[] = [];
    let received = 0;
    onProgress?.({ file, received, total });
    const reader = response.body?.getReader();
    const next = () => arrival(read(reader), () => "the connection broke off");
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      alarm.restart();
      chunks.push(chunk);
      received += chunk.length;
      onProgress?.({ file, received, total });
    }
    if (total !== undefined && received !== total) throw new Failure(`it sent ${received} of ${total} bytes`);
    return concatenate(chunks, received);
  } finally {
    alarm.stop();
    signal?.removeEventListener("abort", giveUp);
    connection.abort(); // frees the socket of a body that was not read to its end
  }
}

/** The next bytes of a body; undefined at its end. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  return (await reader?.read())?.value;
}

function startAlarm(milliseconds: number, ring: () => void) {
  let timer = setTimeout(ring, milliseconds);
  const stop = () => clearTimeout(timer);
  const restart = () => {
    stop();
    timer = setTimeout(ring, milliseconds);
  };
  return { stop, restart };
}

/** Whether a status will be the same next time: errors of the request, except "too slow" and "too often". */
function isRefusal(status: number): boolean {
  return status < 500 && status !== 408 && status !== 429;
}

/** The bytes that will arrive; with a content encoding the header counts others. */
function totalOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** Why `fetch` failed: Node hides it in `cause`. */
function causeOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
