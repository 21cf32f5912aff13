// The panel of all metric charts, with its settings: smoothing, log axes, x axis, filter.

import { makeChartCard } from "./chartcard.js";
import { settingsBar } from "./chartsettings.js";
import { h, put } from "./dom.js";
import { plural } from "./format.js";
import { empty } from "./pieces.js";
import { recallJson, storeJson } from "./storage.js";

const MEMORY = "ato-charts";
const DEFAULTS = { smoothing: 0, logX: false, logY: false, axis: "step", outliers: true };
const FILTER_FROM = 7; // so many charts are worth a filter
const SECTIONS_FROM = 13; // so many are shown in sections by what stands before the last "/"
const OPEN = 12; // about so many charts lie open at first

/**
 * @param {{id, label, colour}[]} runs whose curves are overlaid
 * @returns {{settings, element, update(summaries)}} `update` takes [{key, count, last, min, max}] and adds
 *   the charts that are new and refreshes those whose count changed.
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

  const set = (changes) => {
    Object.assign(options, changes);
    storeJson(MEMORY, options);
    cards.forEach(({ card }) => card.redraw({ ...options }));
  };
  const settings = settingsBar(options, set, search);
  const filter = () => {
    const text = search.value.toLowerCase();
    cards.forEach(({ card }, key) => {
      card.element.hidden = !key.toLowerCase().includes(text);
    });
    for (const section of holder.querySelectorAll("details")) {
      const found = section.querySelectorAll(".chart:not([hidden])").length;
      section.hidden = !found;
      section.open = text ? found > 0 : section.dataset.open === "true";
    }
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
    const keys = summaries.map(({ key }) => key);
    if (shape !== JSON.stringify(keys)) {
      shape = JSON.stringify(keys);
      settings.offer(keys);
      put(holder, keys.length ? arranged(keys, cards) : empty("No metric", "Nothing was logged yet."));
      filter();
    }
  }

  return { settings: settings.element, element: holder, update };
}

function arranged(keys, cards) {
  const grid = (some) => h("div", { class: "charts" }, some.map((key) => cards.get(key).card.element));
  const own = keys.filter((key) => !isSystem(key));
  const system = keys.filter(isSystem);
  const folded = system.length ? section("system", system.length, grid(system), false) : null;
  return [sections(own, grid), folded];
}

/** Whether a metric tells of the machine, and so of no result. */
export function isSystem(key) {
  return key.startsWith("system/");
}

function sections(keys, grid) {
  const groups = new Map();
  for (const key of keys) {
    const prefix = prefixOf(key);
    groups.set(prefix, [...(groups.get(prefix) || []), key]);
  }
  if (keys.length < SECTIONS_FROM || groups.size <= 1) {
    return grid(keys);
  }
  let open = 0;
  const named = [...groups].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return named.map(([prefix, some]) => {
    const opened = open === 0 || open + some.length <= OPEN;
    open += opened ? some.length : 0;
    return section(prefix || "others", some.length, grid(some), opened);
  });
}

function prefixOf(key) {
  return key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
}

function section(name, count, grid, opened) {
  const summary = h("summary", {}, h("b", {}, name), " ", h("span", { class: "muted" }, plural(count, "metric")));
  const details = h("details", { class: "charts-section", open: opened, "data-open": String(opened) }, summary, grid);
  summary.addEventListener("click", () => {
    details.dataset.open = String(!details.open);
  });
  return details;
}
