// Addresses to pages. A page is a module with render(root, {params, query, signal}).

import { ApiError } from "./base/api.js";
import { put } from "./base/dom.js";
import { failure } from "./base/pieces.js";

let routes = [];
let root = null;
let leaving = new AbortController();

export function startRouter(table, element) {
  routes = table;
  root = element;
  document.addEventListener("click", follow);
  addEventListener("popstate", show);
  show();
}

/** Go to another page. */
export function go(url) {
  history.pushState(null, "", url);
  show().then(() => root.focus({ preventScroll: true }));
  scrollTo(0, 0);
}

/** Change the query of this page's address without leaving it.
 * Values may be lists; empty ones are dropped. */
export function setQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") {
        query.append(name, item);
      }
    }
  }
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  const plain = !event.defaultPrevented && event.button === 0;
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || !plain || modified || link.target || link.hash || link.hasAttribute("download")) {
    return;
  }
  if (link.origin === location.origin) {
    event.preventDefault();
    go(link.pathname + link.search);
  }
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [load, params] = match(location.pathname);
  try {
    if (!load) {
      throw new ApiError("there is no such page", 404);
    }
    const page = await load();
    if (!signal.aborted) {
      await page.render(root, { params, query: new URLSearchParams(location.search), signal });
    }
  } catch (error) {
    if (!signal.aborted) {
      put(root, failure(error));
    }
  }
}

function match(path) {
  for (const [pattern, load] of routes) {
    const found = pattern.exec(path);
    if (found) {
      return [load, found.groups || {}];
    }
  }
  return [null, {}];
}
