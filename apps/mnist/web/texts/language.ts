import { computed, effect, signal } from "@preact/signals";
import { recall, remember } from "../ui/memory.js";

/** The languages of the page: English, and Chinese, the language of the lecture. */
export type Language = "en" | "zh";

const KEY = "language";
const stored = recall(KEY);

/** The language that is shown: the one chosen before, else the browser's. */
export const language = signal<Language>(
  stored === "en" || stored === "zh" ? stored : navigator.language.startsWith("zh") ? "zh" : "en",
);

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
});

/** Changes the language, and remembers it. */
export function setLanguage(chosen: Language): void {
  remember(KEY, chosen);
  language.value = chosen;
}

/** The texts of a part of the page, in the language that is shown. The type makes sure that no language lacks one. */
export function texts<Texts>(versions: Readonly<Record<Language, Texts>>) {
  return computed(() => versions[language.value]);
}
