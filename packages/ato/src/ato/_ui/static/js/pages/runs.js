// The runs of one project.

import { ApiError, get, queryString } from "../api.js";
import { chooseColumns } from "../columns.js";
import { h, put } from "../dom.js";
import { plural } from "../format.js";
import { bindKeys } from "../keys.js";
import { announce, crumbs, empty, projectTabs } from "../pieces.js";
import { watch } from "../poll.js";
import { go, setQuery } from "../router.js";
import { runColumns } from "../runcells.js";
import { recallJson, storeJson } from "../storage.js";
import { bindRowKeys, makeTable } from "../table.js";

const PAGE = 50;
const MOST = 8;
const HINT = "status:failed  tag:baseline  lr<0.01  metric.acc.max>0.9  words";

export async function render(root, { params, query, signal }) {
  const project = params.project;
  const remembered = `ato-columns-${project}`;
  const about = await get(`projects/${project}`, {}, signal);
  const state = {
    filter: query.get("filter") || "",
    sort: query.get("sort") || "-id",
    page: Number(query.get("page")) || 1,
    trials: query.get("trials") || "",
    columns: query.has("column")
      ? query.getAll("column")
      : recallJson(remembered, about.default_columns),
  };
  let chosen = query.has("column"); // else the address need not name the columns
  const selected = new Set();
  let total = 0;
  let asking = new AbortController();

  // ---- what is shown
  const table = makeTable({
    label: "Runs",
    href: (run) => `/runs/${run.id}`,
    selected,
    onSelect: showSelection,
    onSort: (column) => change({ sort: state.sort === `-${column}` ? column : `-${column}`, page: 1 }),
  });
  const filter = h("input", {
    class: "field filter",
    type: "search",
    value: state.filter,
    placeholder: `Filter: ${HINT}`,
    "aria-label": "Filter the runs",
    spellcheck: "false",
    autocomplete: "off",
  });
  const problem = h("p", { class: "filter-problem", role: "alert" });
  const counter = h("span", { class: "muted small" });
  const compare = h("button", { class: "button primary", type: "button", onclick: openComparison });
  const hideTrials = h("label", { class: "switch", hidden: !about.has_trials }, trialsBox(), "Hide trials");
  const columns = h("button", { class: "button", type: "button", onclick: openColumns }, "Columns");
  const pager = h("nav", { class: "pager", "aria-label": "Pages" });
  const holder = h("div");

  crumbs(["Projects", "/"], [about.name]);
  put(
    root,
    h("div", { class: "head" }, h("h1", {}, about.name), about.description && h("span", { class: "muted" }, about.description)),
    projectTabs(project, "Runs"),
    h("div", { class: "toolbar" }, filter, counter, hideTrials, columns, compare),
    problem,
    holder,
    pager
  );

  // ---- what changes it
  function change(changes) {
    Object.assign(state, changes);
    chosen = chosen || "columns" in changes;
    const { filter: text, sort, page, trials, columns: names } = state;
    setQuery({ filter: text, sort: sort === "-id" ? "" : sort, page: page > 1 ? page : "", trials, column: chosen ? names : [] });
    return load();
  }

  async function load() {
    asking.abort();
    asking = new AbortController();
    const mine = asking;
    const { filter: text, sort, page, trials, columns: names } = state;
    const question = { filter: text, sort, trials, offset: (page - 1) * PAGE, limit: PAGE, column: names };
    try {
      await watch(`projects/${project}/runs`, question, {
        signal: mine.signal,
        show,
        isActive: ({ rows }) => rows.some((run) => run.status === "running"),
        onTrouble: (error) => showProblem(error ? error.message : ""),
      });
      showProblem("");
    } catch (error) {
      if (mine.signal.aborted) {
        return;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      showProblem(error.message);
    }
  }

  function show(answer) {
    total = answer.total;
    table.update(runColumns(state.columns), answer.rows, state.sort);
    const shown = answer.rows.length ? table.element : nothing();
    if (holder.firstChild !== shown) {
      put(holder, shown); // not each time: what is taken out loses the focus
    }
    put(counter, state.filter ? `${plural(total, "run")} of ${about.runs}` : plural(total, "run"));
    showPager();
    showSelection();
  }

  function trialsBox() {
    const onchange = (event) => change({ trials: event.target.checked ? "no" : "", page: 1 });
    return h("input", { type: "checkbox", checked: state.trials === "no", onchange });
  }

  function nothing() {
    return state.filter
      ? empty("No run fits this filter", "Try fewer words, or clear the filter.")
      : empty("No run yet", "Runs appear here as soon as they start.");
  }

  function showProblem(text) {
    put(problem, text);
    filter.setAttribute("aria-invalid", String(Boolean(text)));
  }

  function showPager() {
    const pages = Math.max(1, Math.ceil(total / PAGE));
    const button = (label, page, sign) =>
      h("button", { class: "button", type: "button", disabled: page < 1 || page > pages, onclick: () => turn(page), "aria-label": label }, sign);
    const at = h("span", { class: "small muted" }, `Page ${state.page} of ${pages}`);
    put(pager, pages > 1 && [button("Previous page", state.page - 1, "←"), at, button("Next page", state.page + 1, "→")]);
  }

  function turn(page) {
    if (page >= 1 && page <= Math.ceil(total / PAGE)) {
      change({ page });
    }
  }

  function showSelection() {
    const number = selected.size;
    const label = number > MOST ? `At most ${MOST} runs` : `Compare ${number || ""}`;
    put(compare, label);
    compare.disabled = number < 2 || number > MOST;
    compare.title = `Select 2 to ${MOST} runs to compare them (x, then c)`;
    if (number) {
      announce(`${plural(number, "run")} selected`);
    }
  }

  function openComparison() {
    if (selected.size >= 2 && selected.size <= MOST) {
      go(`/compare${queryString({ run: [...selected].sort((a, b) => a - b) })}`);
    }
  }

  async function openColumns() {
    const known = await get(`projects/${project}/columns`, {}, signal);
    chooseColumns(known, state.columns, (names) => {
      storeJson(remembered, names);
      change({ columns: names });
    });
  }

  let typing;
  filter.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ filter: filter.value.trim(), page: 1 }), 200);
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      const first = holder.querySelector("a.row-link");
      if (first) {
        first.focus();
      }
    }
  });
  signal.addEventListener("abort", () => asking.abort());
  bindKeys(
    {
      "/": () => filter.select(),
      c: openComparison,
      "[": () => turn(state.page - 1),
      "]": () => turn(state.page + 1),
    },
    signal
  );
  bindRowKeys(holder, signal);
  showSelection();
  await load();
}
