// One hyperparameter search: its rungs, its best result over the budget, its parameters.

import { h, put } from "../dom.js";
import { number, plural } from "../format.js";
import { parallel } from "../parallel.js";
import { card, crumbs, empty, facts, status, when } from "../pieces.js";
import { watch } from "../poll.js";
import { rungs } from "../rungs.js";
import { bindRowKeys, makeTable } from "../table.js";

const LISTED = 100;

export async function render(root, { params, signal }) {
  const id = Number(params.run);
  let plot = null;
  const show = async (search) => {
    const { run, trials } = search;
    crumbs(["Projects", "/"], [run.project.name, `/projects/${run.project.id}`], ["Searches", `/projects/${run.project.id}/searches`], [`Search ${id}`]);
    if (!trials.length) {
      put(root, head(search), empty("No trial yet", "Trials appear here as they start."));
      return;
    }
    const best = h("div", { class: "plot" });
    put(root, head(search), h("div", { class: "pair" }, card("Best over budget", { body: best }), card("Rungs", { body: rungs(trials) })), spaceCard(search), trialsCard(search));
    plot?.destroy();
    const { drawChart } = await import("../chart.js");
    const line = { id, label: search.metric, colour: "series-1" };
    const options = { smoothing: 0, logX: false, logY: false, axis: "budget" };
    plot = drawChart(best, [line], [{ x: search.best.map(([spent]) => spent), y: search.best.map(([, value]) => value) }], options, () => {});
  };
  await watch(`searches/${id}`, {}, { signal, show, isActive: ({ run }) => run.status === "running" });
  bindRowKeys(root, signal);
  signal.addEventListener("abort", () => plot?.destroy());
}

function head({ run, trials, mode, metric, budget }) {
  const best = trials.find((trial) => typeof trial.metric === "number");
  return [
    h("div", { class: "head" }, h("h1", {}, `Search ${run.id}`), status(run.status)),
    facts([
      ["Started", when(run.start_time)],
      ["Goal", `${mode === "min" ? "smallest" : "largest"} ${metric}`],
      ["Trials", plural(trials.length, "trial")],
      ["Budget spent", budget ? number(budget) : null],
      ["Best", best && h("a", { href: `/runs/${best.id}` }, `${number(best.metric)} (run ${best.id})`)],
      ["Run", h("a", { href: `/runs/${run.id}` }, `Run ${run.id}`)],
    ]),
  ];
}

function spaceCard(search) {
  if (!search.params.length) {
    return null;
  }
  return card("Parameters", { body: parallel(search.trials, search.params, search) });
}

function trialsCard({ trials, params, metric }) {
  const columns = [
    { id: "id", label: "Run", numeric: true, render: (trial) => trial.id },
    { id: "status", label: "Status", render: (trial) => status(trial.status) },
    { id: "metric", label: metric, numeric: true, render: (trial) => number(trial.metric) },
    { id: "resource", label: "Resource", numeric: true, render: (trial) => number(trial.resource) },
    { id: "rung", label: "Rung", numeric: true, render: (trial) => number(trial.rung) },
    { id: "bracket", label: "Bracket", numeric: true, render: (trial) => number(trial.bracket) },
    ...params.map((name) => ({ id: name, label: name, numeric: true, render: (trial) => text(trial.params[name]) })),
  ];
  const table = makeTable({ label: "Trials, best first", href: (trial) => `/runs/${trial.id}` });
  table.update(columns, trials.slice(0, LISTED), null);
  const note = trials.length > LISTED ? `the best ${LISTED} of ${trials.length}` : "best first";
  return card("Trials", { tools: [h("span", { class: "small muted" }, note)], body: table.element });
}

function text(value) {
  return typeof value === "number" ? number(value) : (value ?? "–");
}
