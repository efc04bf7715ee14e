import { effect, signal } from "@preact/signals";
import { recall, remember } from "./memory.js";

/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

const KEY = "theme";
const stored = recall(KEY);

/** The theme that is chosen. */
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "system");

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is dark now: canvases must know. */
export const isDark = signal(false);

const update = () => {
  isDark.value = theme.value === "system" ? systemIsDark.matches : theme.value === "dark";
};
systemIsDark.addEventListener("change", update);

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  update();
});

/** Changes the theme, and remembers it. */
export function setTheme(chosen: Theme): void {
  remember(KEY, chosen);
  theme.value = chosen;
}
