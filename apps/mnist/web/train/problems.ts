import { t } from "./texts.js";

/** Says what went wrong, in the language that is shown where there are words for it. */
export function problemOf(error: unknown): () => string {
  const message = error instanceof Error ? error.message : String(error);
  if (/dynamically imported module|importing a module script failed/i.test(message)) return () => t.value.notLoaded;
  if (/could not be downloaded/.test(message)) return () => t.value.noMnist;
  return () => message;
}
