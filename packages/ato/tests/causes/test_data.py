"""Files that a run read, and that changed."""

import sys

import pytest
from pair import Pair, arrays, each, edit, gzipped, link, remove, write

pytestmark = pytest.mark.slow

TABLE = "data/train.csv"
ONE_CELL = edit(TABLE, "2.5", "3.5")


def reader(text):
    """A data.py of another kind."""
    return write("data.py", text)


CELL = [
    Pair(
        "a cell of a table",
        ONE_CELL,
        says=r"^data/train\.csv changed .*read by load",
        shows=[r"line 3: b,2\.5 -> b,3\.5", r"loss: .* -> .*%"],
    ),
    Pair(
        "a row of a table",
        edit(TABLE, "c,4\n", "c,4\nd,5\n"),
        says=r"^data/train\.csv changed \(25 -> 29 bytes",
        shows=r"line 5 is new: d,5",
    ),
    Pair(
        "a row was deleted",
        edit(TABLE, "a,1\n", ""),
        says=r"^data/train\.csv changed",
        shows=r"line 2 is gone: a,1",
    ),
    Pair(
        "a changed file of the same size and time",
        lambda folder: _keep_time(folder / TABLE, ONE_CELL, folder),
        says=r"^data/train\.csv changed",
    ),
    Pair(
        "a table and who read it in another module",
        ONE_CELL,
        first=[
            write("lib/files.py", "def text_of(path):\n    return open(path).read()\n"),
            reader(
                """
                from lib.files import text_of


                def load(path):
                    return [float(row.split(",")[1]) for row in text_of(path).split()[1:]]
                """
            ),
        ],
        says=r"^data/train\.csv changed .*text_of",
    ),
]

SPLIT = """
import pathlib


def load(path):
    chosen = set(pathlib.Path("data/split.txt").read_text().split())
    rows = [row.split(",") for row in pathlib.Path(path).read_text().split()]
    return [float(value) for name, value in rows if name in chosen]
"""
YAML = """
import yaml


def load(path):
    with open("data/options.yaml") as file:
        return yaml.safe_load(file)["values"]
"""
JSON = """
import json


def load(path):
    with open("data/values.json") as file:
        return json.load(file)
"""
NUMPY = """
import numpy as np


def load(path):
    return np.load("data/values.npz")["x"].tolist()
"""
LOADTXT = """
import numpy as np


def load(path):
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=1).tolist()
"""
GZIP = """
import gzip


def load(path):
    with gzip.open("data/values.txt.gz", "rt") as file:
        return [float(line) for line in file]
"""
BINARY = """
import struct


def load(path):
    with open("data/values.bin", "rb") as file:
        return list(struct.unpack("3d", file.read()))
"""
INI = """
import configparser


def load(path):
    parser = configparser.ConfigParser()
    parser.read("data/values.ini")
    return [float(parser["values"]["x"])]
"""
PICKLE = """
import pickle


def load(path):
    with open("data/weights.pkl", "rb") as file:
        return pickle.load(file)
"""
FORMATS = [
    Pair(
        "a split file",
        write("data/split.txt", "a\nc\n"),
        first=[reader(SPLIT), write("data/split.txt", "a\nb\n")],
        says=r"^data/split\.txt changed",
        shows="line 2: b -> c",
    ),
    Pair(
        "a YAML file",
        edit("data/options.yaml", "2.5", "2.25"),
        first=[reader(YAML), write("data/options.yaml", "values:\n  - 1.0\n  - 2.5\n")],
        says=r"^data/options\.yaml changed",
        shows=r"- 2\.5 -> +- 2\.25",
    ),
    Pair(
        "a JSON file",
        write("data/values.json", "[1, 2, 4]"),
        first=[reader(JSON), write("data/values.json", "[1, 2, 3]")],
        says=r"^data/values\.json changed",
        shows=r"\[1, 2, 3\] -> \[1, 2, 4\]",
    ),
    Pair(
        "an archive of NumPy arrays",
        arrays("data/values.npz", x=[1.0, 2.0, 4.0]),
        first=[reader(NUMPY), arrays("data/values.npz", x=[1.0, 2.0, 3.0])],
        says=r"^data/values\.npz changed .*read by load",
    ),
    Pair("a table read by NumPy", ONE_CELL, first=[reader(LOADTXT)], says=r"^data/train\.csv ch"),
    Pair(
        "a compressed file",
        gzipped("data/values.txt.gz", "1\n5\n"),
        first=[reader(GZIP), gzipped("data/values.txt.gz", "1\n2\n")],
        says=r"^data/values\.txt\.gz changed",
    ),
    Pair(
        "a binary file",
        write("data/values.bin", bytes(23) + b"?"),
        first=[reader(BINARY), write("data/values.bin", bytes(24))],
        says=r"^data/values\.bin changed \(same size, 24 bytes",
    ),
    Pair(
        "an INI file",
        write("data/values.ini", "[values]\nx = 2\n"),
        first=[reader(INI), write("data/values.ini", "[values]\nx = 1\n")],
        says=r"^data/values\.ini changed",
        shows="x = 1 -> x = 2",
    ),
    Pair(
        "pickled weights",
        write("data/weights.pkl", b"(F1.0\nF3.0\nl."),
        first=[reader(PICKLE), write("data/weights.pkl", b"(F1.0\nF2.0\nl.")],
        says=r"^data/weights\.pkl changed",
    ),
]

FOLDER = """
import glob


def load(path):
    return [float(open(name).read()) for name in sorted(glob.glob("data/parts/*.txt"))]
"""
OPTIONAL = """
import os


def load(path):
    values = [1.0, 2.0]
    if os.path.exists("data/extra.txt"):
        values.append(float(open("data/extra.txt").read()))
    return values
"""
THREAD = """
import concurrent.futures


def read(path):
    with open(path) as file:
        return [float(line.split(",")[1]) for line in list(file)[1:]]


def load(path):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(read, path).result()
"""
WORKER = THREAD.replace("import concurrent.futures", "import multiprocessing").replace(
    """    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(read, path).result()
""",
    """    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(read, [path])[0]
""",
)
SCRIPT = """
import subprocess
import sys


def load(path):
    printed = subprocess.check_output([sys.executable, "prepare.py", f"--table={path}"])
    return [float(one) for one in printed.split()]
"""
BY_PROGRAMS = [
    Pair(
        "a script that it runs",
        edit("prepare.py", "print(2)", "print(3)"),
        first=[reader(SCRIPT), write("prepare.py", "print(2)\n")],
        says=r"^prepare\.py changed .*read by load",
    ),
    Pair(
        "a table that it hands to a script",
        ONE_CELL,
        first=[
            reader(SCRIPT),
            write("prepare.py", "print(len(open('data/train.csv').read().split('2.5')))\n"),
        ],
        says=r"^data/train\.csv changed .*read by load",
    ),
]
UPDATED = """
def load(path):
    with open(path, "r+b") as file:
        return [float(line.split(b",")[1]) for line in file.readlines()[1:]]
"""
BESIDE = """
def load(path):
    return [float(open("../shared/values.txt").read()), float(open(".data/x.txt").read())]
"""
SHELL = """
import subprocess


def load(path):
    printed = subprocess.check_output(f"tail -n +2 <{path}|cut -d, -f2", shell=True)
    return [float(one) for one in printed.split()]
"""
NAMED_BY_SCRIPT = """
with open("data/train.csv") as file:
    for line in file:
        print(line.split(",")[1].replace("value", "0"))
"""
SPAWNED = """
import multiprocessing

from lib.losses import read


def load(path):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(read, [path])[0]
"""
PLUGIN = """
import importlib.util


def load(path):
    spec = importlib.util.spec_from_file_location("plugin", "plugins/rows.py")
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    return plugin.ROWS
"""
UNNOTICED = [
    Pair("a file opened to read and write", ONE_CELL, first=[reader(UPDATED)], says=r"^data/train"),
    Pair(
        "data beside the project",
        write("../shared/values.txt", "3"),
        first=[reader(BESIDE), write("../shared/values.txt", "2"), write(".data/x.txt", "1")],
        says=r"shared/values\.txt changed",
    ),
    Pair(
        "data in a hidden folder",
        write(".data/x.txt", "3"),
        first=[reader(BESIDE), write("../shared/values.txt", "2"), write(".data/x.txt", "1")],
        says=r"^\.data/x\.txt changed",
    ),
    Pair("a table that a shell's line names", ONE_CELL, first=[reader(SHELL)], says=r"^data/train"),
    Pair(
        "a table that a script names",
        ONE_CELL,
        first=[
            reader(SCRIPT.replace('"prepare.py", f"--table={path}"', '"prepare.py"')),
            write("prepare.py", NAMED_BY_SCRIPT),
        ],
        says=r"^data/train\.csv changed .*read in prepare\.py",
    ),
    Pair(
        "a file read by a spawned process",
        ONE_CELL,
        first=[
            reader(SPAWNED),
            edit("train.py", "\nmain()\n", "\nif __name__ == '__main__':\n    main()\n"),
            edit(
                "lib/losses.py",
                "import importlib\n",
                "import importlib\n\n\ndef read(path):\n"
                "    return [float(row.split(',')[1]) for row in open(path).readlines()[1:]]\n",
            ),
        ],
        says=r"^data/train\.csv changed .*read by read in lib/losses\.py",
    ),
    Pair(
        "code that becomes no module",
        write("plugins/rows.py", "ROWS = [1.0, 3.0]\n"),
        first=[reader(PLUGIN), write("plugins/rows.py", "ROWS = [1.0, 2.0]\n")],
        says=r"^plugins/rows\.py changed",
    ),
]
AT_IMPORT = """
with open("data/train.csv") as file:
    ROWS = [float(line.split(",")[1]) for line in list(file)[1:]]


def load(path):
    return ROWS
"""
NAMED_BY_CONFIG = """
import pathlib


def load(path):
    return [float(one) for one in pathlib.Path("../elsewhere/values.txt").read_bytes().split()]
"""
PLACES = [
    Pair(
        "a file more in a folder",
        write("data/parts/c.txt", "3"),
        first=[reader(FOLDER), write("data/parts/a.txt", "1"), write("data/parts/b.txt", "2")],
        says=r"^data/parts/c\.txt .*second run",
        never=r"parts/[ab]\.txt",
    ),
    Pair(
        "one file of a folder",
        write("data/parts/b.txt", "3"),
        first=[reader(FOLDER), write("data/parts/a.txt", "1"), write("data/parts/b.txt", "2")],
        says=r"^data/parts/b\.txt changed",
        never=r"parts/a\.txt",
    ),
    Pair(
        "a file that is gone",
        remove("data/extra.txt"),
        first=[reader(OPTIONAL), write("data/extra.txt", "3")],
        says=r"^data/extra\.txt .*first run",
    ),
    Pair("a file read by a thread", ONE_CELL, first=[reader(THREAD)], says=r"^data/train\.csv ch"),
    Pair(
        "a file read by a worker process",
        ONE_CELL,
        first=[reader(WORKER)],
        says=r"^data/train\.csv changed .*read by read",
    ),
    Pair(
        "a file read at import, after the scope was made",
        ONE_CELL,
        first=[
            reader(AT_IMPORT),
            edit("train.py", "import data\n", ""),
            edit("train.py", "scope = Scope()", "scope = Scope()\nimport data"),
        ],
        says=r"^data/train\.csv changed",
    ),
    Pair(
        "a file read at import, before ato was imported",
        ONE_CELL,
        first=[reader(AT_IMPORT)],
        says=r"^data/train\.csv changed .*read by data in data\.py:2",
    ),
    Pair(
        "a file outside the project, named by a config key",
        write("../elsewhere/values.txt", "1 3"),
        first=[reader(NAMED_BY_CONFIG), write("../elsewhere/values.txt", "1 2")],
        words=["table:=../elsewhere/values.txt"] * 2,
        says=r"elsewhere/values\.txt changed",
    ),
    Pair(
        "a file below a folder that a config key names",
        write("../elsewhere/values.txt", "1 3"),
        first=[reader(NAMED_BY_CONFIG), write("../elsewhere/values.txt", "1 2")],
        words=["table:=../elsewhere"] * 2,
        says=r"elsewhere/values\.txt changed",
    ),
    Pair(
        "the target of a link",
        write("../elsewhere/train.csv", "name,value\na,2\n"),
        first=[
            write("../elsewhere/train.csv", "name,value\na,1\n"),
            link(TABLE, "../../elsewhere/train.csv"),
        ],
        says=r"^data/train\.csv changed",
    ),
    Pair(
        "a link that points elsewhere",
        link(TABLE, "new.csv"),
        first=[
            write("data/old.csv", "name,value\na,1\n"),
            write("data/new.csv", "name,value\na,2\n"),
            link(TABLE, "old.csv"),
        ],
        says=r"^data/train\.csv changed",
    ),
]

BY_HAND = [
    Pair(
        "an array that was logged",
        edit("train.py", "[1.0, 2.0]", "[1.0, 3.0]"),
        first=[
            edit(
                "train.py",
                "    rows = ",
                "    logger.log_input(np.array([1.0, 2.0]), 'x')\n    rows = ",
            ),
            edit("train.py", "import data", "import numpy as np\n\nimport data"),
        ],
        says=[r"train\.main changed|^x changed", r"^x changed"],
    ),
    Pair(
        "an artifact that was logged",
        write("weights.bin", b"bb"),
        first=[
            write("weights.bin", b"aa"),
            edit(
                "train.py",
                "    logger.finish",
                "    run_id = logger.get_current_run_id()\n"
                "    logger.log_artifact(run_id, 'weights.bin', 'weights')\n    logger.finish",
            ),
        ],
        says=r"weights\.bin",
    ),
]


@each(*CELL, *FORMATS, *PLACES, *BY_PROGRAMS, *UNNOTICED)
@pytest.mark.skipif("sys.version_info < (3, 8)", reason="Python does not tell what is read")
def test_a_file_that_was_read_is_named(pair, tmp_path):
    pair.check(tmp_path)


@each(*BY_HAND)
def test_what_was_logged_by_hand_is_named(pair, tmp_path):
    pair.check(tmp_path)


def _keep_time(path, change, folder):
    import os

    found = path.stat()
    change(folder)
    os.utime(str(path), ns=(found.st_atime_ns, found.st_mtime_ns))


COUNTS = """
    import json, os

    from ato.scope import Scope
    from ato_sql import SQLLogger

    scope = Scope()

    @scope
    def main(config):
        {logger}
        seen = json.load(open("seen.json")) if os.path.exists("seen.json") else 0
        json.dump(seen + 1, open("seen.json", "w"))
        run.log_metric("loss", 1 / (seen + 1), step=0)

    main()
"""
STARTED = COUNTS.format(logger="run = SQLLogger(config).start()")
WITHOUT_FINISH = [
    Pair(
        "a table, in a program that never calls finish",
        ONE_CELL,
        first=[edit("train.py", "    logger.finish()\n", "")],
        says=r"^data/train\.csv changed .*read by load",
    ),
    Pair(
        "a statement of the program itself, which never calls finish",
        edit("train.py", "net.fit(rows) *", "2 * net.fit(rows) *"),
        first=[edit("train.py", "    logger.finish()\n", "")],
        says=r"^train\.main changed \(train\.py:\d+\)",
    ),
    Pair(
        "what the first run left for the second",
        first=[write("train.py", STARTED)],
        says=r"only the second run read seen\.json, which",
    ),
    Pair(
        "what each run read and left for the next",
        first=[write("train.py", STARTED), write("seen.json", "4")],
        says=r"both runs read and then wrote seen\.json",
    ),
]


@each(*WITHOUT_FINISH)
def test_a_run_that_nobody_finishes_is_recorded_as_any_other(pair, tmp_path):
    pair.check(tmp_path)


LITERAL = """
def load(path):
    return [float(open({path!r}).read())]
"""
WORKERS = """
import multiprocessing


def value_of(path):
    return float(open(path).read())


def load(path):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(value_of, ["data/values.txt"])
"""
SHELL = """
import subprocess


def load(path):
    return [float(subprocess.check_output("cat data/values.txt | tail -n 1", shell=True))]
"""


def hard_coded(folder):
    """A data.py that reads a file elsewhere by its absolute path, as its text says."""
    path = str(folder.parent / "elsewhere" / "values.txt")
    reader(LITERAL.format(path=path))(folder)


ONE, TWO = (write("../elsewhere/values.txt", text) for text in ("1", "2"))
ELSEWHERE = [
    Pair(
        "a file outside the project that stands in the program's text",
        TWO,
        first=[hard_coded, ONE],
        says=r"elsewhere/values\.txt changed .*read by load",
    ),
    Pair(
        "a file that a spawned worker reads",
        write("data/values.txt", "2"),
        first=[
            reader(WORKERS),
            write("data/values.txt", "1"),
            edit("train.py", "\nmain()", '\nif __name__ == "__main__":\n    main()'),
        ],
        says=r"^data/values\.txt changed .*read by value_of",
    ),
    Pair(
        "a file that a line of the shell names",
        write("data/values.txt", "2"),
        first=[reader(SHELL), write("data/values.txt", "1")],
        says=r"^data/values\.txt changed .*read by load",
    ),
]


@pytest.mark.skipif(sys.version_info < (3, 8), reason="reads are not told")
@each(*ELSEWHERE)
def test_what_is_read_elsewhere_or_by_others_counts_where_the_program_names_it(pair, tmp_path):
    pair.check(tmp_path)
