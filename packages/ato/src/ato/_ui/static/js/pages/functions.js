// The functions of a project, and how one of them changed from run to run.

import { get } from "../base/api.js";
import { codeDiff } from "../details/diff.js";
import { h, put } from "../base/dom.js";
import { plural, shortHash } from "../base/format.js";
import { crumbs, empty, projectTabs, when } from "../base/pieces.js";
import { setQuery } from "../router.js";

const TRACE = `@scope.trace(trace_id='train_step')
@scope
def train_step(config): ...`;

export async function render(root, { params, query, signal }) {
  const project = params.project;
  const [about, { functions }] = await Promise.all([
    get(`projects/${project}`, {}, signal),
    get(`projects/${project}/functions`, {}, signal),
  ]);
  crumbs(["Projects", "/"], [about.name, `/projects/${project}`], ["Functions"]);
  const head = [h("div", { class: "head" }, h("h1", {}, about.name)), projectTabs(project, "Functions")];
  if (!functions.length) {
    put(root, head, empty("No traced function", "A function that is traced shows here how it changed from run to run.", TRACE));
    return;
  }
  const detail = h("div", { class: "detail" });
  const list = h("nav", { class: "functions", "aria-label": "Functions" });
  put(root, head, h("div", { class: "side" }, list, detail));

  const open = async (chosen) => {
    setQuery({ trace: chosen.trace_id, type: chosen.type });
    put(list, functions.map((one) => entry(one, one === chosen, () => open(one))));
    const question = { trace: chosen.trace_id, type: chosen.type };
    put(detail, history(await get(`projects/${project}/history`, question, signal), chosen));
  };
  const wanted = (one) => one.trace_id === query.get("trace") && one.type === (query.get("type") || "static");
  await open(functions.find(wanted) || functions[0]);
}

function entry({ trace_id: trace, type, versions, runs }, chosen, open) {
  return h(
    "button",
    { type: "button", "aria-current": chosen && "true", onclick: open },
    h("span", { class: "mono name" }, trace),
    h("span", { class: "small muted" }, `${type === "runtime" ? "output, " : ""}${plural(versions, "version")}, ${plural(runs, "run")}`)
  );
}

function history({ versions, timeline, total }, chosen) {
  const numbers = new Map(versions.map((version) => [version.fingerprint, version.number]));
  const strip = timeline.map(({ run, fingerprint }) => {
    const version = numbers.get(fingerprint);
    return h("a", { href: `/runs/${run}`, class: `cell l${(version - 1) % 8}`, title: `Run ${run}: version ${version}`, "aria-label": `Run ${run}, version ${version}` });
  });
  const note = total > timeline.length ? `the latest ${timeline.length} of ${total} runs` : plural(total, "run");
  return [
    h("h2", { class: "mono" }, chosen.trace_id),
    h("p", { class: "small muted" }, `${plural(versions.length, "version")} over ${note}, oldest first`),
    h("div", { class: "strip" }, strip),
    h("ol", { class: "versions" }, [...versions].reverse().map((version) => versionItem(version, chosen))),
  ];
}

function versionItem(version, chosen) {
  const { number, fingerprint, runs, first_run: first, last_run: last, first_time: since, location, lines, reason, source, skipped } = version;
  const span = first === last ? h("a", { href: `/runs/${first}` }, `run ${first}`) : [h("a", { href: `/runs/${first}` }, `run ${first}`), " to ", h("a", { href: `/runs/${last}` }, `run ${last}`)];
  return h(
    "li",
    { class: "card" },
    h(
      "header",
      {},
      h("span", { class: `letter l${(number - 1) % 8}` }, number),
      h("h3", {}, `Version ${number}`),
      h("span", { class: "mono muted", title: fingerprint }, shortHash(fingerprint)),
      h("span", { class: "grow" }),
      h("span", { class: "small muted" }, plural(runs, "run"), ": ", span, ", since ", when(since))
    ),
    location && h("p", { class: "mono muted where" }, location),
    reason && chosen.type === "static" && h("p", { class: "small muted where" }, reason),
    lines.length ? codeDiff(lines) : null,
    source && h("details", { class: "whole", open: !lines.length }, h("summary", {}, "Whole source"), h("pre", {}, source)),
    skipped.length ? notFollowed(skipped) : null
  );
}

/** What `follow=True` left out, with the reasons. */
function notFollowed(skipped) {
  const items = skipped.map(({ name, reason }) => h("li", {}, h("span", { class: "mono" }, name), ` (${reason})`));
  return h("details", { class: "whole" }, h("summary", {}, `Not followed: ${plural(skipped.length, "name")}`), h("ul", { class: "small" }, items));
}
