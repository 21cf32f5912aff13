"""The tracker beside raw sqlite3, ato 2.2.1 and MLflow: cost of a metric, memory, queries.

    python benchmarks/sql.py [--quick]

Peers are installed into environments of their own under .nox/bench; one that cannot be installed
is shown as such. Each figure is the best of several interleaved rounds, each in a fresh process.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEERS = {"ato 2.2.1": "ato==2.2.1", "mlflow": "mlflow"}
KEYS = [f"key{i}" for i in range(10)]


# -- workers, each in a process of its own ---------------------------------------------------------


def config(folder, name="bench.sqlite", project="bench"):
    path = f"sqlite:///{folder}/{name}"
    return {"experiment": {"project_name": project, "sql": {"db_path": path}}, "lr": 0.1}


def per_metric(count, work):
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) / count * 1e6


def log_ours(folder, count, **settings):
    from ato_sql import SQLLogger

    mine = config(folder)
    mine["experiment"]["sql"].update(settings)
    logger = SQLLogger(mine)
    logger.run()

    def work():
        for i in range(count):
            logger.log_metric(KEYS[i % 10], i * 0.1, i // 10)
        logger.flush()

    took = per_metric(count, work)
    with sqlite3.connect(f"{folder}/bench.sqlite") as connection:
        assert connection.execute("SELECT COUNT(*) FROM metrics").fetchone()[0] == count
    return took


def log_ours_call(folder, count):
    """What the training loop itself waits for, logging now and then, as training loops do."""
    from ato_sql import SQLLogger

    logger = SQLLogger(config(folder))
    logger.run()
    took = 0.0
    for i in range(count):
        started = time.perf_counter()
        logger.log_metric(KEYS[i % 10], i * 0.1, i // 10)
        took += time.perf_counter() - started
        if i % 100 == 0:
            time.sleep(0.005)
    return took / count * 1e6


def log_ours_durable(folder, count):
    return log_ours(folder, count, durability="commit")


def raw_table(folder, index=True):
    connection = sqlite3.connect(f"{folder}/raw.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, "
        "key VARCHAR NOT NULL, value DOUBLE, step INTEGER NOT NULL, timestamp DATETIME)"
    )
    if index:
        connection.execute("CREATE INDEX by_key ON metrics (run_id, key, step)")
    return connection


INSERT = "INSERT INTO metrics (run_id, key, value, step, timestamp) VALUES (?, ?, ?, ?, ?)"


def raw_rows(count):
    stamp = "2026-01-01 00:00:00.000000"
    return [(1, KEYS[i % 10], i * 0.1, i // 10, stamp) for i in range(count)]


def log_raw(folder, count, index=True):
    connection = raw_table(folder, index)

    def work():
        rows = raw_rows(count)
        connection.execute("BEGIN")
        connection.executemany(INSERT, rows)
        connection.execute("COMMIT")

    return per_metric(count, work)


def log_raw_no_index(folder, count):
    return log_raw(folder, count, index=False)


def log_raw_commits(folder, count):
    connection = raw_table(folder)
    rows = raw_rows(count)
    return per_metric(count, lambda: [connection.execute(INSERT, row) for row in rows])


def log_old(folder, count):
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    logger = SQLLogger(ADict(**config(folder)))
    logger.run(tags=[])

    def work():
        for i in range(count):
            logger.log_metric(KEYS[i % 10], i * 0.1, step=i // 10)

    return per_metric(count, work)


def log_mlflow(folder, count):
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.sqlite")
    with mlflow.start_run():
        mlflow.log_metric("warm", 0.0)

        def work():
            for i in range(count):
                mlflow.log_metric(KEYS[i % 10], i * 0.1, step=i // 10)

        return per_metric(count, work)


def memory_ours(folder, count):
    """Resident MB after each tenth of the metrics."""
    from ato_sql import SQLLogger

    logger = SQLLogger(config(folder))
    logger.run()
    sizes = []
    for i in range(count):
        logger.log_metric(KEYS[i % 10], i * 0.1, i // 10)
        if (i + 1) % (count // 10) == 0:
            with open("/proc/self/statm") as file:
                sizes.append(int(file.read().split()[1]) * 4096 / 1e6)
    logger.finish()
    return sizes


def fill(path, runs, steps, extra=""):
    """Fill a database of ours or of ato 2.2.1, which has one run already, with metrics."""
    connection = sqlite3.connect(path)
    columns = [r[1] for r in connection.execute("PRAGMA table_info(experiments)")]
    copied = {"id": "n.i", "structural_hash": "'s' || (n.i / 10)", "status": "'completed'"}
    if "uuid" in columns:
        copied.update(uuid="'uuid' || n.i")
    chosen = ", ".join(f"{copied.get(c, 'e.' + c)}" for c in columns)
    numbers = "WITH RECURSIVE n(i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i < {1})"
    connection.execute(
        f"INSERT INTO experiments ({', '.join(columns)}) {numbers.format(2, runs)} "
        f"SELECT {chosen} FROM n, experiments e WHERE e.id = 1"
    )
    connection.execute("UPDATE experiments SET structural_hash = 's0' WHERE id = 1")
    connection.execute("DELETE FROM metrics")
    # In the order in which runs one after another would have written them.
    connection.execute(
        f"INSERT INTO metrics (run_id, key, value, step, timestamp) "
        f"SELECT e.id, 'key' || k.i, abs(random() % 1000000) / 1e6, s.i, e.start_time "
        f"FROM experiments e, ({numbers.format(0, steps - 1)} SELECT i FROM n) s, "
        f"({numbers.format(0, 9)} SELECT i FROM n) k ORDER BY e.id, s.i, k.i"
    )
    connection.commit()
    return connection


def fill_ours(folder, runs, steps):
    from ato_sql import SQLFinder, SQLLogger

    path = f"{folder}/ours-{runs}.sqlite"
    if not os.path.exists(path):
        logger = SQLLogger(config(folder, os.path.basename(path)))
        logger.run()
        logger.finish()
        logger.close()
        connection = fill(path, runs, steps)
        connection.execute("DELETE FROM metric_summaries")
        connection.execute(
            "INSERT INTO metric_summaries (run_id, key, project_id, count, min, max, last, "
            "min_step, max_step, last_step) SELECT m.run_id, m.key, 1, COUNT(*), MIN(value), "
            "MAX(value), value, 0, 0, MAX(step) FROM metrics m GROUP BY m.run_id, m.key"
        )
        connection.commit()
        connection.execute("ANALYZE")
        connection.close()
    return SQLFinder(config(folder, os.path.basename(path)))


def fastest(work, rounds=30):
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1e3


def ask_ours(folder, runs, steps=100):
    finder = fill_ours(folder, runs, steps)
    assert len(finder.get_metrics(runs // 2, "key3")) == steps
    assert len(finder.find_similar_runs(runs // 2)) == 9
    return {
        "best run": fastest(lambda: finder.find_best_run("bench", "key3", "max").id),
        "similar runs": fastest(lambda: len(finder.find_similar_runs(runs // 2))),
        "one history": fastest(lambda: len(finder.get_metrics(runs // 2, "key3"))),
        "list of all runs": fastest(lambda: len(finder.get_runs_in_project("bench")), 3),
    }


def ask_old(folder, runs, steps=100):
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLFinder, SQLLogger
    from ato.db_routers.sql.schema import Metric

    path = f"{folder}/old-{runs}.sqlite"
    mine = ADict(**config(folder, os.path.basename(path)))
    if not os.path.exists(path):
        logger = SQLLogger(mine)
        logger.run(tags=[])
        logger.finish()
        fill(path, runs, steps).execute("ANALYZE")
    finder = SQLFinder(mine)

    def history():
        with finder._get_session() as session:
            query = session.query(Metric).filter_by(run_id=runs // 2, key="key3")
            return [(m.step, m.value) for m in query.order_by(Metric.step)]

    assert len(history()) == steps
    assert len(finder.find_similar_runs(runs // 2)) == 9
    return {
        "best run": fastest(lambda: finder.find_best_run("bench", "key3", "max").id),
        "similar runs": fastest(lambda: len(finder.find_similar_runs(runs // 2))),
        "one history": fastest(lambda: len(history())),
        "list of all runs": fastest(lambda: len(finder.get_runs_in_project("bench")), 3),
    }


# -- the comparison --------------------------------------------------------------------------------


def environment(name, requirement):
    """Return the Python of an environment that has a peer, None if it cannot be installed."""
    folder = ROOT / ".nox" / "bench" / f"sql-{name.replace(' ', '-')}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = shutil.which("uv")
        make = [uv, "venv", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        install = [uv, "pip", "install", "-q", "--python", str(python)] if uv else None
        install = install or [str(python), "-m", "pip", "install", "-q"]
        try:
            subprocess.run([*make, str(folder)], check=True, capture_output=True)
            subprocess.run([*install, requirement], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        (folder / "ready").touch()
    return str(python)


def measure(python, task, *arguments):
    """Run a worker in a process of its own."""
    command = [python, __file__, "--worker", task, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{task} failed:\n{done.stderr.decode()[-2000:]}")
    return json.loads(done.stdout.decode().strip().split("\n")[-1])


def interleaved(cases, rounds):
    """Return the best figure of each case: {name: (python, task, count)}."""
    best = {}
    for _ in range(rounds):
        for name, (python, task, count) in cases.items():
            if python is None:
                best[name] = None
                continue
            with tempfile.TemporaryDirectory() as folder:
                figure = measure(python, task, folder, count)
            best[name] = min(figure, best.get(name, figure))
    return best


def table(title, rows, columns):
    print(f"\n{title}\n")
    lines = [columns, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for number, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|")


def compare_logging(pythons, quick):
    here, many = sys.executable, 50_000 if quick else 200_000
    cases = {
        "ours": (here, "log_ours", many),
        "ours, what the loop waits for": (here, "log_ours_call", 5_000),
        "ours, durability='commit'": (here, "log_ours_durable", 300),
        "raw executemany, one transaction": (here, "log_raw", many),
        "raw executemany, no index": (here, "log_raw_no_index", many),
        "raw, a commit each": (here, "log_raw_commits", 2_000),
        "ato 2.2.1": (pythons["ato 2.2.1"], "log_old", 300),
        "mlflow": (pythons["mlflow"], "log_mlflow", 200),
    }
    best = interleaved(cases, 2 if quick else 5)
    ours = best["ours"]
    rows = [
        [name, "not installed", "-"] if us is None else [name, f"{us:.2f}", f"{us / ours:.2f}x"]
        for name, us in best.items()
    ]
    table("One metric, µs (amortised, in the database at the end)", rows, ["", "µs", "of ours"])


def show_memory(quick):
    with tempfile.TemporaryDirectory() as folder:
        count = 200_000 if quick else 1_000_000
        sizes = measure(sys.executable, "memory_ours", folder, count)
    tenths = [f"{size:.0f}" for size in sizes]
    columns = [f"{(i + 1) * count // 10:,}" for i in range(10)]
    table("Resident memory in MB after so many metrics", [tenths], columns)


def compare_queries(pythons, quick):
    small = 200 if quick else 1000
    with tempfile.TemporaryDirectory() as folder:
        ours = measure(sys.executable, "ask_ours", folder, small)
        large = measure(sys.executable, "ask_ours", folder, small * 10)
        old = pythons["ato 2.2.1"] and measure(pythons["ato 2.2.1"], "ask_old", folder, small)
    rows = []
    for name, ms in ours.items():
        peer = [f"{old[name]:.2f}", f"{old[name] / ms:.1f}x"] if old else ["not installed", "-"]
        rows.append([name, f"{ms:.2f}", f"{large[name]:.2f}", *peer])
    columns = ["", f"{small} runs", f"{small * 10} runs", f"ato 2.2.1, {small} runs", "faster"]
    table("Queries, ms (each run has 10 metrics of 100 steps)", rows, columns)


def versions(pythons):
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {machine()}")
    for name, python in pythons.items():
        print(f"{name}: {version_of(python, name.split()[0]) if python else 'not installed'}")


def machine():
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            model = next((li.split(":")[1].strip() for li in file if "model name" in li), "")
    return f"{os.cpu_count()} cores, {model or platform.machine()}"


def version_of(python, name):
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run([python, "-c", code], stdout=subprocess.PIPE).stdout.decode().strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    options = parser.parse_args()
    pythons = {name: environment(name, requirement) for name, requirement in PEERS.items()}
    versions(pythons)
    compare_logging(pythons, options.quick)
    show_memory(options.quick)
    compare_queries(pythons, options.quick)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        print(json.dumps(globals()[sys.argv[2]](*json.loads(sys.argv[3]))))
    else:
        main()
