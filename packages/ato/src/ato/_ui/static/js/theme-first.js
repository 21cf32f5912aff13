// Runs before the first paint, so that a chosen theme never flashes the other one.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("ato-theme");
  } catch (error) {
    // Storage is blocked: follow the system.
  }
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
})();
