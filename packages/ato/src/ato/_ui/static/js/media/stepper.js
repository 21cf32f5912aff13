// A slider over the steps at which something was logged.

import { h, put } from "../base/dom.js";
import { count } from "../base/format.js";

/** All steps of `answers` ([{items: [{step}]}]), each once, in order. */
export function stepsOf(answers) {
  return [...new Set(answers.flatMap(({ items }) => items.map(({ step }) => step)))].sort((a, b) => a - b);
}

/**
 * Put a slider into `tools`, where there is more than one step; `show(step, index)` is told of each
 * choice, and of the first: the last step, or that of `position` where it was on an earlier one.
 * Returns {position()}, null while it stands at the end, so that it stays there as more come.
 */
export function makeStepper({ tools, steps, position, key, show }) {
  const at = { index: steps.length - 1 };
  const found = position === null ? -1 : steps.indexOf(position);
  at.index = found < 0 ? at.index : found;
  const label = h("output", { class: "mono small" });
  const slider = h("input", {
    type: "range", min: 0, max: Math.max(0, steps.length - 1), step: 1, value: at.index,
    "aria-label": `Step of ${key}`, oninput: (event) => choose(Number(event.target.value)),
  });

  function choose(index) {
    at.index = index;
    slider.value = index;
    const step = steps[index];
    put(label, `step ${step}`);
    label.title = `${count(index + 1)} of ${count(steps.length)}`;
    slider.setAttribute("aria-valuetext", `step ${step}`);
    show(step, index);
  }

  put(tools, label, steps.length > 1 && slider);
  if (steps.length) {
    choose(at.index);
  }
  return { choose, position: () => (at.index === steps.length - 1 ? null : steps[at.index]) };
}

/** The items of a run at a step, or at its last one before. */
export function itemsAt(items, step) {
  let last = null;
  for (const item of items) {
    if (item.step > step) {
      break;
    }
    last = item.step;
  }
  return items.filter((item) => item.step === last);
}
