import type { Progress } from "@conv/data";

/** What a run computes on, as its worker found it. */
export interface Computer {
  /** "cpu", or the mode of the graphics processor. */
  readonly device: string;
  /** What the graphics processor calls itself, if it does. */
  readonly adapter: string;
  readonly threads: number;
  /** Why it is not faster. */
  readonly reason: string;
}

/** What the worker tells the page beside its steps. */
export type News = { readonly computer: Computer } | { readonly download: Progress };

const KEY = "@conv/mnist";

/** In the worker: tells the page. */
export function tell(news: News): void {
  (globalThis as unknown as { postMessage(message: unknown): void }).postMessage({ [KEY]: news });
}

/** In the page: listens to the worker. */
export function listen(worker: Worker, onNews: (news: News) => void): void {
  worker.addEventListener("message", ({ data }) => {
    if (data?.[KEY] !== undefined) onNews(data[KEY]);
  });
}
