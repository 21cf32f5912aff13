// A change of code, as lines taken away and lines added.

import { h } from "../base/dom.js";

const SIGNS = { "-": "removed", "+": "added", " ": "kept", "@": "skip" };

/**
 * `lines` are [sign, text, ranges] with sign "-", "+", " " or "@" (lines left out); `ranges` are
 * the [from, to] in the text that differ from the line it replaces or is replaced by.
 */
export function codeDiff(lines) {
  return h(
    "div",
    { class: "diff", role: "figure", "aria-label": "Change of code" },
    lines.map(([sign, text, ranges]) =>
      h("div", { class: SIGNS[sign] }, h("span", { class: "sign", "aria-label": SIGNS[sign] }, sign === "@" ? "⋯" : sign), h("code", {}, marked(text, ranges)))
    )
  );
}

function marked(text, ranges = []) {
  const parts = [];
  let at = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(at, from), h("mark", {}, text.slice(from, to)));
    at = to;
  }
  return [...parts, text.slice(at)];
}
