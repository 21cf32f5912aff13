// What a run printed, folded until it is asked for; then it follows a run that goes on.

import { get } from "../base/api.js";
import { h, put } from "../base/dom.js";
import { count } from "../base/format.js";
import { card, copyButton } from "../base/pieces.js";

const NEAR = 40; // pixels from the end at which it follows

/** Returns {element, update(letters)}; `letters` is how much was printed by now, 0 for a run without. */
export function makeConsole(id, signal) {
  const element = h("div", { class: "below" });
  const text = h("pre", { class: "console body", tabindex: "0", "aria-label": "Output" });
  const tally = h("summary", { class: "body" });
  const tools = h("span", {});
  const folded = h("details", { class: "long" }, tally, text);
  let known = 0;
  let loaded = 0;

  async function load() {
    if (!folded.open || loaded === known) {
      return;
    }
    loaded = known;
    try {
      const answer = await get(`runs/${id}/console`, {}, signal);
      const follows = text.scrollHeight - text.scrollTop - text.clientHeight < NEAR;
      put(text, answer.text);
      put(tools, copyButton(answer.text));
      if (follows) {
        text.scrollTop = text.scrollHeight;
      }
    } catch (error) {
      if (!signal.aborted) {
        put(text, error.message);
      }
    }
  }

  folded.addEventListener("toggle", load);

  return {
    element,
    update(letters) {
      if (letters && !known) {
        put(element, card("Console", { tools: [tools], body: folded }));
      }
      known = letters;
      put(tally, `${count(letters)} letters that it printed`);
      load();
    },
  };
}
