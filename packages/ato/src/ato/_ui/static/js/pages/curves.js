// The curves of a project over each other: all runs, or the mean of each group with its spread.

import { ApiError, get } from "../base/api.js";
import { fileName, openBigChart } from "../panels/bigchart.js";
import { settingsBar } from "../panels/chartsettings.js";
import { asCsv } from "../base/csv.js";
import { h, put } from "../base/dom.js";
import { enlargeButton } from "../panels/enlarge.js";
import { count, plural } from "../base/format.js";
import { drawOverlay } from "../charts/overlay.js";
import { crumbs, empty, projectTabs } from "../base/pieces.js";
import { notDrawn } from "../panels/remarks.js";
import { go, setQuery } from "../router.js";
import { save } from "../base/save.js";
import { watch } from "../base/poll.js";

const TYPING_MS = 200;
const MODES = [["runs", "Every run"], ["groups", "Mean of each group"]];
const ASKED = ["key", "by", "filter", "axis", "show", "log", "outliers"];
const DRAWN_ALONE = ["show", "log", "outliers"]; // what needs no other answer

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
    this.asked = Object.fromEntries(ASKED.map((name) => [name, query.get(name) || ""]));
    const { axis, log, outliers } = this.asked;
    this.look = { axis: axis || "step", logX: log.includes("x"), logY: log.includes("y"), outliers: outliers !== "no" };
    this.asking = new AbortController();
    this.plot = null;
    this.problem = h("p", { class: "filter-problem", role: "alert" });
    this.counter = h("span", { class: "muted small" });
    this.tools = h("div", { class: "toolbar" });
    this.settings = settingsBar(this.look, (changes) => this.changeLook(changes));
    this.title = h("h3");
    this.host = h("div", { class: "plot", role: "img", "aria-label": "Curves of all runs" });
    this.legend = h("div", { class: "legend" });
    this.note = h("p", { class: "chart-note" });
    const head = h("header", {}, this.title, h("span", { class: "grow" }), enlargeButton("the curves", () => this.enlarge()));
    const card = h("section", { class: "card chart" }, head, this.host, this.legend, this.note);
    this.holder = h("div", {}, card);
    this.card = card;
    this.element = h("div", {}, h("div", { class: "toolbar" }, this.filterField(), this.counter), this.problem, this.tools, this.settings.element, this.holder);
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
    return Object.keys(changes).every((name) => DRAWN_ALONE.includes(name)) ? this.draw() : this.load();
  }

  changeLook(changes) {
    Object.assign(this.look, changes);
    const { axis, logX, logY, outliers } = this.look;
    this.change("axis" in changes ? { axis: axis === "step" ? "" : axis } : { log: `${logX ? "x" : ""}${logY ? "y" : ""}`, outliers: outliers ? "" : "no" });
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
    this.settings.offer(answer.keys);
    put(this.title, answer.key);
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
    return [
      select("Metric", "key", same(keys), key),
      select("By", "by", [["", "nothing"], ...same(configs)], this.asked.by),
      select("Show", "show", MODES, this.asked.show || "runs"),
    ];
  }

  draw() {
    if (!this.answer?.keys.length || this.signal.aborted) {
      return;
    }
    this.plot?.destroy();
    this.plot = this.drawInto(this.host, this.legend, {});
    put(this.note, this.remarks(this.plot));
  }

  drawInto(host, legend, size, open = (run) => go(`/runs/${run}`)) {
    const { by, show } = this.asked;
    return drawOverlay(host, legend, this.answer.runs, { ...this.look, by, grouped: show === "groups", ...size }, open);
  }

  enlarge() {
    const { key } = this.answer;
    const legend = h("div", { class: "legend" });
    const keep = () => save(new Blob([asCsv(this.plot.columns)], { type: "text/csv" }), fileName(key, "csv"));
    const csv = h("button", { class: "button", type: "button", title: "What is drawn, as numbers", onclick: keep }, "CSV");
    const open = (run) => {
      big.dialog.close();
      go(`/runs/${run}`);
    };
    const draw = (host, look) => {
      const plot = this.drawInto(host, legend, look, open);
      return { plot, note: this.remarks(plot) };
    };
    const big = openBigChart(key, { draw, csv, legend });
    big.redraw();
  }

  remarks({ dropped }) {
    const { total, runs, averaged, key } = this.answer;
    const parts = [];
    if (total > runs.length) {
      parts.push(`the latest ${count(runs.length)} of ${count(total)} runs`);
    }
    if (averaged) {
      parts.push(this.look.axis === "time" ? "means of equal stretches, of a millisecond at least" : "means of equal stretches");
    }
    parts.push(...notDrawn([this.answer]));
    if (dropped) {
      parts.push(`${dropped} ≤ 0 not on a log axis`);
    }
    return runs.length ? parts.join(" · ") : `no run of these has ${key}`;
  }
}
