// The hyperparameter searches of a project: runs that have trials.

import { get } from "../base/api.js";
import { h, put } from "../base/dom.js";
import { number } from "../base/format.js";
import { crumbs, empty, projectTabs, status, tags, when } from "../base/pieces.js";
import { bindRowKeys, makeTable } from "../lists/table.js";

const COLUMNS = [
  { id: "id", label: "Run", numeric: true, render: (search) => search.id },
  { id: "name", label: "Name", render: (search) => search.name || "–" },
  { id: "status", label: "Status", render: (search) => status(search.status) },
  { id: "start_time", label: "Started", render: (search) => when(search.start_time) },
  { id: "trials", label: "Trials", numeric: true, render: (search) => search.trials },
  { id: "best", label: "Best", numeric: true, render: (search) => number(search.best) },
  { id: "metric", label: "Metric", render: (search) => (search.metric ? `${search.metric}, ${search.mode === "min" ? "smallest" : "largest"}` : "–") },
  { id: "tags", label: "Tags", render: (search) => tags(search.tags) },
];

export async function render(root, { params, signal }) {
  const project = params.project;
  const [about, { searches }] = await Promise.all([
    get(`projects/${project}`, {}, signal),
    get(`projects/${project}/searches`, {}, signal),
  ]);
  crumbs(["Projects", "/"], [about.name, `/projects/${project}`], ["Searches"]);
  const table = makeTable({ label: "Searches", href: (search) => `/searches/${search.id}` });
  table.update(COLUMNS, searches, null);
  const hint = empty("No search yet", "A search that is given a tracker shows here.", "HyperBand(scope, spaces, tracker=SQLLogger(config))");
  put(root, h("div", { class: "head" }, h("h1", {}, about.name)), projectTabs(project, "Searches"), searches.length ? table.element : hint);
  bindRowKeys(root, signal);
}
