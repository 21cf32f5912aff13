// Choose the columns of the runs table: config keys and metrics.

import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";

const STATISTICS = ["last", "min", "max"];
const SHOWN = 200;

/** Open the chooser; `onChange(names)` gets the chosen column names, in order. */
export function chooseColumns({ config, metrics }, chosen, onChange) {
  const names = [...chosen];
  const list = h("div", { class: "choices" });
  const search = h("input", { class: "field", type: "search", placeholder: "Find a key…", "aria-label": "Find a key" });

  const toggle = (name, on) => {
    if (on) {
      names.push(name);
    } else {
      names.splice(names.indexOf(name), 1);
    }
    onChange([...names]);
  };
  const show = () => {
    const text = search.value.toLowerCase();
    const fits = (key) => key.toLowerCase().includes(text);
    put(
      list,
      group("Config", config.filter(fits), (key) => [choice(`config.${key}`, key)]),
      group("Metrics", metrics.filter(fits), (key) => [
        h("span", { class: "key" }, key),
        STATISTICS.map((statistic) => choice(`metric.${key}.${statistic}`, statistic)),
      ])
    );
  };
  const choice = (name, label) => {
    const onchange = (event) => toggle(name, event.target.checked);
    const box = h("input", { type: "checkbox", checked: names.includes(name), onchange });
    return h("label", {}, box, " ", label);
  };

  search.addEventListener("input", show);
  show();
  openDialog("Columns", h("div", { class: "chooser" }, search, list));
  search.focus();
}

function group(title, keys, parts) {
  if (!keys.length) {
    return null;
  }
  const more = keys.length > SHOWN && h("p", { class: "small muted" }, `and ${keys.length - SHOWN} more; type to find them`);
  return [h("h3", {}, title), h("ul", {}, keys.slice(0, SHOWN).map((key) => h("li", {}, parts(key)))), more];
}
