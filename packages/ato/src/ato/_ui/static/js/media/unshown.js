// What stands where the browser could not show an image, a sound or a film: why, and the file if there is one.

import { exists } from "../base/api.js";
import { h } from "../base/dom.js";

export function fileUrl(item) {
  return `/api/files/${item.id}`;
}

export function keepUrl(item) {
  return `${fileUrl(item)}?keep=1`;
}

/** A text that says why `item` is not shown; the server knows whether its copy is here. */
export async function whyUnshown(item) {
  const answer = await exists(fileUrl(item));
  const why = { yes: "this browser cannot show it", no: "its copy is not here", unknown: "it could not be loaded" }[answer];
  const keep = answer === "yes" && [" · ", h("a", { href: keepUrl(item), download: "" }, "Download")];
  return h("p", { class: "missing muted small" }, why, keep);
}
