// Change a run: its name, its tags, whether lists have it, and a note. Only where `ato ui --edit` runs
// and its address with the key was opened in this browser.

import { ApiError } from "../base/api.js";
import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { go } from "../router.js";

const KEPT = "ato-edit";
const KEY = /^#edit=([\w-]+)$/;

/**
 * Keep the key that the address has behind its #, which is never sent, and take it out of there.
 * Returns whether there was one.
 */
export function takeKey() {
  const found = KEY.exec(location.hash);
  if (found) {
    localStorage.setItem(KEPT, found[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return Boolean(found);
}

/** The server changes nothing: whatever key was kept is of another. */
export function forgetKey() {
  localStorage.removeItem(KEPT);
}

/** A button that opens the form; none where nothing can be changed. */
export function editButton(run) {
  return localStorage.getItem(KEPT) && h("button", { class: "button", type: "button", onclick: () => openForm(run) }, "Edit");
}

function openForm(run) {
  const name = h("input", { class: "field", value: run.name || "", "aria-label": "Name" });
  const tags = h("textarea", { class: "field", rows: 3, value: run.tags.join("\n"), "aria-label": "Tags" });
  const note = h("textarea", { class: "field", rows: 3, "aria-label": "Note" });
  const archived = h("input", { type: "checkbox", checked: Boolean(run.archived) });
  const problem = h("p", { class: "filter-problem", role: "alert" });
  const save = h("button", { class: "button", type: "submit" }, "Save");
  const form = h(
    "form",
    { class: "edit" },
    h("label", {}, "Name", name),
    h("label", {}, "Tags, one on a line", tags),
    h("label", {}, "Add a note", note),
    h("label", { class: "switch" }, archived, "Archived: lists leave it out"),
    problem,
    h("p", {}, save)
  );
  const dialog = openDialog(`Run ${run.id}`, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await change(run.id, changes(run, { name: name.value.trim(), tags: words(tags.value), note: note.value.trim(), archived: archived.checked }));
      dialog.close();
      go(location.pathname);
    } catch (error) {
      put(problem, error.message);
      save.disabled = false;
    }
  });
  name.focus();
}

function words(text) {
  return text.split("\n").map((word) => word.trim()).filter(Boolean);
}

/** Only what is another than before. */
function changes(run, { name, tags, note, archived }) {
  const before = run.tags.map((tag) => tag.trim());
  const add = tags.filter((tag) => !before.includes(tag));
  const remove = run.tags.filter((tag) => !tags.includes(tag.trim()));
  return {
    ...(name !== (run.name || "") ? { name } : {}),
    ...(add.length || remove.length ? { tags: { add, remove } } : {}),
    ...(note ? { note } : {}),
    ...(archived !== Boolean(run.archived) ? { archived } : {}),
  };
}

async function change(run, what) {
  if (!Object.keys(what).length) {
    return;
  }
  const headers = { "Content-Type": "application/json", "X-Ato-Edit": localStorage.getItem(KEPT) };
  const response = await fetch(`/api/edit/runs/${run}`, { method: "POST", headers, body: JSON.stringify(what) }).catch(() => null);
  if (!response) {
    throw new ApiError("the server does not answer; is `ato ui --edit` still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(answer.error || `the server answered ${response.status}`, response.status);
  }
}
