// One run: what it was given, what it did, what it was made of.

import { h, put } from "../dom.js";
import { bytes, duration, elapsed, plural, shortHash } from "../format.js";
import { bindKeys } from "../keys.js";
import { makeMetricsPanel } from "../metrics.js";
import { card, copyButton, crumbs, facts, status, tags, when } from "../pieces.js";
import { watch } from "../poll.js";
import { hideTip } from "../tip.js";
import { filterTree, makeTree } from "../tree.js";

export async function render(root, { params, signal }) {
  const id = Number(params.run);
  const holders = {};
  for (const name of ["head", "error", "config", "code", "artifacts", "notes", "environment"]) {
    holders[name] = h("div");
  }
  const panel = makeMetricsPanel([{ id, label: `run ${id}`, colour: "series-1" }], signal);
  const shown = {};

  // Only what changed is made anew, so that folding, focus and scroll positions stay.
  const update = (name, data, make) => {
    const text = JSON.stringify(data);
    if (shown[name] !== text) {
      shown[name] = text;
      put(holders[name], make(data));
    }
  };

  await watch(`runs/${id}`, {}, {
    signal,
    isActive: ({ run }) => run.status === "running",
    show({ run, config, provenance, metrics, fingerprints, artifacts, notes, environment }) {
      crumbs(["Projects", "/"], [run.project.name, `/projects/${run.project.id}`], [`Run ${id}`]);
      if (!root.contains(panel.element)) {
        put(root, layout(holders, panel));
      }
      update("head", run, head);
      update("error", [run.status, run.error], ([state, error]) => error && traceback(state, error));
      update("config", { config, provenance }, configCard);
      update("code", [run.project.id, fingerprints], ([project, list]) => codeCard(project, list));
      update("artifacts", artifacts, artifactsCard);
      update("notes", notes, notesCard);
      update("environment", environment, environmentCard);
      panel.update(metrics);
    },
  });
  bindKeys({ "/": () => root.querySelector("input[type=search]:not([hidden])")?.focus() }, signal);
  signal.addEventListener("abort", hideTip);
}

function layout(holders, panel) {
  return [
    holders.head,
    holders.error,
    panel.settings,
    h(
      "div",
      { class: "split" },
      panel.element,
      h("div", {}, holders.notes, holders.config)
    ),
    h("div", { class: "below" }, holders.code, holders.artifacts, holders.environment),
  ];
}

function head(run) {
  const commit = run.git_commit && [shortHash(run.git_commit), run.git_dirty && h("span", { class: "muted" }, " + changes")];
  return [
    h("div", { class: "head" }, h("h1", {}, `Run ${run.id}`), status(run.status), tags(run.tags)),
    facts([
      ["Started", when(run.start_time)],
      ["Duration", run.status === "lost" ? null : duration(elapsed(run.start_time, run.end_time))],
      ["Last sign of life", run.status === "lost" ? when(run.heartbeat) : null],
      ["Commit", commit && h("span", { class: "mono", title: run.git_commit }, commit)],
      ["Host", run.host && `${run.host}${run.pid ? `, process ${run.pid}` : ""}`],
      ["Parent", run.parent && h("a", { href: `/runs/${run.parent}` }, `Run ${run.parent}`)],
      ["Trials", run.children ? h("a", { href: `/searches/${run.id}` }, plural(run.children, "trial")) : null],
      ["Command", run.command && h("span", {}, h("code", {}, run.command), " ", copyButton(run.command))],
    ]),
  ];
}

function traceback(state, error) {
  const title = state === "failed" ? "Why it failed" : "Error";
  const made = card(title, { tools: [copyButton(error)], body: h("pre", { class: "traceback body" }, error) });
  made.classList.add("bad");
  return made;
}

function configCard({ config, provenance }) {
  if (!config.length) {
    return card("Config", { body: h("div", { class: "body muted" }, "The config is empty.") });
  }
  const tree = makeTree(config, provenance);
  const search = h("input", {
    class: "field", type: "search", placeholder: "Find a key or value…", "aria-label": "Find in the config",
    oninput: (event) => filterTree(tree, event.target.value),
  });
  const hint = provenance.length ? null : h("p", { class: "small muted body" }, "This run was stored without the history of its values.");
  return card("Config", { tools: [search], body: [tree, hint], id: "config" });
}

function codeCard(project, fingerprints) {
  if (!fingerprints.length) {
    return null;
  }
  const rows = fingerprints.map((print) =>
    h(
      "tr",
      {},
      h("td", {}, h("a", { class: "row-link", href: functionUrl(project, print) }, print.trace_id)),
      h("td", {}, print.type === "runtime" ? "output" : "code"),
      h("td", { class: "mono", title: print.fingerprint }, shortHash(print.fingerprint)),
      h("td", { class: "mono muted" }, print.location || "")
    )
  );
  return card("Fingerprints", { body: simpleTable("Fingerprints", ["Function", "Of", "Fingerprint", "Where"], rows) });
}

function functionUrl(project, { trace_id: trace, type }) {
  return `/projects/${project}/functions?${new URLSearchParams({ trace, type })}`;
}

function artifactsCard(artifacts) {
  if (!artifacts.length) {
    return null;
  }
  const rows = artifacts.map((file) =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, file.path),
      h("td", {}, file.data_type || ""),
      h("td", { class: "numeric" }, bytes(file.size)),
      h("td", { class: "mono muted", title: file.content_hash }, shortHash(file.content_hash)),
      h("td", {}, file.stored ? "copied" : ""),
      h("td", { class: "mono muted" }, file.info || "")
    )
  );
  const columns = ["Path", "Type", ["Size"], "Content hash", "Kept", "Metadata"];
  return card("Artifacts", { body: simpleTable("Artifacts", columns, rows) });
}

function notesCard(notes) {
  const lines = notes.map((note) => h("li", {}, h("span", {}, note.text), " ", h("span", { class: "muted small" }, when(note.timestamp))));
  return notes.length ? card("Notes", { body: h("ul", { class: "notes body" }, lines) }) : null;
}

function environmentCard(environment) {
  if (!environment) {
    return null;
  }
  const { facts: known, packages } = environment;
  const list = h("ul", { class: "packages" }, packages.map(([name, version]) => h("li", {}, name, " ", h("span", { class: "muted" }, version))));
  const more = packages.length
    ? h("details", {}, h("summary", {}, plural(packages.length, "package")), list)
    : null;
  return card("Environment", { body: h("div", { class: "body" }, facts(known), more) });
}

// A column's title in a list is that of a numeric one.
function simpleTable(label, columns, rows) {
  const heads = columns.map((title) => h("th", { scope: "col", class: Array.isArray(title) && "numeric" }, title));
  const table = h("table", { class: "grid wraps", "aria-label": label }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
  return h("div", { class: "scrolls" }, table);
}
