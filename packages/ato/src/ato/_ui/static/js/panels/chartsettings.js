// The bar above charts: smoothing, log axes, outliers, what stands on the x axis.

import { h, put } from "../base/dom.js";

const AXES = [
  ["step", "Step"],
  ["time", "Time since the start"],
];

/**
 * A bar of `options` {smoothing?, logX, logY, outliers, axis}; without smoothing among them there is no slider.
 * Returns {element, offer(keys)}; `offer` says which metrics may stand on the x axis. `set(changes)`
 * is told of each change.
 */
export function settingsBar(options, set, search = null) {
  const slider = () => h("input", {
    type: "range", min: 0, max: 1, step: 0.05, value: options.smoothing,
    "aria-label": "Smoothing", oninput: (event) => set({ smoothing: Number(event.target.value) }),
  });
  const toggle = (name, label, title = null) => {
    const onchange = (event) => set({ [name]: event.target.checked });
    return h("label", { class: "switch", title }, h("input", { type: "checkbox", checked: options[name], onchange }), label);
  };
  const axis = h("select", { class: "field", "aria-label": "X axis", onchange: (event) => set({ axis: event.target.value }) });
  const offer = (keys) => {
    const choices = [...AXES, ...keys.map((key) => [`metric:${key}`, key])];
    put(axis, choices.map(([value, label]) => h("option", { value, selected: options.axis === value }, label)));
  };
  offer([]);
  const element = h(
    "div",
    { class: "toolbar chart-settings" },
    options.smoothing !== undefined && h("label", { class: "switch" }, "Smoothing", slider()),
    toggle("logY", "Log y"),
    toggle("logX", "Log x"),
    toggle("outliers", "Outliers", "Without, the y axis holds what lies within 1.5 quartile distances"),
    h("label", { class: "switch" }, "x", axis),
    search
  );
  return { element, offer };
}
