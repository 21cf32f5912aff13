// The runs that are selected, and the button that compares them.

import { queryString } from "../base/api.js";
import { h, put } from "../base/dom.js";
import { plural } from "../base/format.js";
import { announce } from "../base/pieces.js";
import { go } from "../router.js";

const LEAST = 2;
const MOST = 8;

/** Returns {selected: Set, button, show, open}: `show` after the set changed. */
export function makeSelection() {
  const selected = new Set();
  const fits = () => selected.size >= LEAST && selected.size <= MOST;
  const open = () => fits() && go(`/compare${queryString({ run: [...selected].sort((a, b) => a - b) })}`);
  const button = h("button", {
    class: "button primary",
    type: "button",
    title: `Select ${LEAST} to ${MOST} runs to compare them (x, then c)`,
    onclick: open,
  });
  const show = () => {
    put(button, selected.size > MOST ? `At most ${MOST} runs` : `Compare ${selected.size || ""}`);
    button.disabled = !fits();
    if (selected.size) {
      announce(`${plural(selected.size, "run")} selected`);
    }
  };
  show();
  return { selected, button, show, open };
}
