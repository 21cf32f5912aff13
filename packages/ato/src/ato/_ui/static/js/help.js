// The list of keyboard shortcuts.

import { h } from "./base/dom.js";
import { openDialog } from "./base/dialog.js";

const SHORTCUTS = [
  ["/", "Go to the filter"],
  ["j  k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["x", "Select the row"],
  ["c", "Compare the selected runs"],
  ["[  ]", "Previous and next page of rows"],
  ["t", "Switch the theme"],
  ["Esc", "Close, or leave a field"],
  ["?", "Show this list"],
];

export function setUpHelp(button) {
  button.addEventListener("click", () =>
    openDialog("Keyboard shortcuts", h("dl", { class: "keys" }, SHORTCUTS.map(row)))
  );
}

function row([keys, meaning]) {
  const signs = keys.split("  ").map((key) => [h("kbd", {}, key), " "]);
  return [h("dt", {}, signs), h("dd", {}, meaning)];
}
