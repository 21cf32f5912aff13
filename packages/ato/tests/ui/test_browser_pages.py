"""Every page in a real browser: without complaint, narrow and wide, light and dark."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

PAGES = [
    ("/", ".project"),
    ("/projects/1", "tbody tr"),
    ("/projects/1/functions", ".versions"),
    ("/projects/1/searches", ".empty"),
    ("/runs/13", ".plot canvas"),
    ("/runs/25", ".traceback"),
    ("/compare?run=1&run=13", ".plot canvas"),
]


class TestEveryPage:
    @pytest.mark.parametrize(("path", "selector"), PAGES, ids=[path for path, _ in PAGES])
    @pytest.mark.parametrize("width", [1400, 420])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_it_shows_without_complaint_and_fits(self, view, path, selector, width, theme):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        view.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        try:
            view.open(path, selector)
            assert view.script("return document.documentElement.scrollWidth") <= width
            assert view.complaints() == []
        finally:
            view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
            view.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def test_nothing_is_loaded_from_elsewhere(self, view):
        view.open("/runs/13", ".plot canvas")
        script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
        names = view.script(script)
        assert len(names) > 10
        assert [name for name in names if not name.startswith(view.url)] == []

    def test_every_field_and_button_has_a_name(self, view):
        script = """
            return [...document.querySelectorAll('button, input, select, a')]
              .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length
                || e.getAttribute('aria-label')))
              .map((e) => e.outerHTML)
        """
        for path, selector in PAGES:
            view.open(path, selector)
            assert view.script(script) == []


class TestOtherPages:
    def test_the_statement_that_changed_between_two_runs_is_shown(self, view):
        view.open("/compare?run=1&run=19", ".matrix")
        view.one(".matrix button.quiet").click()
        view.wait("dialog .diff .added")
        assert any("max(batch, 1)" in line for line in view.texts("dialog .diff .added"))

    def test_a_function_shows_a_cell_for_every_run_and_its_changes(self, view):
        view.open("/projects/1/functions", ".versions")
        assert len(view.all(".strip .cell")) == 24
        assert any("if scaled > 10:" in line for line in view.texts(".diff .added"))

    def test_a_run_that_is_not_there_says_so(self, view):
        view.open("/runs/999", ".trouble")
        assert view.texts(".trouble p") == ["Not found: there is no run 999.", "All projects"]

    def test_the_theme_follows_the_system_and_the_switch(self, view):
        back = "return getComputedStyle(document.body).backgroundColor"
        dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        view.open("/", ".project")
        view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        light = view.script(back)
        view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
        assert view.script(back) != light
        view.press("t")  # from the system's to light
        assert view.script(back) == light
        view.open("/", ".project")
        assert view.script(back) == light
        view.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_a_server_that_went_away_is_told_and_forgiven(self, view):
        view.open("/projects/1", "tbody tr")
        view.browser.execute_cdp_cmd("Network.enable", {})
        away = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        view.browser.execute_cdp_cmd("Network.emulateNetworkConditions", away)
        view.press("/", "x")
        view.wait_for(lambda: "is `ato ui` still running?" in view.texts(".filter-problem")[0])
        back = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        view.browser.execute_cdp_cmd("Network.emulateNetworkConditions", back)
        view.press(Keys.BACKSPACE)
        view.wait_for(lambda: view.texts(".filter-problem") == [""])
