// The theme switch: system, light, dark.

import { recall, store } from "./storage.js";

const ORDER = ["system", "light", "dark"];
const SIGNS = { system: "Auto", light: "Light", dark: "Dark" };

export function setUpTheme(button) {
  show(button, current());
  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length];
    apply(next);
    show(button, next);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);
}

/** The colour behind a CSS custom property just now, for what is drawn on a canvas. */
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

function current() {
  const chosen = recall("ato-theme", "system");
  return ORDER.includes(chosen) ? chosen : "system";
}

function apply(theme) {
  store("ato-theme", theme);
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  announce();
}

function announce() {
  document.dispatchEvent(new CustomEvent("themechange"));
}

function show(button, theme) {
  button.textContent = SIGNS[theme];
  button.title = "Switch between the system's, the light and the dark theme (t)";
  button.setAttribute("aria-label", `Theme: ${SIGNS[theme]}`);
}
