"""How long `ato ui` takes over 10,000 runs and 1,000,000 metrics, and one curve of 1,000,000.

    python benchmarks/ui.py [--runs 10000] [--database FILE]

Every question the page asks is timed over HTTP, and, where Chromium and selenium are installed, the
first paint and the moment the table stands, as the browser sees them. Needs `ato[ui]`.
"""

import argparse
import http.client
import json
import os
import platform
import random
import shutil
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zlib

KEYS = ["train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr"]
STEPS = 20  # for each of five keys: 100 metrics a run
LONG = 1_000_000
OVERLAID = 500
IMAGES = 1_000


def make_database(path, runs):
    """The tracker makes the first run; the others are copies of it with values of their own."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    config = ADict(
        experiment=ADict(project_name="large", sql=ADict(db_path=f"sqlite:///{path}")),
        lr=0.1,
        batch_size=32,
        model=ADict(name="resnet50", depth=50, layers=[64, 128, 256]),
        optimizer=ADict(name="adam", betas=[0.9, 0.999]),
        seed=0,
    )
    with SQLLogger(config).start(tags=["first"]) as run:
        run.log_metrics(dict.fromkeys(KEYS, 1.0), step=0)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    with connection:
        _copy_runs(connection, runs)
        _long_curve(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    make_curves(path)


def make_curves(path):
    """A project of its own: 500 runs to lay over each other, and then one run with 1,000 images."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    rng = random.Random(3)
    sql = ADict(db_path=f"sqlite:///{path}", quiet=True)
    for _ in range(OVERLAID):
        config = ADict(
            experiment=ADict(project_name="curves", sql=sql), lr=10 ** rng.uniform(-5, -1)
        )
        with SQLLogger(config).start() as run:
            for step in range(100):
                run.log_metric("loss", rng.random() / (step + 1), step)
    dots = bytes(rng.randrange(256) for _ in range(20_000))
    with SQLLogger(ADict(experiment=ADict(project_name="images", sql=sql))).start() as run:
        for number in range(IMAGES):
            run.log_image(f"samples/{number % 10}", png(number, dots), step=number // 10)


def png(number, dots):
    """An image of 100 x 200 grey dots, each its own."""
    rows = b"".join(b"\0" + dots[row * 100 : row * 100 + 100] for row in range(200))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 100, 200, 8, 0, 0, 0, 0))]
    parts += [(b"tEXt", b"n\0%d" % number), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _copy_runs(connection, runs):
    rng = random.Random(1)
    connection.row_factory = sqlite3.Row
    first = dict(connection.execute("SELECT * FROM experiments").fetchone())
    params = [dict(row) for row in connection.execute("SELECT * FROM params")]
    connection.row_factory = None
    rows, parameters, metrics, summaries = [], [], [], []
    for run in range(2, runs + 1):
        rate = 10 ** rng.uniform(-5, -1)
        config = json.loads(first["config"])
        config.update(lr=rate, seed=run)
        status = rng.choice(["completed"] * 8 + ["failed", "interrupted"])
        row = {**first, "id": run, "uuid": f"{run:036d}", "status": status}
        row.update(config=json.dumps(config), tags=json.dumps([f"sweep-{run % 20}"]))
        rows.append(tuple(row.values()))
        for param in params:
            value = {"lr": rate, "seed": run}.get(param["key"])
            text = param["text"] if value is None else json.dumps(value)
            number = param["number"] if value is None else value
            parameters.append((run, param["key"], text, number))
        for key in KEYS:
            values = [rng.random() * (1 - step / 40) for step in range(STEPS)]
            moment = first["start_time"]
            metrics += [(run, key, value, step, moment) for step, value in enumerate(values)]
            low, high = min(values), max(values)
            ends = (low, values.index(low), high, values.index(high), values[-1], STEPS - 1)
            summaries.append((run, key, 1, STEPS, *ends))
    _insert(connection, "experiments", list(first), rows)
    _insert(connection, "params", ["run_id", "key", "text", "number"], parameters)
    _insert(connection, "metrics", ["run_id", "key", "value", "step", "timestamp"], metrics)
    columns = ["run_id", "key", "project_id", "count", "min", "min_step", "max", "max_step"]
    _insert(connection, "metric_summaries", [*columns, "last", "last_step"], summaries)


def _long_curve(connection):
    rng = random.Random(2)
    start = connection.execute("SELECT start_time FROM experiments WHERE id = 1").fetchone()[0]
    points = [(1, "long", rng.gauss(0, 1), step, start) for step in range(LONG)]
    _insert(connection, "metrics", ["run_id", "key", "value", "step", "timestamp"], points)
    columns = ["run_id", "key", "project_id", "count", "min", "max", "last", "last_step"]
    _insert(connection, "metric_summaries", columns, [(1, "long", 1, LONG, -5, 5, 0, LONG - 1)])


def _insert(connection, table, columns, rows):
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def questions(runs):
    columns = ["config.lr", "config.seed", "metric.val/loss.last", "metric.val/accuracy.max"]
    page = {"limit": 50, "column": columns}
    table = "projects/1/runs"
    return [
        ("projects", "projects", {}),
        ("project and its columns", "projects/1", {}),
        ("all columns to choose from", "projects/1/columns", {}),
        ("newest 50 runs", table, page),
        ("last page of runs", table, {**page, "offset": runs - 50}),
        ("sorted by a metric", table, {**page, "sort": "-metric.val/accuracy.max"}),
        ("sorted by a config key", table, {**page, "sort": "config.lr"}),
        ("filter lr<0.001 status:failed", table, {**page, "filter": "lr<0.001 status:failed"}),
        ("filter by metric", table, {**page, "filter": "metric.val/loss.min<0.01"}),
        ("filter by tag", table, {**page, "filter": "tag:sweep-7"}),
        ("filter by a word anywhere", table, {**page, "filter": "sweep-7"}),
        ("one run", f"runs/{runs // 2}", {}),
        ("one curve of 20 points", "metrics", {"key": "val/loss", "run": runs // 2}),
        ("eight curves", "metrics", {"key": "val/loss", "run": list(range(2, 10))}),
        ("a curve of 1,000,000 points", "metrics", {"key": "long", "run": 1, "points": 600}),
        ("the same, zoomed in", "metrics", {"key": "long", "run": 1, "from": 5e5, "to": 50_4e3}),
        ("compare eight runs", "compare", {"run": list(range(2, 10))}),
    ]


def ask(port, path, params):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    started = time.perf_counter()
    connection.request("GET", f"/api/{path}?{urllib.parse.urlencode(params, doseq=True)}")
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - started
    connection.close()
    if response.status != 200:
        sys.exit(f"{path}: {response.status} {body[:300]!r}")
    return seconds, len(body)


def time_questions(port, runs):
    print(f"\n{'question':34} {'median ms':>10} {'worst ms':>10} {'kB':>8}")
    for name, path, params in questions(runs):
        times, size = [], 0
        for _ in range(5):
            seconds, size = ask(port, path, params)
            times.append(seconds * 1000)
        row = f"{statistics.median(times):10.1f} {max(times):10.1f} {size / 1000:8.1f}"
        print(f"{name:34} {row}")


FIRST = """
const paint = performance.getEntriesByName('first-contentful-paint')[0];
return [paint ? paint.startTime : null, window.standing || null];
"""
WATCH = """
new MutationObserver(() => {
  if (!window.standing && document.querySelector('tbody tr, .project, .plot canvas, main img')) {
    window.standing = performance.now();
  }
}).observe(document, {childList: true, subtree: true});
"""


def time_paint(port, runs):
    browser = open_browser()
    if browser is None:
        print("\nfirst paint: Chromium, its driver or selenium is not installed")
        return
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    print(f"\n{'page':34} {'first paint ms':>15} {'content ms':>12}")
    pages = [("projects", "/"), ("runs", "/projects/1"), ("one run", f"/runs/{runs // 2}")]
    pages += [("a run with a curve of 1,000,000", "/runs/1")]
    pages += [(f"{OVERLAID} runs over each other", "/projects/2/curves")]
    pages += [(f"a run with {IMAGES:,} images", f"/runs/{runs + OVERLAID + 1}")]
    for name, path in pages:
        results = []
        for _ in range(3):
            browser.get(f"http://127.0.0.1:{port}{path}")
            results.append(_standing(browser))
        paint, content = (min(values) for values in zip(*results))
        print(f"{name:34} {paint:15.0f} {content:12.0f}")
    browser.quit()


def _standing(browser):
    for _ in range(600):
        paint, standing = browser.execute_script(FIRST)
        if paint and standing:
            return paint, standing
        time.sleep(0.05)
    sys.exit("the page did not come to stand")


def open_browser():
    try:
        from selenium import webdriver
    except ImportError:
        return None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        return None
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tempfile.mkdtemp()
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"):
        options.add_argument(f"--{flag}")
    for flag in ("disable-background-networking", "disable-component-update", "disable-sync"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={profile}")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def serve(path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"from ato._ui.serve import serve; serve({path!r}, port={port})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process, port


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--database", help="use this file, made if it is not there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.database or os.path.join(folder, "large.db")
        if not os.path.exists(path):
            started = time.perf_counter()
            make_database(path, options.runs)
            print(f"made in {time.perf_counter() - started:.0f} s")
        metrics = options.runs * len(KEYS) * STEPS
        size = os.path.getsize(path) / 1e6
        print(f"{options.runs:,} runs, {metrics:,} metrics, one curve of {LONG:,}; {size:.0f} MB")
        print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
        process, port = serve(path)
        try:
            time_questions(port, options.runs)
            time_paint(port, options.runs)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
