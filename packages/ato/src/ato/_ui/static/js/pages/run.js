// One run: what it was given, what it did, what it was made of.

import { h, put } from "../base/dom.js";
import { bytes, duration, elapsed, plural, shortContent, shortHash } from "../base/format.js";
import { makeConsole } from "../details/console.js";
import { editButton } from "../details/edit.js";
import { bindKeys } from "../base/keys.js";
import { artifactsCard } from "../details/artifacts.js";
import { makeMediaPanel } from "../media/media.js";
import { makeMetricsPanel } from "../panels/metrics.js";
import { card, copyButton, crumbs, facts, simpleTable, status, tags, when } from "../base/pieces.js";
import { watch } from "../base/poll.js";
import { hideTip } from "../base/tip.js";
import { filterTree, makeTree } from "../details/tree.js";

const LONG = 12; // rows of a table that is shown without asking

export async function render(root, { params, signal }) {
  const id = Number(params.run);
  const holders = {};
  for (const name of ["head", "error", "config", "code", "inputs", "modules", "artifacts", "notes", "environment"]) {
    holders[name] = h("div");
  }
  const panel = makeMetricsPanel([{ id, label: `run ${id}`, colour: "series-1" }], signal);
  const media = makeMediaPanel([{ id, label: `run ${id}`, colour: "series-1" }], signal);
  const output = makeConsole(id, signal);
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
    show({ run, config, provenance, metrics, fingerprints, inputs, modules, artifacts, media: groups, notes, environment, console: letters }) {
      crumbs(["Projects", "/"], [run.project.name, `/projects/${run.project.id}`], [`Run ${id}${run.name ? ` ${run.name}` : ""}`]);
      if (!root.contains(panel.element)) {
        put(root, layout(holders, panel, media, output));
      }
      update("head", run, head);
      update("error", [run.status, run.error], ([state, error]) => error && traceback(state, error));
      update("config", { config, provenance }, configCard);
      update("code", [run.project.id, fingerprints], ([project, list]) => codeCard(project, list));
      update("inputs", inputs, inputsCard);
      update("modules", modules, modulesCard);
      update("artifacts", artifacts, artifactsCard);
      update("notes", notes, notesCard);
      update("environment", environment, environmentCard);
      panel.update(metrics, { active: run.status === "running", besides: groups.length > 0 });
      media.update(groups);
      output.update(letters);
    },
  });
  bindKeys({ "/": () => root.querySelector("input[type=search]:not([hidden])")?.focus() }, signal);
  signal.addEventListener("abort", hideTip);
}

function layout(holders, panel, media, output) {
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
    media.element,
    output.element,
    h("div", { class: "below" }, holders.code, holders.inputs, holders.modules, holders.artifacts, holders.environment),
  ];
}

function head(run) {
  const commit = run.git_commit && [shortHash(run.git_commit), run.git_dirty && h("span", { class: "muted" }, " + changes")];
  return [
    h("div", { class: "head" }, h("h1", {}, `Run ${run.id}`), run.name && h("span", { class: "run-name" }, run.name), status(run.status), run.archived && h("span", { class: "muted small" }, "archived"), tags(run.tags), h("span", { class: "grow" }), editButton(run)),
    facts([
      ["By", run.user_name],
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

function inputsCard(inputs) {
  if (!inputs.length) {
    return null;
  }
  const rows = inputs.map((file) =>
    h(
      "tr",
      {},
      h("td", { class: "mono", title: file.path }, file.name),
      h("td", { class: "numeric" }, bytes(file.size)),
      h("td", { class: "mono muted", title: file.hash }, shortContent(file.hash)),
      h("td", { class: "mono muted" }, file.reader || ""),
      h("td", {}, file.how || "", file.problem && h("span", { class: "muted" }, ` – ${file.problem}`))
    )
  );
  const table = simpleTable("Inputs", ["Name", ["Size"], "Content hash", "Read by", "How"], rows);
  return card("Inputs", { body: folded(plural(inputs.length, "input"), inputs.length, table) });
}

function modulesCard(modules) {
  if (!modules.length) {
    return null;
  }
  const rows = modules.map((one) =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, one.module),
      h("td", { class: "mono muted", title: one.path }, one.name),
      h("td", { class: "mono muted", title: one.hash }, shortContent(one.hash))
    )
  );
  const table = simpleTable("Own modules", ["Module", "File", "Content hash"], rows);
  return card("Own modules", { body: folded(plural(modules.length, "module"), modules.length, table) });
}

// What is long is opened by who wants it.
function folded(summary, length, body) {
  return length > LONG ? h("details", { class: "long" }, h("summary", { class: "body" }, summary), body) : body;
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
