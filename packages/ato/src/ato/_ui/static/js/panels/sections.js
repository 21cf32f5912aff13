// Charts in sections by what stands before the last "/" of their metrics, each with its first dozen in sight.

import { h } from "../base/dom.js";
import { plural } from "../base/format.js";

const SECTIONS_FROM = 13; // so many charts are shown in sections
const OPEN = 12; // about so many charts lie open at first
const AT_ONCE = 12; // so many of one section are in sight before more are asked for
const FEW_MORE = 6; // are no reason to ask

/** Whether a metric tells of the machine, and so of no result. */
export function isSystem(key) {
  return key.startsWith("system/");
}

/**
 * The sections of `keys`, those of the machine last and folded, as {element, filter(text)}; `filter` shows what
 * has the text (in small letters) in its name. `chart(key)` is the element of a metric's chart; `states`, a Map,
 * keeps what lies open, for sections are made anew when a metric comes.
 */
export function arrange(keys, chart, states) {
  const make = (name, some, folds, open) => makeSection(name, some, chart, folds, stateOf(states, name, open));
  const own = keys.filter((key) => !isSystem(key));
  const system = keys.filter(isSystem);
  const folded = system.length ? [make("system", system, true, false)] : [];
  return [...ownSections(own, make), ...folded];
}

/** What `states`, a Map, keeps of the section `name`: {open, all}. */
export function stateOf(states, name, open) {
  if (!states.has(name)) {
    states.set(name, { open, all: false });
  }
  return states.get(name);
}

function ownSections(keys, make) {
  return sectionsOf(keys).map(({ name, keys: some, folds, open }) => make(name, some, folds, open));
}

/** The sections that `keys` lie in, as {name, keys, folds, open}: one without a name where they are few. */
export function sectionsOf(keys) {
  const groups = new Map();
  for (const key of keys) {
    const prefix = prefixOf(key);
    groups.set(prefix, [...(groups.get(prefix) || []), key]);
  }
  if (keys.length < SECTIONS_FROM || groups.size <= 1) {
    return [{ name: "", keys, folds: false, open: true }];
  }
  let open = 0;
  const named = [...groups].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return named.map(([prefix, some]) => {
    const opened = open === 0 || open + some.length <= OPEN;
    open += opened ? Math.min(some.length, AT_ONCE) : 0;
    return { name: prefix || "others", keys: some, folds: true, open: opened };
  });
}

/** Those of `found` that are in sight before more are asked for. */
export function firstOf(found) {
  return found.length <= AT_ONCE + FEW_MORE ? found : found.slice(0, AT_ONCE);
}

function prefixOf(key) {
  return key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
}

function makeSection(name, keys, chart, folds, state) {
  let text = "";
  const more = h("button", { class: "button more", type: "button", onclick: showAll });
  const grid = h("div", { class: "charts" }, keys.map(chart));
  const element = folds ? h("details", { class: "charts-section", open: state.open }, summary(), grid, more) : h("div", {}, grid, more);

  function summary() {
    const onclick = () => (state.open = !element.open);
    return h("summary", { onclick }, h("b", {}, name), " ", h("span", { class: "muted" }, plural(keys.length, "metric")));
  }

  function showAll() {
    state.all = true;
    show();
  }

  function show() {
    const found = keys.filter((key) => key.toLowerCase().includes(text));
    const shown = new Set(state.all ? found : firstOf(found));
    keys.forEach((key) => (chart(key).hidden = !shown.has(key)));
    more.hidden = shown.size === found.length;
    more.textContent = `Show all ${plural(found.length, "metric")}`;
    element.hidden = !found.length;
    if (folds) {
      element.open = text ? found.length > 0 : state.open;
    }
  }

  return {
    element,
    filter(asked) {
      text = asked;
      show();
    },
  };
}
