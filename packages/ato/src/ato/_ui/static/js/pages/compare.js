// Two to eight runs beside each other.

import { get } from "../base/api.js";
import { codeDiff } from "../details/diff.js";
import { matrix, metricsMatrix } from "../details/matrix.js";
import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { duration, elapsed, number } from "../base/format.js";
import { makeMediaPanel } from "../media/media.js";
import { makeMetricsPanel } from "../panels/metrics.js";
import { card, crumbs, empty, status, swatch, tags, when } from "../base/pieces.js";
import { watch } from "../base/poll.js";
import { isSystem } from "../panels/sections.js";

export async function render(root, { query, signal }) {
  const ids = query.getAll("run");
  if (ids.length < 2) {
    crumbs(["Projects", "/"], ["Compare"]);
    put(root, empty("Nothing to compare", "Select two to eight runs in the table of a project."));
    return;
  }
  const runs = ids.map((id, index) => ({ id: Number(id), label: `run ${id}`, colour: `series-${index + 1}` }));
  const panel = makeMetricsPanel(runs, signal);
  const media = makeMediaPanel(runs, signal);
  const above = h("div");
  const below = h("div", { class: "below" });
  const memory = { statistic: "last", sections: new Map() };
  await watch("compare", { run: ids }, {
    signal,
    isActive,
    show(answer) {
      const project = answer.runs[0].project;
      nameAll(runs, answer.runs);
      crumbs(["Projects", "/"], [project.name, `/projects/${project.id}`], [`Compare ${ids.join(", ")}`]);
      if (!root.contains(panel.element)) {
        put(root, above, panel.settings, panel.element, media.element, below);
      }
      put(above, h("div", { class: "head" }, h("h1", {}, `${ids.length} runs`)), heads(answer.runs, runs));
      put(
        below,
        configCard(answer, runs),
        codeCard(answer, runs),
        contentsCard("Inputs", "Input", "not read", answer.inputs, runs),
        contentsCard("Own modules", "Module", "not loaded", answer.modules, runs),
        metricsCard(answer, runs, memory),
        environmentCard(answer, runs)
      );
      media.update(answer.media);
      const counted = answer.metrics.map(({ key, cells }) => ({ key, count: cells.reduce((sum, cell) => sum + (cell ? cell.count : 0), 0) }));
      panel.update(counted, { active: isActive(answer), besides: answer.media.length > 0 });
    },
  });
}

function nameAll(runs, facts) {
  runs.forEach((run, index) => {
    run.name = facts[index].name;
    run.label = [`run ${run.id}`, run.name].filter(Boolean).join(" ");
  });
}

function isActive({ runs }) {
  return runs.some((run) => run.status === "running");
}

function heads(facts, runs) {
  const tile = (fact, index) =>
    h(
      "a",
      { class: "card run-tile", href: `/runs/${fact.id}`, style: { "--tile": `var(--${runs[index].colour})` } },
      h("div", { class: "head" }, swatch(runs[index]), h("b", {}, `Run ${fact.id}`), fact.name && h("span", { class: "muted run-label" }, fact.name), status(fact.status)),
      h("p", { class: "small muted" }, when(fact.start_time), " · ", duration(elapsed(fact.start_time, fact.end_time))),
      tags(fact.tags)
    );
  return h("div", { class: "run-tiles" }, facts.map(tile));
}

function configCard({ config }, runs) {
  const different = config.filter((row) => row.differs);
  const all = h("input", { type: "checkbox" });
  const holder = h("div");
  const show = () => {
    const rows = all.checked ? config : different;
    put(holder, rows.length ? matrix("Config", "Key", runs, rows, configCell) : h("p", { class: "body muted" }, "The configs are equal."));
  };
  all.addEventListener("change", show);
  show();
  const toggle = h("label", { class: "switch" }, all, `All ${config.length} keys`);
  return card("Config", { tools: [toggle], body: holder });
}

function configCell(cell) {
  if (!cell) {
    return h("span", { class: "muted" }, "not set");
  }
  return [h("span", { class: `literal ${cell.type}` }, cell.text), cell.origin && h("span", { class: "origin" }, cell.origin)];
}

function codeCard({ fingerprints }, runs) {
  if (!fingerprints.length) {
    return null;
  }
  const cell = (print, row) => (print ? versionCell(print, row) : h("span", { class: "muted" }, "not traced"));
  return card("Fingerprints", { body: matrix("Fingerprints", "Function", runs, fingerprints, cell) });
}

function contentsCard(title, noun, absent, { total, rows }, runs) {
  if (!total) {
    return null;
  }
  const cell = (content, row) => (content ? versionCell(content, row, "text-change") : h("span", { class: "muted" }, absent));
  const equal = h("p", { class: "body muted" }, "Equal in all runs.");
  const tool = h("span", { class: "small muted" }, `${rows.length} of ${total} differ`);
  return card(title, { tools: rows.length ? [tool] : [], body: rows.length ? matrix(title, noun, runs, rows, cell) : equal });
}

// Equal letters are equal contents; a letter after A opens what changed since A.
function versionCell(content, row, question = "change") {
  const name = h("span", { class: `letter l${content.version % 8}`, title: content.hash }, String.fromCharCode(65 + content.version));
  if (!content.version || row.type === "runtime") {
    return name;
  }
  const base = row.cells.find((other) => other && other.version === 0);
  const open = () => showChange(question, row.key, base.hash, content.hash);
  return [name, " ", h("button", { class: "quiet", type: "button", onclick: open }, "what changed")];
}

async function showChange(question, name, old, fresh) {
  const { lines, reason } = await get(question, { old, new: fresh });
  openDialog(name, h("div", { class: "dialog-body" }, reason && h("p", { class: "muted" }, reason), codeDiff(lines)));
}

// The page is drawn again while a run goes on: `memory` keeps what was chosen and what lies open.
function metricsCard({ metrics: all }, runs, memory) {
  const metrics = all.filter(({ key }) => !isSystem(key));
  if (!metrics.length) {
    return null;
  }
  const choice = h(
    "select",
    { class: "field", "aria-label": "Statistic" },
    ["last", "min", "max"].map((name) => h("option", { value: name, selected: name === memory.statistic }, name))
  );
  const holder = h("div");
  const cell = (content) => number(content && content[memory.statistic]);
  const show = () => put(holder, metricsMatrix(runs, metrics, cell, memory.sections));
  choice.addEventListener("change", () => {
    memory.statistic = choice.value;
    show();
  });
  show();
  return card("Metrics", { tools: [choice], body: holder });
}

function environmentCard({ environment }, runs) {
  if (!environment.length) {
    return null;
  }
  const cell = (text) => text ?? h("span", { class: "muted" }, "–");
  return card("Environment that differs", { body: matrix("Environment", "Name", runs, environment, cell) });
}
