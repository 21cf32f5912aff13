"""What surrounds a run and differs: variables, threads, packages."""

import pytest
from pair import Pair, each, edit, package, write

pytestmark = pytest.mark.slow


def reads(expression, *more):
    """The program multiplies its loss by what an expression gives."""
    return [
        edit("train.py", "net.fit(rows) *", f"net.fit(rows) * float({expression}) *"),
        edit("train.py", "import data\n", "import os\n\nimport data\n"),
        *more,
    ]


GAIN = r"^The environment variable GAIN changed: "
TWO = ({"GAIN": "1"}, {"GAIN": "2"})
SETTINGS = """
import os

PREFIX = "APP"


def setting(name):
    return os.environ[f"{PREFIX}_{name.upper()}"]
"""
VARIABLES = [
    Pair("getenv", first=reads("os.getenv('GAIN')"), env=TWO, says=GAIN + "1 -> 2"),
    Pair("environ[...]", first=reads("os.environ['GAIN']"), env=TWO, says=GAIN + "1 -> 2"),
    Pair(
        "environ.get with a default",
        first=reads("os.environ.get('GAIN', 1)"),
        env=({}, {"GAIN": "2"}),
        says=GAIN + r"\(not set\) -> 2",
    ),
    Pair(
        "a variable that is no longer set",
        first=reads("os.environ.get('GAIN', 1)"),
        env=({"GAIN": "2"}, {}),
        says=GAIN + r"2 -> \(not set\)",
    ),
    Pair(
        "a variable named by a constant",
        first=[
            *reads("os.environ[names.VARIABLE]"),
            edit("train.py", "import model\n", "import model\nfrom lib import offsets as names\n"),
            edit("lib/offsets.py", "OFFSET = 0.0\n", "OFFSET = 0.0\nVARIABLE = 'GAIN'\n"),
        ],
        env=TWO,
        says=GAIN + "1 -> 2",
    ),
    Pair(
        "a variable read in another module at import",
        first=[
            edit("lib/offsets.py", '"""Offsets of values."""', "from os import environ"),
            edit("lib/offsets.py", "    OFFSET = 0.125", "    OFFSET = float(environ['GAIN'])"),
        ],
        env=TWO,
        says=GAIN + "1 -> 2",
    ),
    Pair(
        "a variable whose name is put together",
        first=reads("os.environ['GA' + 'IN']"),
        env=TWO,
        says=GAIN + "1 -> 2",
    ),
    Pair(
        "a variable whose prefix and name stand in two modules",
        first=[
            edit("train.py", "net.fit(rows) *", "net.fit(rows) * float(setting('gain')) *"),
            edit("train.py", "import model\n", "import model\nfrom lib.settings import setting\n"),
            write("lib/settings.py", SETTINGS),
        ],
        env=({"APP_GAIN": "1"}, {"APP_GAIN": "2"}),
        says=r"^The environment variable APP_GAIN changed: 1 -> 2",
    ),
    Pair(
        "variables of a prefix, gone through",
        first=reads("sum(float(os.environ[k]) for k in os.environ if k.startswith('APP_'))"),
        env=({"APP_GAIN": "1"}, {"APP_GAIN": "2"}),
        says=r"^The environment variable APP_GAIN changed: 1 -> 2",
    ),
    Pair(
        "another variable is no cause",
        first=reads("os.environ['GAIN']"),
        env=({"GAIN": "1", "OTHER": "1"}, {"GAIN": "2", "OTHER": "2"}),
        says=GAIN + "1 -> 2",
        never="OTHER",
    ),
    Pair(
        "a secret is named and not shown",
        first=reads("len(os.environ['API_TOKEN'])"),
        env=({"API_TOKEN": "abc123"}, {"API_TOKEN": "abc12345"}),
        says=r"^The environment variable API_TOKEN changed: ",
        never="abc123",
    ),
    Pair(
        "OMP_NUM_THREADS",
        env=({"OMP_NUM_THREADS": "1"}, {"OMP_NUM_THREADS": "2"}),
        says=r"^The environment variable OMP_NUM_THREADS changed: 1 -> 2",
    ),
    Pair(
        "PYTHONHASHSEED",
        first=reads("hash('a') % 100"),
        env=({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"}),
        says=r"^.*PYTHONHASHSEED.* 1 -> 2",
    ),
]

USED = [
    edit("lib/offsets.py", '"""Offsets of values."""', "import toolkit"),
    edit("lib/offsets.py", "OFFSET if value > 0", "toolkit.shift(OFFSET) if value > 0"),
]
PACKAGES = [
    Pair(
        "a version of a package that is used",
        package("2", 2),
        first=[package("1", 1), *USED],
        says=r"^toolkit, which was imported, changed: 1 -> 2",
    ),
    Pair(
        "a version of two packages, one of them used",
        package("2", 2),
        package("4", 4, name="gadget"),
        first=[package("1", 1), package("3", 3, name="gadget"), *USED],
        says=r"^toolkit, which was imported, changed: 1 -> 2",
        never="gadget",
    ),
]


@each(*VARIABLES, *PACKAGES)
def test_what_surrounds_a_run_is_named(pair, tmp_path):
    pair.check(tmp_path)
