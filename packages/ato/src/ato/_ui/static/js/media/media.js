// What runs logged by step besides numbers: a card for each kind and key, filled when it comes into view.

import { get } from "../base/api.js";
import { drawHistograms } from "./histograms.js";
import { h, put } from "../base/dom.js";
import { plural } from "../base/format.js";
import { drawStrip } from "./strip.js";
import { drawTables } from "./tables.js";
import { drawTexts } from "./texts.js";

const KINDS = [
  ["image", "Images", "image", drawStrip],
  ["video", "Films", "film", drawStrip],
  ["audio", "Sounds", "sound", drawStrip],
  ["table", "Tables", "table", drawTables],
  ["text", "Texts", "text", drawTexts],
  ["histogram", "Histograms", "histogram", drawHistograms],
];
const OPEN = 8; // about so many cards lie open at first

/**
 * @param {{id, label, colour}[]} runs shown beside each other
 * @returns {{element, update(groups)}} `update` takes [{kind, key, count}], adds the cards that are new
 *   and fills those anew whose count changed.
 */
export function makeMediaPanel(runs, signal) {
  const element = h("div", { class: "media-panel" });
  const cards = new Map();
  let shape = "";

  function update(groups) {
    for (const group of groups) {
      const name = `${group.kind} ${group.key}`;
      const known = cards.get(name);
      if (!known) {
        cards.set(name, makeCard(group, runs, signal));
      } else {
        known.refresh(group);
      }
    }
    const next = JSON.stringify(groups.map(({ kind, key }) => [kind, key]));
    if (next !== shape) {
      shape = next;
      put(element, sections(groups, cards));
    }
  }

  return { element, update };
}

function sections(groups, cards) {
  let open = 0;
  return KINDS.map(([kind, title]) => {
    const some = groups.filter((group) => group.kind === kind);
    if (!some.length) {
      return null;
    }
    const opened = open === 0 || open + some.length <= OPEN;
    open += opened ? some.length : 0;
    const summary = h("summary", {}, h("b", {}, title), " ", h("span", { class: "muted" }, plural(some.length, "key")));
    const elements = some.map(({ key }) => cards.get(`${kind} ${key}`).element);
    return h("details", { class: "charts-section media-section", open: opened, "data-kind": kind }, summary, h("div", { class: "media-cards" }, elements));
  });
}

function makeCard(group, runs, signal) {
  const [kind, , noun, draw] = KINDS.find(([name]) => name === group.kind);
  const state = { count: group.count, visible: false, stale: true, shown: null };
  const tally = h("span", { class: "muted small" }, plural(group.count, noun));
  const tools = h("span", { class: "media-tools" });
  const body = h("div", { class: "media-body" });
  const element = h(
    "section",
    { class: `card media ${kind}`, "data-key": group.key, "aria-label": `${group.key}, ${noun}` },
    h("header", {}, h("h3", { title: group.key }, group.key), tally, h("span", { class: "grow" }), tools),
    body
  );
  const observer = new IntersectionObserver((entries) => {
    state.visible = entries[entries.length - 1].isIntersecting;
    load();
  }, { rootMargin: "300px" });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());

  async function load() {
    if (!state.visible || !state.stale) {
      return;
    }
    state.stale = false;
    try {
      const answer = await get("media", { run: runs.map((run) => run.id), kind, key: group.key }, signal);
      const position = state.shown ? state.shown.position() : null;
      state.shown = draw({ kind, key: group.key, noun, runs, answers: answer.runs, tools, body, position, signal });
    } catch (error) {
      if (!signal.aborted) {
        put(body, h("p", { class: "body muted" }, error.message));
      }
    }
  }

  return {
    element,
    refresh(next) {
      if (next.count !== state.count) {
        state.count = next.count;
        put(tally, plural(next.count, noun));
        state.stale = true;
        load();
      }
    },
  };
}
