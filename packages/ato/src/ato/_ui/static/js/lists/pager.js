// Previous and next page of rows.

import { h, put } from "../base/dom.js";

/** Returns {element, show(page, pages)}; `turn(page)` is called with a page that exists. */
export function makePager(turn) {
  const element = h("nav", { class: "pager", "aria-label": "Pages" });
  return {
    element,
    show(page, pages) {
      const button = (label, target, sign) =>
        h(
          "button",
          { class: "button", type: "button", "aria-label": label, disabled: target < 1 || target > pages, onclick: () => turn(target) },
          sign
        );
      const at = h("span", { class: "small muted" }, `Page ${page} of ${pages}`);
      put(element, pages > 1 && [button("Previous page", page - 1, "←"), at, button("Next page", page + 1, "→")]);
    },
  };
}
