"""What recording a run's inputs, sources and environment costs, beside the same program without.

    python benchmarks/recording.py [--rounds 7] [--megabytes 256] [--runs 10000]

Four measurements: the start of a project of 200 modules, imported before ato, whose hook then
notices nothing of them, or after it; a hot loop that reads no file; a loop
that reads files, which are hashed meanwhile; and `ato why` on a database of many runs. Programs
run in processes of their own, interleaved; figures are medians of the differences of pairs, of
processor time (all threads) but for the loop that reads, which is timed by the clock.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = Path(__file__).resolve().parent.parent / "packages"
PATH = os.pathsep.join(str(package / "src") for package in PACKAGES.iterdir())
MODULES = 200
MODULE = "".join(
    f"def function_{n}(rows, rate=0.{n}):\n"
    f'    """Do the {n}th thing to some rows."""\n'
    "    total = 0.0\n"
    "    for row in rows:\n"
    "        total += row * rate  # weighted\n"
    "    return total\n\n\n"
    for n in range(1, 10)
)
PROGRAM = """
from time import {clock} as clock
began = clock()
{imports}
from ato.scope import Scope
from ato_sql import SQLLogger
{late}

scope = Scope()


@scope.observe(default=True)
def defaults(config):
    config.mode = "none"
    config.experiment.project_name = "recording"
    config.experiment.sql.db_path = "experiments.db"


@scope
def main(config):
    if config.mode == "bare":
        config.experiment.sql.update(source=False, inputs=False)
    logger = SQLLogger(config) if config.mode != "none" else None
    if logger:
        logger.run()
    started = clock()
    {loop}
    looped = clock()
    if logger:
        logger.finish()
    print(started - began, looped - started, clock() - looped)


main()
"""
ARITHMETIC = "x = 0.0\n    for n in range(2_000_000):\n        x += n * 0.5"
EVENTS = "x = 0\n    for n in range(2_000_000):\n        x ^= id(n)"
READING = """for n in range({count}):
        with open(f"data/{{n}}.bin", "rb") as file:
            data = file.read()
        x = sum(k * k for k in range(100_000))"""


def main():
    options = _options()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder) / "start", options.rounds)
        for name, loop in (("arithmetic", ARITHMETIC), ("audit events", EVENTS)):
            hot_loop(Path(folder) / name.split()[0], options.rounds, name, loop)
        reading(Path(folder) / "reading", options.rounds, options.megabytes)
        why(Path(folder) / "why", options.rounds, options.runs)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--megabytes", type=int, default=256, help="read by the loop, in all")
    parser.add_argument("--runs", type=int, default=10_000, help="in the database of `ato why`")
    return parser.parse_args()


def start(folder, rounds):
    """The first lines of a program until its run is recorded."""
    names = [f"part_{n}" for n in range(MODULES)]
    imports = f"import {', '.join(names)}"
    after = folder.with_name("after")
    make(folder, "pass", imports=imports)
    make(after, "pass", late=imports)
    for name in names:
        (folder / f"{name}.py").write_text(MODULE)
        (after / f"{name}.py").write_text(MODULE)
    difference = pairs(folder, rounds, 0, "bare", "all")
    show(f"start, {MODULES} modules", 1000 * difference, "ms", "beside a run without them", 50)
    run(after, "all")
    found = [(run(folder, "all")[0], run(after, "all")[0]) for _ in range(rounds)]
    difference = statistics.median(late - early for early, late in found)
    show("the same modules imported after ato", 1000 * difference, "ms", "more", 50)


def hot_loop(folder, rounds, name, loop):
    make(folder, loop)
    difference = pairs(folder, rounds, 1, "none", "all") / 2_000_000
    show(f"an iteration of {name}", 1e6 * difference, "µs", "beside no tracking", 1)


def reading(folder, rounds, megabytes):
    count = max(1, megabytes // 4)
    make(folder, READING.format(count=count), clock="perf_counter")
    (folder / "data").mkdir()
    for n in range(count):
        (folder / "data" / f"{n}.bin").write_bytes(os.urandom(4 << 20))
    untracked = statistics.median(run(folder, "none")[1] for _ in range(2))
    difference = pairs(folder, rounds, 1, "none", "all")
    show(f"a loop that reads {megabytes} MB", 100 * difference / untracked, "%", "of its time", 5)
    print(f"  at its end hashing takes {run(folder, 'all')[2]:.2f} s more")


def why(folder, rounds, runs):
    """Two runs of a program, the first and the last of many."""
    make(folder, "pass")
    run(folder, "all")
    fill = f"""
from ato_adict import ADict
from ato_sql import SQLLogger
for n in range({runs - 2}):
    config = ADict(lr=n, mode="all")
    config.experiment = {{"project_name": "recording", "sql": {{"db_path": "experiments.db"}}}}
    with SQLLogger(config).start() as run:
        run.log_metric("loss", 1 / (n + 1), step=1)
"""
    python(folder, "-c", fill)
    (folder / "train.py").write_text((folder / "train.py").read_text().replace("pass", "x = 1"))
    run(folder, "all")
    words = ["-m", "ato", "why", "1", str(runs)]
    times = [timed(lambda: python(folder, *words, code=1)) for _ in range(rounds)]
    bare = [timed(lambda: python(folder, "-c", "pass")) for _ in range(rounds)]
    show(f"ato why among {runs} runs", statistics.median(times), "s", "a whole process", 0.3)
    print(f"  of which Python itself takes {statistics.median(bare):.3f} s")


# -- one program, again and again ------------------------------------------------------------------


def make(folder, loop, imports="", late="", clock="process_time"):
    folder.mkdir()
    text = PROGRAM.format(loop=loop, imports=imports, late=late, clock=clock)
    (folder / "train.py").write_text(text)


def pairs(folder, rounds, part, *modes):
    """The median of how much longer a part of the program takes in the second mode."""
    for mode in modes:
        run(folder, mode)  # byte code, caches
    found = [[run(folder, mode)[part] for mode in modes] for _ in range(rounds)]
    return statistics.median(second - first for first, second in found)


def run(folder, mode):
    return [float(word) for word in python(folder, "train.py", f"mode:={mode}").split()]


def python(folder, *words, code=0):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=str(folder),
        env={**os.environ, "PYTHONPATH": PATH},
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(what, figure, unit, beside, goal):
    print(f"{what}: {figure:.3g} {unit} {beside} (goal: at most {goal} {unit})")


if __name__ == "__main__":
    main()
