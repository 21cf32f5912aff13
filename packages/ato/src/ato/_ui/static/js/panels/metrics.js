// The panel of all metric charts, with its settings: smoothing, log axes, x axis, filter.

import { makeChartCard } from "./chartcard.js";
import { settingsBar } from "./chartsettings.js";
import { h, put } from "../base/dom.js";
import { empty } from "../base/pieces.js";
import { arrange } from "./sections.js";
import { recallJson, storeJson } from "../base/storage.js";

const MEMORY = "ato-charts";
const DEFAULTS = { smoothing: 0, logX: false, logY: false, axis: "step", outliers: true };
const FILTER_FROM = 7; // so many charts are worth a filter

/**
 * @param {{id, label, colour}[]} runs whose curves are overlaid
 * @returns {{settings, element, update(summaries, about)}} `update` takes [{key, count, last, min, max}] and adds
 *   the charts that are new and refreshes those whose count changed; `about` is {active, besides}: whether more
 *   may come, and whether something other than metrics was logged.
 */
export function makeMetricsPanel(runs, signal) {
  const options = { ...DEFAULTS, ...recallJson(MEMORY, {}) };
  if (!["step", "time"].includes(options.axis)) {
    options.axis = "step"; // a metric of another page
  }
  const cards = new Map();
  const holder = h("div");
  const search = h("input", { class: "field", type: "search", placeholder: "Find a metric…", "aria-label": "Find a metric" });
  let shape = null;
  let sections = [];
  const states = new Map();

  const set = (changes) => {
    Object.assign(options, changes);
    storeJson(MEMORY, options);
    cards.forEach(({ card }) => card.redraw({ ...options }));
  };
  const settings = settingsBar(options, set, search);
  const filter = () => sections.forEach((section) => section.filter(search.value.toLowerCase()));
  search.addEventListener("input", filter);

  function update(summaries, about) {
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
    const keys = summaries.map(({ key }) => key);
    settings.element.hidden = !keys.length;
    if (!keys.length) {
      put(holder, noMetric(about));
    } else if (shape !== JSON.stringify(keys)) {
      shape = JSON.stringify(keys);
      settings.offer(keys);
      sections = arrange(keys, (key) => cards.get(key).card.element, states);
      put(holder, sections.map(({ element }) => element));
      filter();
    }
  }

  return { settings: settings.element, element: holder, update };
}

function noMetric({ active, besides }) {
  if (besides) {
    return empty("No metric", "What was logged besides lies below.");
  }
  return empty("No metric", active ? "Nothing was logged yet." : "Nothing was logged.");
}
