// Images, films and sounds: a column for each step around the chosen one, a row for each run.

import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { bytes } from "../base/format.js";
import { makeStepper, stepsOf } from "./stepper.js";
import { fileUrl, keepUrl, whyUnshown } from "./unshown.js";

const COLUMNS = { image: 24, video: 5, audio: 8 }; // so many steps are on the page at once

export function drawStrip({ kind, key, runs, answers, tools, body, position }) {
  const steps = stepsOf(answers);
  const byStep = answers.map(({ items }) => groupBySteps(items));
  const grid = h("div", { class: "strip" });
  const frame = h("div", { class: "strip-frame", tabindex: "0", role: "group", "aria-label": `${key} by step` }, grid);
  let shown = null;
  let touched = false;

  function show(step, index) {
    const wide = COLUMNS[kind];
    const from = Math.max(0, Math.min(index - Math.floor(wide / 2), steps.length - wide));
    if (shown !== from) {
      shown = from;
      fill(steps.slice(from, from + wide));
    }
    for (const cell of grid.children) {
      cell.classList.toggle("chosen", cell.dataset.step === String(step));
    }
    touched = false;
    centre();
  }

  // Only the strip moves, never the page; and again as the pictures before the chosen one get their width.
  function centre() {
    const first = grid.querySelector(".chosen");
    if (first && !touched) {
      frame.scrollLeft = first.offsetLeft - Math.max(0, (frame.clientWidth - first.offsetWidth) / 2);
    }
  }

  function fill(some) {
    const compare = runs.length > 1;
    grid.style.setProperty("grid-template-columns", `repeat(${some.length}, max-content)`);
    const rows = runs.map((run, row) => {
      const has = byStep[row].size > 0; // of a run that never had any, a word is enough
      return [
        compare && h("div", { class: "strip-run small" }, h("span", { class: "swatch", style: { background: `var(--${run.colour})` } }), " ", run.label, has ? null : ": none"),
        has ? some.map((step) => cell(step, byStep[row].get(step) || [])) : null,
      ];
    });
    put(grid, rows);
  }

  function cell(step, items) {
    const figures = items.map((item) => figure(kind, item, () => enlarge(item)));
    const label = h("button", { class: "quiet tiny mono", type: "button", onclick: () => stepper.choose(steps.indexOf(step)) }, `step ${step}`);
    return h("div", { class: "strip-cell", "data-step": String(step) }, label, h("div", { class: "figures" }, figures));
  }

  function enlarge(item) {
    const all = answers.flatMap(({ run, items }) => items.map((one) => ({ run, ...one })));
    openImages(key, all, all.findIndex((one) => one.id === item.id), runs.length > 1);
  }

  grid.addEventListener("load", centre, true);
  for (const event of ["wheel", "pointerdown", "keydown"]) {
    frame.addEventListener(event, () => (touched = true), { passive: true });
  }
  put(body, frame);
  const stepper = makeStepper({ tools, steps, position, key, show });
  return stepper;
}

function groupBySteps(items) {
  const groups = new Map();
  for (const item of items) {
    groups.set(item.step, [...(groups.get(item.step) || []), item]);
  }
  return groups;
}

function figure(kind, item, enlarge) {
  const src = fileUrl(item);
  const missing = async () => put(made, await whyUnshown(item), item.caption && h("figcaption", { class: "small" }, item.caption));
  const what = item.caption || `step ${item.step}`;
  const shown = {
    image: () => h("button", { class: "picture", type: "button", onclick: enlarge, title: "Enlarge" }, h("img", { loading: "lazy", decoding: "async", onerror: missing, alt: what, src })),
    video: () => h("video", { preload: "metadata", controls: true, muted: true, onerror: missing, "aria-label": what, src }),
    audio: () => h("audio", { preload: "none", controls: true, onerror: missing, "aria-label": what, src }),
  }[kind]();
  const keep = kind !== "image" && h("a", { href: keepUrl(item), download: "" }, "Download");
  const made = h("figure", {}, shown, h("figcaption", { class: "small" }, item.caption, item.caption && keep && " · ", keep));
  return made;
}

// One image, large; the arrow keys lead on.
function openImages(key, all, start, naming) {
  let at = start;
  const image = h("img", { alt: "" });
  const place = h("div", {}, image);
  const told = h("p", { class: "small muted" });
  const tools = h("span", {});
  const show = (index) => {
    at = Math.max(0, Math.min(all.length - 1, index));
    const item = all[at];
    put(place, image);
    image.src = fileUrl(item);
    image.alt = item.caption || `step ${item.step}`;
    put(told, [naming && `run ${item.run}`, `step ${item.step}`, bytes(item.size), item.caption].filter(Boolean).join(" · "));
    put(tools, h("a", { class: "button", href: fileUrl(item), target: "_blank", rel: "noopener" }, "Open"), " ", h("a", { class: "button", href: keepUrl(item), download: "" }, "Download"));
  };
  image.addEventListener("error", async () => {
    const item = all[at];
    const why = await whyUnshown(item);
    if (all[at] === item && image.complete && !image.naturalWidth) {
      put(place, why);
      put(tools);
    }
  });
  const step = (label, sign, by) => h("button", { class: "button", type: "button", "aria-label": label, onclick: () => show(at + by) }, sign);
  const bar = h("div", { class: "toolbar" }, step("Previous", "←", -1), step("Next", "→", 1), told, h("span", { class: "grow" }), tools);
  const dialog = openDialog(key, h("div", { class: "dialog-body big-image" }, bar, place));
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) {
      event.preventDefault();
      show(at + by);
    }
  });
  show(start);
}
