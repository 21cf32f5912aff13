// A table of rows that can be sorted, selected and walked with the keyboard.

import { h, put } from "../base/dom.js";
import { bindKeys } from "../base/keys.js";
import { go } from "../router.js";

/**
 * @param {object} options
 * @param {string} options.label what the table lists, for screen readers
 * @param {(row) => string} options.href where a row leads
 * @param {Set} [options.selected] ids of selected rows; a column of check boxes when given
 * @param {(selected: Set) => void} [options.onSelect]
 * @param {(column: string) => void} [options.onSort] called with a column's id
 * @returns {{element: Element, update: (columns, rows, sort) => void}} Each column is
 *   {id, label, render(row), numeric?, sortable?, title?}, the first one holds the link; each row
 *   has an `id`; `sort` is the id of the sorted column, with "-" before it when descending.
 */
export function makeTable({ label, href, selected, onSelect, onSort }) {
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { class: "grid", "aria-label": label }, head, body);

  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a, input, button, label") && !String(getSelection())) {
      go(row.querySelector("a.row-link").getAttribute("href"));
    }
  });

  function update(columns, rows, sort) {
    const focus = focused(body);
    put(head, h("tr", {}, selected && h("th", { class: "check" }), columns.map((c) => heading(c, sort, onSort))));
    put(body, rows.map((row) => line(row, columns)));
    restore(body, focus);
  }

  function line(row, columns) {
    const cells = columns.map((column, index) => {
      const content = column.render(row);
      const inner = index ? content : h("a", { class: "row-link", href: href(row) }, content);
      return h("td", { class: column.numeric && "numeric", "data-column": column.id }, inner);
    });
    const chosen = selected && selected.has(row.id);
    return h("tr", { "data-id": row.id, class: chosen && "selected" }, selected && box(row, chosen), cells);
  }

  function box(row, checked) {
    const toggle = (event) => {
      selected[event.target.checked ? "add" : "delete"](row.id);
      event.target.closest("tr").classList.toggle("selected", event.target.checked);
      onSelect(selected);
    };
    const input = h("input", { type: "checkbox", checked, "aria-label": `Select ${row.id}`, onchange: toggle });
    return h("td", { class: "check" }, h("label", {}, input));
  }

  return { element: h("div", { class: "grid-frame", tabindex: "-1" }, table), update };
}

/** j and k walk the rows, x selects one; Enter follows the focused link by itself. */
export function bindRowKeys(element, signal) {
  const links = () => [...element.querySelectorAll("a.row-link")];
  const step = (by) => {
    const all = links();
    const at = all.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) {
      next.focus();
      next.closest("tr").scrollIntoView({ block: "nearest" });
    }
  };
  const select = () => {
    const row = document.activeElement.closest("tr[data-id]");
    const input = row && row.querySelector("input[type=checkbox]");
    return input ? input.click() : false;
  };
  bindKeys({ j: () => step(1), k: () => step(-1), x: select }, signal);
}

function heading(column, sort, onSort) {
  const direction = sort === column.id ? "ascending" : sort === `-${column.id}` ? "descending" : null;
  const sign = { ascending: " ↑", descending: " ↓" }[direction] || "";
  const label = [column.label, h("span", { class: "sort-sign", "aria-hidden": "true" }, sign)];
  const inner =
    onSort && column.sortable !== false
      ? h("button", { type: "button", onclick: () => onSort(column.id), title: column.title }, label)
      : h("span", { title: column.title }, column.label);
  return h("th", { scope: "col", class: column.numeric && "numeric", "aria-sort": direction, "data-column": column.id }, inner);
}

function focused(body) {
  const row = body.contains(document.activeElement) && document.activeElement.closest("tr[data-id]");
  return row ? { id: row.dataset.id, box: document.activeElement.matches("input") } : null;
}

function restore(body, focus) {
  const row = focus && [...body.rows].find((candidate) => candidate.dataset.id === focus.id);
  if (row) {
    row.querySelector(focus.box ? "input" : "a.row-link").focus({ preventScroll: true });
  }
}
