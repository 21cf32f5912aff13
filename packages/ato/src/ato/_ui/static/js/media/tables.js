// Tables at the chosen step: sorted by the server, a hundred rows at a time.

import { get } from "../base/api.js";
import { h, put } from "../base/dom.js";
import { count, number } from "../base/format.js";
import { itemsAt, makeStepper, stepsOf } from "./stepper.js";
import { keepUrl } from "./unshown.js";

export function drawTables({ key, runs, answers, tools, body, position, signal }) {
  const columns = h("div", { class: "beside" });
  const sorted = { name: null, down: false }; // by the column's name, so that it holds at other steps
  put(body, columns);
  let step = null;
  const redraw = () =>
    put(columns, runs.map((run, index) => {
      const items = itemsAt(answers[index].items, step);
      const title = runs.length > 1 && h("p", { class: "small muted" }, run.label);
      return h("div", {}, title, items.length ? items.map((item) => oneTable(item, key, sorted, redraw, signal)) : h("p", { class: "muted small" }, "nothing yet at this step"));
    }));
  const show = (next) => {
    step = next;
    redraw();
  };
  return makeStepper({ tools, steps: stepsOf(answers), position, key, show });
}

function oneTable(item, key, sorted, redraw, signal) {
  const holder = h("div", { class: "logged-table" });
  let names = null;

  async function load(offset) {
    try {
      const sort = names && sorted.name !== null ? names.indexOf(sorted.name) : -1;
      const answer = await get(`media/${item.id}`, { offset, sort: sort < 0 ? null : sort, down: sorted.down ? 1 : null }, signal);
      const first = names === null;
      names = answer.columns;
      if (first && sorted.name !== null && names.includes(sorted.name)) {
        await load(offset);
        return;
      }
      put(holder, h("div", { class: "scrolls" }, grid(answer)), foot(answer));
    } catch (error) {
      if (!signal.aborted) {
        put(holder, h("p", { class: "muted small" }, error.message, " ", h("a", { href: keepUrl(item), download: "" }, "Download")));
      }
    }
  }

  function grid({ columns, rows }) {
    const numeric = columns.map((_, index) => rows.some((row) => typeof row[index] === "number"));
    const heads = columns.map((name, index) => head(name, numeric[index]));
    const lines = rows.map((row) => h("tr", {}, row.map((value, index) => h("td", { class: numeric[index] && "numeric", title: told(value) }, shown(value)))));
    return h("table", { class: "grid wraps", "aria-label": key }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines));
  }

  function head(name, numeric) {
    const chosen = sorted.name === name;
    const onclick = () => {
      sorted.down = chosen ? !sorted.down : numeric; // of numbers the largest first
      sorted.name = name;
      redraw();
    };
    const sign = chosen ? (sorted.down ? " ↓" : " ↑") : "";
    return h(
      "th",
      { scope: "col", class: numeric && "numeric", "aria-sort": chosen && (sorted.down ? "descending" : "ascending") },
      h("button", { type: "button", onclick }, name, h("span", { class: "sort-sign", "aria-hidden": "true" }, sign))
    );
  }

  function foot({ offset, rows, total }) {
    const to = offset + rows.length;
    const turn = (label, at) => h("button", { class: "quiet", type: "button", onclick: () => load(at) }, label);
    const range = total > rows.length ? `rows ${count(offset + 1)} to ${count(to)} of ${count(total)}` : `${count(total)} rows`;
    return h(
      "p",
      { class: "small muted table-foot" },
      range,
      offset > 0 && turn("Previous", Math.max(0, offset - rows.length)),
      to < total && turn("Next", to),
      " ",
      h("a", { href: keepUrl(item), download: "" }, "Download")
    );
  }

  load(0);
  return holder;
}

function shown(value) {
  if (value === null) {
    return h("span", { class: "muted" }, "–");
  }
  return typeof value === "number" ? number(value) : told(value);
}

function told(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}
