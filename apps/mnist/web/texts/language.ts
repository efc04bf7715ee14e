import { computed, effect, signal } from "@preact/signals";

/** The languages of the page: English, and Chinese, the language of the lecture. */
export type Language = "en" | "zh";

const KEY = "language";
const stored = localStorage.getItem(KEY);

/** The language that is shown: the one chosen before, else the browser's. */
export const language = signal<Language>(
  stored === "en" || stored === "zh" ? stored : navigator.language.startsWith("zh") ? "zh" : "en",
);

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
});

/** Changes the language, and remembers it. */
export function speak(chosen: Language): void {
  localStorage.setItem(KEY, chosen);
  language.value = chosen;
}

/** The texts of a part of the page, in the language that is shown. The type makes sure that no language lacks one. */
export function texts<Texts>(versions: Readonly<Record<Language, Texts>>) {
  return computed(() => versions[language.value]);
}
