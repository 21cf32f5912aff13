// Keyboard shortcuts: pages bind keys for as long as they are shown.

const bindings = new Map();

export function setUpKeys() {
  document.addEventListener("keydown", (event) => {
    const action = bindings.get(event.key);
    if (action && !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (action(event) !== false) {
        event.preventDefault();
      }
    }
  });
  bindings.set("t", () => document.getElementById("theme-button").click());
  bindings.set("?", () => document.getElementById("help-button").click());
  bindings.set("Escape", leaveField);
}

/** Bind keys until `signal` aborts. An action that returns false did not use the key. */
export function bindKeys(actions, signal) {
  for (const [key, action] of Object.entries(actions)) {
    bindings.set(key, action);
    signal.addEventListener("abort", () => {
      if (bindings.get(key) === action) {
        bindings.delete(key);
      }
    });
  }
}

function isTyping(event) {
  const inDialog = document.querySelector("dialog[open]");
  const field = event.target.closest("input:not([type=checkbox]), select, textarea");
  return Boolean(inDialog || (field && event.key !== "Escape"));
}

function leaveField() {
  if (document.activeElement && document.activeElement !== document.body) {
    document.activeElement.blur();
  }
}
