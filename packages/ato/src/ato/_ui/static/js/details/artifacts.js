// The files that a run made: to be looked at, kept, and found.

import { get } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { bytes, plural, shortHash } from "../base/format.js";
import { card, copyButton, simpleTable } from "../base/pieces.js";

export function artifactsCard(artifacts) {
  if (!artifacts.length) {
    return null;
  }
  const steps = artifacts.some((file) => file.step !== null);
  const metadata = artifacts.some((file) => file.info);
  const rows = artifacts.map((file) =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, file.path),
      h("td", {}, file.data_type || ""),
      steps && h("td", { class: "numeric" }, file.step === null ? "" : String(file.step)),
      h("td", { class: "numeric" }, bytes(file.size)),
      h("td", { class: "mono muted", title: file.content_hash }, shortHash(file.content_hash)),
      h("td", {}, file.stored ? links(file) : file.is_folder && where(file, "Files")),
      metadata && h("td", { class: "mono muted" }, file.info || "")
    )
  );
  const columns = ["Path", "Type", ...(steps ? [["Step"]] : []), ["Size"], "Content hash", "Copy", ...(metadata ? ["Metadata"] : [])];
  return card("Artifacts", { body: simpleTable("Artifacts", columns, rows) });
}

function links(file) {
  if (file.is_folder) {
    return where(file, "Files");
  }
  return h("span", { class: "tools" }, fileLinks(`/api/files/${file.id}`), where(file, "Where"));
}

function fileLinks(url) {
  const keep = `${url}${url.includes("?") ? "&" : "?"}keep=1`;
  return [h("a", { href: url, target: "_blank", rel: "noopener" }, "Open"), " · ", h("a", { href: keep, download: "" }, "Download"), " "];
}

function where(file, label) {
  return h("button", { class: "quiet", type: "button", onclick: () => show(file) }, label);
}

async function show(file) {
  const body = h("div", { class: "dialog-body" });
  openDialog(file.path, body);
  try {
    const found = await get(`copies/${file.id}`);
    const place = found.where
      ? h("p", {}, "Its copy is ", h("code", {}, found.where), " ", copyButton(found.where))
      : h("p", { class: "muted" }, found.stored ? `Its copy is not here any more; it was ${found.stored}` : "No copy was kept.");
    put(body, place, found.is_folder && manifest(file, found));
  } catch (error) {
    put(body, h("p", { class: "muted" }, error.message));
  }
}

function manifest(file, { files, total, where: kept }) {
  const rows = files.map((one) =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, one.name),
      h("td", { class: "numeric" }, bytes(one.size)),
      h("td", { class: "mono muted", title: one.hash }, shortHash(one.hash)),
      h("td", {}, kept && fileLinks(`/api/files/${file.id}?${new URLSearchParams({ name: one.name })}`))
    )
  );
  const more = total > files.length && h("p", { class: "small muted" }, `the first ${files.length} of ${plural(total, "file")}`);
  return h("div", { class: "folder-files" }, simpleTable("Files", ["Name", ["Size"], "Content hash", "Copy"], rows), more);
}
