// The curves of a project over each other: all runs, or the mean of each group with its spread.

import { ApiError, get } from "../api.js";
import { h, put } from "../dom.js";
import { count, plural } from "../format.js";
import { drawOverlay } from "../overlay.js";
import { crumbs, empty, projectTabs } from "../pieces.js";
import { go, setQuery } from "../router.js";
import { watch } from "../poll.js";

const TYPING_MS = 200;
const MODES = [["runs", "Every run"], ["groups", "Mean of each group"]];
const AXES = [["step", "Step"], ["time", "Time since the start"]];

export async function render(root, { params, query, signal }) {
  const about = await get(`projects/${params.project}`, {}, signal);
  crumbs(["Projects", "/"], [about.name, `/projects/${about.id}`], ["Curves"]);
  const page = new CurvesPage(about, query, signal);
  put(root, h("div", { class: "head" }, h("h1", {}, about.name)), projectTabs(about.id, "Curves"), page.element);
  await page.load();
}

class CurvesPage {
  constructor(about, query, signal) {
    this.about = about;
    this.signal = signal;
    this.asked = Object.fromEntries(["key", "by", "filter", "axis", "show", "log"].map((name) => [name, query.get(name) || ""]));
    this.asking = new AbortController();
    this.plot = null;
    this.problem = h("p", { class: "filter-problem", role: "alert" });
    this.counter = h("span", { class: "muted small" });
    this.tools = h("div", { class: "toolbar" });
    this.host = h("div", { class: "plot", role: "img", "aria-label": "Curves of all runs" });
    this.legend = h("div", { class: "legend" });
    this.note = h("p", { class: "chart-note" });
    const card = h("section", { class: "card chart" }, this.host, this.legend, this.note);
    this.holder = h("div", {}, card);
    this.card = card;
    this.element = h("div", {}, h("div", { class: "toolbar" }, this.filterField(), this.counter), this.problem, this.tools, this.holder);
    document.addEventListener("themechange", () => this.draw(), { signal });
    signal.addEventListener("abort", () => {
      this.asking.abort();
      this.plot?.destroy();
    });
  }

  filterField() {
    const field = h("input", {
      class: "field filter", type: "search", value: this.asked.filter, "aria-label": "Filter the runs",
      placeholder: "Filter: status:completed  tag:baseline  lr<0.01", spellcheck: "false", autocomplete: "off",
    });
    let typing;
    field.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.change({ filter: field.value.trim() }), TYPING_MS);
    });
    return field;
  }

  change(changes) {
    setQuery(Object.assign(this.asked, changes));
    return "show" in changes || "log" in changes ? this.draw() : this.load();
  }

  async load() {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const { key, by, filter, axis } = this.asked;
    try {
      await watch(`projects/${this.about.id}/curves`, { key, by, filter, axis }, {
        signal,
        show: (answer) => this.show(answer),
        isActive: () => false,
        onTrouble: (error) => put(this.problem, error ? error.message : ""),
      });
      put(this.problem, "");
    } catch (error) {
      if (!signal.aborted && !(error instanceof ApiError)) {
        throw error;
      }
      put(this.problem, signal.aborted ? "" : error.message);
    }
  }

  show(answer) {
    this.answer = answer;
    put(this.tools, this.choices(answer));
    put(this.counter, plural(answer.total, "run"));
    if (!answer.keys.length) {
      put(this.holder, empty("No metric", "Nothing was logged yet."));
      return;
    }
    if (this.holder.firstChild !== this.card) {
      put(this.holder, this.card);
    }
    this.draw();
  }

  choices({ key, keys, configs }) {
    const select = (label, name, pairs, chosen) =>
      h(
        "label",
        { class: "switch" },
        label,
        h(
          "select",
          { class: "field", "aria-label": label, onchange: (event) => this.change({ [name]: event.target.value }) },
          pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text))
        )
      );
    const same = (names) => names.map((name) => [name, name]);
    const log = h("input", { type: "checkbox", checked: this.asked.log === "y", onchange: (event) => this.change({ log: event.target.checked ? "y" : "" }) });
    return [
      select("Metric", "key", same(keys), key),
      select("By", "by", [["", "nothing"], ...same(configs)], this.asked.by),
      select("Show", "show", MODES, this.asked.show || "runs"),
      select("x", "axis", AXES, this.asked.axis || "step"),
      h("label", { class: "switch" }, log, "Log y"),
    ];
  }

  draw() {
    if (!this.answer?.keys.length || this.signal.aborted) {
      return;
    }
    this.plot?.destroy();
    const { by, axis, show, log } = this.asked;
    const options = { by, axis: axis || "step", grouped: show === "groups", logY: log === "y" };
    this.plot = drawOverlay(this.host, this.legend, this.answer.runs, options, (run) => go(`/runs/${run}`));
    put(this.note, this.remarks());
  }

  remarks() {
    const { total, runs, averaged, key } = this.answer;
    const parts = [];
    if (total > runs.length) {
      parts.push(`the latest ${count(runs.length)} of ${count(total)} runs`);
    }
    if (averaged) {
      parts.push("means of equal stretches");
    }
    if (this.plot.dropped) {
      parts.push(`${this.plot.dropped} ≤ 0 not on a log axis`);
    }
    return runs.length ? parts.join(" · ") : `no run of these has ${key}`;
  }
}
