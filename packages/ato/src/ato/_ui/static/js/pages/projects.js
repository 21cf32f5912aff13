// All projects of the database.

import { h, put } from "../base/dom.js";
import { plural } from "../base/format.js";
import { crumbs, empty, status, when } from "../base/pieces.js";
import { watch } from "../base/poll.js";

const START = `from ato.db_routers.sql.manager import SQLLogger

with SQLLogger(config).start() as run:
    run.log_metric("loss", 0.1, step=0)`;

export async function render(root, { signal }) {
  crumbs(["Projects"]);
  await watch("projects", {}, {
    signal,
    show: ({ projects }) => put(root, h("div", { class: "head" }, h("h1", {}, "Projects")), list(projects)),
    isActive: ({ projects }) => projects.some((project) => project.statuses.running),
  });
}

function list(projects) {
  if (!projects.length) {
    return empty("No project yet", "The first run you track makes one.", START);
  }
  return h("div", { class: "projects" }, projects.map(tile));
}

function tile(project) {
  const { id, name, description, runs, statuses, last_start: last } = project;
  const counts = Object.entries(statuses).filter(([state]) => state !== "completed");
  return h(
    "a",
    { class: "card project", href: `/projects/${id}` },
    h("h2", {}, name),
    h("p", { class: "small muted" }, description || (last ? ["last run ", when(last)] : "no run yet")),
    h(
      "p",
      { class: "numbers small" },
      plural(runs, "run"),
      counts.map(([state, number]) => h("span", {}, status(state), " ", number))
    )
  );
}
