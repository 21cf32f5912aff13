// A modal dialog. Escape and a click beside it close it; focus goes back where it was.

import { h } from "./dom.js";

export function openDialog(title, ...content) {
  const before = document.activeElement;
  const close = h("button", { class: "quiet", type: "button", "aria-label": "Close" }, "Esc");
  const heading = h("h2", { id: "dialog-title" }, title);
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title" },
    h("div", { class: "dialog-head" }, heading, close),
    content
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before) {
      before.focus();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
