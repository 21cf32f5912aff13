// The runs of one project.

import { ApiError, get } from "../base/api.js";
import { chooseColumns } from "../lists/columns.js";
import { h, put } from "../base/dom.js";
import { plural } from "../base/format.js";
import { bindKeys } from "../base/keys.js";
import { makePager } from "../lists/pager.js";
import { crumbs, empty, projectTabs } from "../base/pieces.js";
import { watch } from "../base/poll.js";
import { metricsFirst, runColumns } from "../lists/runcells.js";
import { PAGE, RunsState } from "../lists/runsstate.js";
import { makeSelection } from "../lists/selection.js";
import { bindRowKeys, makeTable } from "../lists/table.js";

const HINT = "status:failed  tag:baseline  lr<0.01  metric.acc.max>0.9  words";
const TYPING_MS = 200;
const NARROW = matchMedia("(max-width: 40rem)");

export async function render(root, { params, query, signal }) {
  const about = await get(`projects/${params.project}`, {}, signal);
  const page = new RunsPage(about, query, signal);
  crumbs(["Projects", "/"], [about.name]);
  put(root, page.layout());
  page.bindKeys();
  await page.load();
}

class RunsPage {
  constructor(about, query, signal) {
    this.about = about;
    this.signal = signal;
    this.state = new RunsState(about.id, query, about.default_columns);
    this.total = 0;
    this.asking = new AbortController();
    signal.addEventListener("abort", () => this.asking.abort());
    this.selection = makeSelection();
    this.pager = makePager((page) => this.change({ page }));
    this.table = makeTable({
      label: "Runs",
      href: (run) => `/runs/${run.id}`,
      selected: this.selection.selected,
      onSelect: this.selection.show,
      onSort: (column) => this.change({ sort: this.state.sortedBy(column) }),
    });
    this.filter = this.filterField();
    this.problem = h("p", { class: "filter-problem", role: "alert" });
    this.counter = h("span", { class: "muted small" });
    this.holder = h("div");
    this.answer = null;
    NARROW.addEventListener("change", () => this.answer && this.show(this.answer), { signal });
  }

  layout() {
    const { name, description, id } = this.about;
    const columns = h("button", { class: "button", type: "button", onclick: () => this.chooseColumns() }, "Columns");
    return [
      h("div", { class: "head" }, h("h1", {}, name), description && h("span", { class: "muted" }, description)),
      projectTabs(id, "Runs"),
      h("div", { class: "toolbar" }, this.filter, this.counter, this.trialsSwitch(), columns, this.selection.button),
      this.problem,
      this.holder,
      this.pager.element,
    ];
  }

  filterField() {
    const field = h("input", {
      class: "field filter",
      type: "search",
      value: this.state.filter,
      placeholder: `Filter: ${HINT}`,
      "aria-label": "Filter the runs",
      spellcheck: "false",
      autocomplete: "off",
    });
    let typing;
    field.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.change({ filter: field.value.trim() }), TYPING_MS);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        this.holder.querySelector("a.row-link")?.focus();
      }
    });
    return field;
  }

  trialsSwitch() {
    const onchange = (event) => this.change({ trials: event.target.checked ? "no" : "" });
    const box = h("input", { type: "checkbox", checked: this.state.trials === "no", onchange });
    return h("label", { class: "switch", hidden: !this.about.has_trials }, box, "Hide trials");
  }

  bindKeys() {
    bindKeys(
      {
        "/": () => this.filter.select(),
        c: this.selection.open,
        "[": () => this.turn(-1),
        "]": () => this.turn(1),
      },
      this.signal
    );
    bindRowKeys(this.holder, this.signal);
  }

  turn(by) {
    const page = this.state.page + by;
    return page >= 1 && page <= this.pages() && this.change({ page });
  }

  pages() {
    return Math.max(1, Math.ceil(this.total / PAGE));
  }

  change(changes) {
    this.state.change(changes);
    return this.load();
  }

  async chooseColumns() {
    const known = await get(`projects/${this.about.id}/columns`, {}, this.signal);
    chooseColumns(known, this.state.columns, (columns) => this.change({ columns, page: this.state.page }));
  }

  /** Ask, show, and go on asking until something else is asked. */
  async load() {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      await watch(`projects/${this.about.id}/runs`, this.state.question(), {
        signal,
        show: (answer) => this.show(answer),
        isActive: ({ rows }) => rows.some((run) => run.status === "running"),
        onTrouble: (error) => this.tell(error ? error.message : ""),
      });
      this.tell("");
    } catch (error) {
      if (!signal.aborted && !(error instanceof ApiError)) {
        throw error;
      }
      if (!signal.aborted) {
        this.tell(error.message);
      }
    }
  }

  show(answer) {
    const { total, rows } = answer;
    this.answer = answer;
    this.total = total;
    const { columns } = this.state;
    this.table.update(runColumns(NARROW.matches ? metricsFirst(columns) : columns), rows, this.state.sort);
    const shown = rows.length ? this.table.element : this.nothing();
    if (this.holder.firstChild !== shown) {
      put(this.holder, shown); // not each time: what is taken out loses the focus
    }
    put(this.counter, this.state.filter ? `${plural(total, "run")} of ${this.about.runs}` : plural(total, "run"));
    this.pager.show(this.state.page, this.pages());
  }

  nothing() {
    return this.state.filter
      ? empty("No run fits this filter", "Try fewer words, or clear the filter.")
      : empty("No run yet", "Runs appear here as soon as they start.");
  }

  tell(problem) {
    put(this.problem, problem);
    this.filter.setAttribute("aria-invalid", String(Boolean(problem)));
  }
}
