"""A real browser looking at the page."""

import shutil

import pytest

FLAGS = [
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "hide-scrollbars",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
]


def start_chromium(profile):
    """A headless Chromium with an empty profile; skips the test where there is none."""
    from selenium import webdriver

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    browser.set_window_size(1280, 900)
    return browser


class View:
    """A browser looking at one page."""

    def __init__(self, browser, url):
        self.browser = browser
        self.url = url

    def open(self, path, until="main > *"):
        self.browser.get(self.url + path)
        self.wait(until)
        return self

    def wait(self, selector):
        return self.wait_for(lambda: self.all(selector))[0]

    def wait_for(self, condition):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, 20, 0.05).until(lambda browser: condition())

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def shown(self, selector):
        """Those in the page that are not hidden or folded away."""
        script = (
            "return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility())"
        )
        return self.browser.execute_script(script, selector)

    def one(self, selector):
        return self.browser.find_element("css selector", selector)

    def one_with_text(self, selector, text):
        return next(element for element in self.all(selector) if element.text == text)

    def texts(self, selector):
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
        return self.browser.execute_script(script, selector)

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def paste(self, selector, text):
        """Put a whole text into a field: one typed slowly is read before its end."""
        put = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
        self.script(put, self.one(selector), text)

    def script(self, code, *arguments):
        return self.browser.execute_script(code, *arguments)

    @property
    def path(self):
        return self.script("return location.pathname + location.search")

    def complaints(self):
        """What the browser wrote to its console: errors and refused content."""
        entries = self.browser.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]
