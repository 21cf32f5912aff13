// Start: theme, keys, then the page the address names.

import { get } from "./base/api.js";
import { h, put } from "./base/dom.js";
import { forgetKey, takeKey } from "./details/edit.js";
import { setUpHelp } from "./help.js";
import { setUpKeys } from "./base/keys.js";
import { startRouter } from "./router.js";
import { setUpTheme } from "./base/theme.js";

const ROUTES = [
  [/^\/$/, () => import("./pages/projects.js")],
  [/^\/projects\/(?<project>\d+)$/, () => import("./pages/runs.js")],
  [/^\/projects\/(?<project>\d+)\/curves$/, () => import("./pages/curves.js")],
  [/^\/projects\/(?<project>\d+)\/functions$/, () => import("./pages/functions.js")],
  [/^\/projects\/(?<project>\d+)\/searches$/, () => import("./pages/searches.js")],
  [/^\/runs\/(?<run>\d+)$/, () => import("./pages/run.js")],
  [/^\/searches\/(?<run>\d+)$/, () => import("./pages/search.js")],
  [/^\/compare$/, () => import("./pages/compare.js")],
];

async function showDatabase() {
  const { database, version, editable } = await get("info");
  if (!editable) {
    forgetKey();
  }
  const name = document.getElementById("database");
  put(name, h("span", { title: `${database} · ${editable ? "can be edited" : "read-only"} · ato ${version}` }, database));
}

takeKey();
addEventListener("hashchange", () => takeKey() && location.reload()); // typed where the page was open
setUpTheme(document.getElementById("theme-button"));
setUpHelp(document.getElementById("help-button"));
setUpKeys();
startRouter(ROUTES, document.getElementById("main"));
showDatabase().catch(() => {});
