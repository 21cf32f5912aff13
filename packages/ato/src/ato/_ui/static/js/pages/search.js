// One hyperparameter search: its rungs, its best result over the budget, its parameters.

import { contour } from "../search/contour.js";
import { h, put } from "../base/dom.js";
import { count, number, plural } from "../base/format.js";
import { FEWEST, importance, importanceBars } from "../search/importance.js";
import { parallel } from "../search/parallel.js";
import { card, crumbs, empty, facts, status, when } from "../base/pieces.js";
import { watch } from "../base/poll.js";
import { setQuery } from "../router.js";
import { rungs } from "../search/rungs.js";
import { history, slices } from "../search/scatter.js";
import { bindRowKeys, makeTable } from "../lists/table.js";

const LISTED = 100;
const CURVE = 300;
const BESIDE = 4; // so many parameters fit beside the curve
const WIDE = 900;
const BUDGETS = { resource: "Resource", seconds: "Seconds of work", evaluations: "Evaluations" };

export async function render(root, { params, query, signal }) {
  const id = Number(params.run);
  const asked = { metric: query.get("metric"), mode: query.get("mode") };
  const view = { state: query.get("state"), plane: query.getAll("plane") }; // what is asked of the page alone
  let asking = new AbortController();
  let plot = null;

  const load = async () => {
    asking.abort();
    asking = new AbortController();
    await watch(`searches/${id}`, asked, { signal: asking.signal, show, isActive: ({ run }) => run.status === "running" });
  };
  const change = (changes) => {
    setQuery(Object.assign(asked, changes));
    load();
  };
  const see = (changes) => setQuery(Object.assign(view, changes));
  const show = (found) => {
    const search = { ...found, trials: numbered(found.trials) };
    const { project } = search.run;
    crumbs(["Projects", "/"], [project.name, `/projects/${project.id}`], ["Searches", `/projects/${project.id}/searches`], [`Search ${id}${search.run.name ? ` ${search.run.name}` : ""}`]);
    plot?.destroy();
    plot = null;
    if (!search.trials.length) {
      put(root, head(search, change), empty("No trial yet", "Trials appear here as soon as they were evaluated once."));
      return;
    }
    const best = bestCard(search, (made) => (plot = made));
    const beside = search.params.length <= BESIDE && root.clientWidth > WIDE;
    const space = h("div", { class: "parameters" }); // both are made anew for another state
    const below = h("div", { class: "search-figures" });
    const draw = () => {
      const chosen = { ...search, trials: inState(search.trials, view.state) };
      put(space, spaceCard(chosen, root.clientWidth * (beside ? 0.55 : 1) - 60));
      put(below, figureCards(chosen, root.clientWidth, view.plane, (plane) => see({ plane })), trialsCard(chosen));
    };
    const choose = stateChoice(search.trials, view.state, (state) => {
      see({ state });
      draw();
    });
    put(root, head(search, change, choose), h("div", { class: beside && "pair" }, best, space), below);
    draw();
  };

  signal.addEventListener("abort", () => {
    asking.abort();
    plot?.destroy();
  });
  bindRowKeys(root, signal);
  await load();
}

/** The trials with the place of each in the order in which they were begun, whichever are chosen later. */
function numbered(trials) {
  const begun = [...trials].sort((a, b) => a.id - b.id);
  const places = new Map(begun.map((trial, index) => [trial.id, index + 1]));
  return trials.map((trial) => ({ ...trial, place: places.get(trial.id) }));
}

function inState(trials, state) {
  const chosen = trials.filter((trial) => trial.status === state);
  return chosen.length ? chosen : trials;
}

/** A choice of the trials of one state; none where all have the same. */
function stateChoice(trials, state, onChoose) {
  const counts = new Map();
  trials.forEach((trial) => counts.set(trial.status, (counts.get(trial.status) || 0) + 1));
  const options = [["", "All states"], ...[...counts].map(([name, number]) => [name, `${name} (${number})`])];
  return (
    counts.size > 1 &&
    h(
      "select",
      { class: "field", "aria-label": "State of the trials", onchange: (event) => onChoose(event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: value === (state || "") }, text))
    )
  );
}

function head({ run, trials, mode, metric, metrics }, change, states) {
  const best = trials.find((trial) => trial.metric !== null);
  const choice = (label, names, chosen, name) =>
    h(
      "select",
      { class: "field", "aria-label": label, onchange: (event) => change({ [name]: event.target.value }) },
      names.map(([value, text]) => h("option", { value, selected: value === chosen }, text))
    );
  const known = metrics.includes(metric) ? metrics : [metric, ...metrics];
  return [
    h(
      "div",
      { class: "head" },
      h("h1", {}, `Search ${run.id}`),
      run.name && h("span", { class: "run-name" }, run.name),
      status(run.status),
      h("span", { class: "grow" }),
      states,
      choice("Better is", [["max", "Largest is best"], ["min", "Smallest is best"]], mode, "mode"),
      choice("Metric", known.map((name) => [name, name]), metric, "metric")
    ),
    facts([
      ["Started", when(run.start_time)],
      ["Trials", plural(trials.length, "trial")],
      ["Evaluations", count(trials.reduce((sum, trial) => sum + trial.evaluations.length, 0))],
      ["Best", best && h("a", { href: `/runs/${best.id}` }, `${number(best.metric)} (run ${best.id})`)],
      ["Run of the search", h("a", { href: `/runs/${run.id}` }, `Run ${run.id}`)],
    ]),
  ];
}

function bestCard(search, keep) {
  const names = Object.keys(search.best);
  const host = h("div", { class: "plot tall" });
  const draw = async (name) => {
    const { drawChart } = await import("../charts/chart.js");
    const curve = search.best[name];
    const answer = { x: curve.map(([spent]) => spent), y: curve.map(([, best]) => best) };
    const run = { label: `best ${search.metric}`, colour: "series-1" };
    keep(drawChart(host, [run], [answer], { smoothing: 0, axis: name, stepped: true, height: CURVE }, () => {}));
  };
  const choice = h(
    "select",
    { class: "field", "aria-label": "Budget", onchange: (event) => draw(event.target.value) },
    names.map((name) => h("option", { value: name }, BUDGETS[name]))
  );
  if (names.length) {
    requestAnimationFrame(() => draw(names[0]));
  }
  return card("Best over budget", { tools: [choice], body: host });
}

function spaceCard(search, room) {
  return search.params.length ? card("Parameters", { body: parallel(search.trials, search.params, search, room) }) : null;
}

function figureCards({ trials, params, metric, mode, early, has_rungs: rung }, width, plane, onPlane) {
  const room = width - 40;
  const judged = trials.filter((trial) => typeof trial.metric === "number");
  if (!judged.length) {
    return card("History", { body: empty("Nothing to draw", `None of these trials has a value of ${metric}.`) });
  }
  const order = card("History", { body: h("div", { class: "scrolls" }, history(judged, metric, mode, Math.max(320, room))) });
  const cuts = params.length ? card("Slices", { body: slices(judged, params, metric, room) }) : null;
  const steps = rung ? card("Rungs", { body: [rungs(trials), earlyResults(early)] }) : null;
  return [order, pairCards(judged, params, metric, width, plane, onPlane), cuts, steps];
}

/** Whether first epochs tell: of all trials, whatever state is chosen. */
function earlyResults(early) {
  return h(
    "details",
    { class: "body small", open: early.length <= 6 },
    h("summary", {}, "Do early results tell?"),
    h("ul", { class: "early" }, early.map((words) => h("li", {}, words)))
  );
}

/** What tells the parameters apart, and what tells two of them together. */
function pairCards(trials, params, metric, width, plane, onPlane) {
  if (params.length < 2) {
    return null;
  }
  const shares = importance(trials, params);
  const few = h("p", { class: "small muted body" }, `Told from ${FEWEST} trials on.`);
  const matter = card("Importance", { body: trials.length < FEWEST ? few : importanceBars(shares) });
  const known = plane.length === 2 && plane.every((name) => params.includes(name));
  const pair = known ? plane : shares.slice(0, 2).map(([name]) => name);
  const room = (width > WIDE ? width * 0.58 : width) - 30;
  return h("div", { class: "pair" }, matter, card("Contour", contour(trials, params, metric, Math.max(300, room), pair, onPlane)));
}

function trialsCard({ trials, params, metric, has_rungs: rung }) {
  const numeric = (id, label, value) => ({ id, label, numeric: true, sortable: false, render: (trial) => text(value(trial)) });
  const columns = [
    numeric("id", "Run", (trial) => trial.id),
    { id: "name", label: "Name", sortable: false, render: (trial) => trial.name || "–" },
    { id: "status", label: "Status", sortable: false, render: (trial) => status(trial.status) },
    numeric("metric", metric, (trial) => trial.metric),
    ...(rung ? ["resource", "rung", "bracket"] : []).map((name) => numeric(name, name, (trial) => trial[name])),
    ...params.map((name) => numeric(name, name, (trial) => trial.params[name])),
  ];
  const table = makeTable({ label: "Trials, best first", href: (trial) => `/runs/${trial.id}` });
  table.update(columns, trials.slice(0, LISTED), null);
  const note = trials.length > LISTED ? `the best ${LISTED} of ${trials.length}` : "best first";
  return card("Trials", { tools: [h("span", { class: "small muted" }, note)], body: table.element });
}

function text(value) {
  return typeof value === "number" ? number(value) : (value ?? "–");
}
