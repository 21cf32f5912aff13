"""Make the pictures of docs/how-to/ui.md: python packages/ato/tests/ui/screenshots.py docs/images

Needs the extra `ui`, selenium, Chromium with its driver, and Pillow to make the files small.
"""

import io
import pathlib
import random
import runpy
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
SIZE = (1280, 860)
LR = "document.querySelector(\"[data-search^='lr ']\").focus()"
SMOOTH = (
    "const slider = document.querySelector('input[type=range]'); slider.value = 0.5;"
    "slider.dispatchEvent(new Event('input'));"
)
CHECK = "for (const row of [3, 5]) document.querySelectorAll('tbody input')[row].click();"
PICTURES = [
    ("ui-runs", "/projects/1", "light", "tbody tr", CHECK),
    ("ui-run", "/runs/20", "light", ".plot canvas", LR),
    ("ui-compare", "/compare?run=2&run=13&run=22", "dark", ".plot canvas", SMOOTH),
    ("ui-functions", "/projects/1/functions", "light", ".versions", ""),
    ("ui-search", "/searches/{search}", "dark", ".plot canvas", ""),
]


def main(folder):
    work = pathlib.Path(tempfile.gettempdir()) / "digits"
    shutil.rmtree(str(work), ignore_errors=True)
    work.mkdir()
    shutil.copy(str(HERE / "ui_example.py"), str(work / "train.py"))
    path = work / "experiments.db"
    example = runpy.run_path(str(work / "train.py"))
    example["make_example"](f"sqlite:///{path}")
    example["make_search"](f"sqlite:///{path}", max_resource=27)
    _spread_over_days(path)
    running = _start_one(example, f"sqlite:///{path}")
    take(start_server(f"sqlite:///{path}"), search_in(path), pathlib.Path(folder))
    running.finish()
    shutil.rmtree(str(work))


def _start_one(example, url):
    """A run that goes on while the pictures are taken."""
    scope = example["_scope"](url)
    run = example["SQLLogger"](scope.apply(["wide", "lr=0.004"])).start(tags=["wide"])
    for epoch in range(12):
        values = {"train/loss": 2.3 - epoch / 20, "val/accuracy": 0.1 + epoch / 20}
        run.log_metrics({**values, "val/loss": 2.35 - epoch / 22}, step=epoch)
    run.flush()
    return run


def _spread_over_days(path):
    """The example trains for milliseconds; give its runs the times of real ones."""
    rng = random.Random(4)
    with sqlite3.connect(str(path)) as connection:
        runs = [row[0] for row in connection.execute("SELECT id FROM experiments ORDER BY id DESC")]
        ago = 0.0
        for run in runs:
            lasted = rng.uniform(240, 1500)
            ago += lasted + rng.uniform(60, 7200)
            times = (f"-{ago} seconds", f"-{ago - lasted} seconds", run)
            connection.execute(
                "UPDATE experiments SET start_time = strftime('%Y-%m-%d %H:%M:%f', 'now', ?), "
                "end_time = strftime('%Y-%m-%d %H:%M:%f', 'now', ?), host = 'lab-3' WHERE id = ?",
                times,
            )
    connection.close()


def search_in(path):
    with sqlite3.connect(str(path)) as connection:
        query = "SELECT min(id) FROM experiments WHERE tags LIKE '%search%'"
        return connection.execute(query).fetchone()[0]


def start_server(url):
    import uvicorn

    from ato.page import page_app
    from ato_sql.reading import ReadOnlyDatabase

    database = ReadOnlyDatabase(url)
    database.shown = "sqlite:///experiments.db"
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    port = listener.getsockname()[1]
    config = uvicorn.Config(page_app(database, port), log_level="warning")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    return f"http://127.0.0.1:{port}"


def take(url, search, folder):
    sys.path.insert(0, str(HERE))
    from browser import View, start_chromium

    browser = start_chromium(tempfile.mkdtemp())
    view = View(browser, url)
    screen = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    for name, path, theme, until, script in PICTURES:
        media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        view.open(path.format(search=search), until)
        time.sleep(0.7)
        view.script(script)
        time.sleep(0.7)
        save(browser.get_screenshot_as_png(), folder / f"{name}.png")
        view.script("localStorage.clear()")
    browser.quit()


def save(png, path):
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(str(path), optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1])
