// The panel of all metric charts, with its settings: smoothing, log axes, x axis, filter.

import { makeChartCard } from "./chartcard.js";
import { h, put } from "./dom.js";
import { empty } from "./pieces.js";
import { recallJson, storeJson } from "./storage.js";

const MEMORY = "ato-charts";
const DEFAULTS = { smoothing: 0, logX: false, logY: false, axis: "step" };
const FILTER_FROM = 7; // so many charts are worth a filter

/**
 * @param {{id, label, colour}[]} runs whose curves are overlaid
 * @returns {{settings, element, update(summaries)}} `update` takes [{key, count, last, min, max}] and adds
 *   the charts that are new and refreshes those whose count changed.
 */
export function makeMetricsPanel(runs, signal) {
  const options = { ...DEFAULTS, ...recallJson(MEMORY, {}) };
  const cards = new Map();
  const grid = h("div", { class: "charts" });
  const search = h("input", { class: "field", type: "search", placeholder: "Find a metric…", "aria-label": "Find a metric" });

  const set = (changes) => {
    Object.assign(options, changes);
    storeJson(MEMORY, options);
    cards.forEach(({ card }) => card.redraw({ ...options }));
  };
  const filter = () => {
    const text = search.value.toLowerCase();
    cards.forEach(({ card }, key) => {
      card.element.hidden = !key.toLowerCase().includes(text);
    });
  };
  search.addEventListener("input", filter);

  function update(summaries) {
    for (const summary of summaries) {
      const known = cards.get(summary.key);
      if (!known) {
        const card = makeChartCard({ key: summary.key, runs, options: { ...options }, signal });
        cards.set(summary.key, { card, count: summary.count });
        card.refresh(runs.length === 1 && summary);
      } else if (known.count !== summary.count) {
        known.count = summary.count;
        known.card.refresh(runs.length === 1 && summary);
      }
    }
    search.hidden = cards.size < FILTER_FROM;
    const elements = summaries.map(({ key }) => cards.get(key).card.element);
    if (!elements.length) {
      put(grid, empty("No metric", "Nothing was logged yet."));
    } else if (elements.some((element, index) => grid.children[index] !== element)) {
      put(grid, elements);
    }
    filter();
  }

  return { settings: settingsBar(options, set, search), element: grid, update };
}

function settingsBar(options, set, search) {
  const slider = h("input", {
    type: "range", min: 0, max: 1, step: 0.05, value: options.smoothing,
    "aria-label": "Smoothing", oninput: (event) => set({ smoothing: Number(event.target.value) }),
  });
  const toggle = (name, label) => {
    const onchange = (event) => set({ [name]: event.target.checked });
    return h("label", { class: "switch" }, h("input", { type: "checkbox", checked: options[name], onchange }), label);
  };
  const axis = h(
    "select",
    { class: "field", "aria-label": "X axis", onchange: (event) => set({ axis: event.target.value }) },
    [["step", "Step"], ["time", "Time"]].map(([value, label]) =>
      h("option", { value, selected: options.axis === value }, label)
    )
  );
  return h(
    "div",
    { class: "toolbar chart-settings" },
    h("label", { class: "switch" }, "Smoothing", slider),
    toggle("logY", "Log y"),
    toggle("logX", "Log x"),
    h("label", { class: "switch" }, "x", axis),
    search
  );
}
