// Texts at the chosen step, those of several runs beside each other.

import { get } from "../base/api.js";
import { h, put } from "../base/dom.js";
import { copyButton } from "../base/pieces.js";
import { itemsAt, makeStepper, stepsOf } from "./stepper.js";

export function drawTexts({ key, runs, answers, tools, body, position, signal }) {
  const columns = h("div", { class: "beside" });
  put(body, columns);
  const show = (step) => put(columns, runs.map((run, index) => column(run, itemsAt(answers[index].items, step), step, runs.length > 1, signal)));
  return makeStepper({ tools, steps: stepsOf(answers), position, key, show });
}

function column(run, items, step, naming, signal) {
  const stepOf = items.length && items[0].step !== step ? `, step ${items[0].step}` : "";
  const title = naming && h("p", { class: "small muted" }, `${run.label}${stepOf}`);
  return h("div", {}, title, items.length ? items.map((item) => oneText(item, signal)) : h("p", { class: "muted small" }, "nothing yet at this step"));
}

function oneText(item, signal) {
  const holder = h("div", { class: "logged-text" });
  get(`media/${item.id}`, {}, signal).then(
    ({ text }) => put(holder, copyButton(text), h("pre", {}, text)),
    (error) => !signal.aborted && put(holder, h("p", { class: "muted small" }, error.message))
  );
  return holder;
}
