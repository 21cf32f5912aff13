"""Nothing changed: no cause may be named."""

import pytest
from pair import Pair, each, edit, package, rename, touch, write

pytestmark = pytest.mark.slow


def in_steps(line):
    """Put a statement into a module of the program."""
    return edit("lib/steps.py", "@repeated(2)", f"{line}\n\n\n@repeated(2)")


def in_main(*lines):
    """Put statements into the program's function, before it trains."""
    text = "".join(f"    {line}\n" for line in lines)
    return edit("train.py", "    for epoch", f"{text}    for epoch")


def imports(*names, at="train.py"):
    """Import modules first."""
    first = {"train.py": "import data\n", "model.py": "import random\n"}[at]
    return edit(at, first, "".join(f"import {name}\n" for name in names) + first)


FOR_TYPES = """from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import decimal

T = TypeVar("T")
"""
FOR_PEOPLE = """import functools
from typing import List, Protocol

__author__ = "somebody"
__version__ = "2"
Rows = List[float]


class Sized(Protocol):
    def __len__(self) -> int: ...
"""
BY = "BY = 0.5\n\n\ndef scaled(value):\n    return value * BY\n\n\n"
LOOKS = [
    Pair("nothing at all"),
    Pair("files saved again", touch("train.py", "model.py", "lib/layers.py", "data/train.csv")),
    Pair("comments", edit("model.py", "DECAY = 0.5", "# how fast\nDECAY = 0.5  # a half")),
    Pair(
        "layout",
        edit("lib/scaling.py", "scaled(value, by=0.5)", "scaled(\n    value,\n    by=0.5,\n)"),
    ),
    Pair(
        "docstrings",
        edit("lib/scaling.py", '"""Scaling of values."""', '"""Scale."""'),
        edit("lib/offsets.py", "def offset(value):", 'def offset(value):\n    """Say how far."""'),
    ),
    Pair(
        "annotations",
        edit("lib/steps.py", "def warm(epoch):", "def warm(epoch: int) -> int:"),
        edit("model.py", "        total = self", "        total: float = self"),
    ),
    Pair(
        "names of local variables",
        edit("model.py", "        total = self", "        amount = self"),
        edit(
            "model.py",
            "total * self.lr * self.gain + self.penalty(total)",
            "amount * self.lr * self.gain + self.penalty(amount)",
        ),
    ),
    Pair(
        "the name of a parameter",
        edit(
            "lib/steps.py",
            "def warm(epoch):\n    return 1 + epoch",
            "def warm(step):\n    return 1 + step",
        ),
    ),
    Pair(
        "imports in another order",
        edit(
            "train.py",
            "import model\nfrom lib.steps import schedule\n",
            "from lib.steps import schedule\nimport model\n",
        ),
    ),
    Pair("imports for type checkers", edit("model.py", "import random\n", FOR_TYPES)),
    Pair(
        "another spelling of imports",
        edit("model.py", "from lib import losses\n", "import lib.losses as crit\n"),
        edit("model.py", "losses.loss(row)", "crit.loss(row)"),
    ),
    Pair(
        "an import inside a function that nobody uses",
        edit("lib/layers.py", "    return value**by", "    import math\n\n    return value**by"),
    ),
    Pair(
        "a function and its constant moved to another module",
        edit("lib/scaling.py", BY, "from lib.offsets import BY, scaled  # noqa\n"),
        edit("lib/offsets.py", "OFFSET = 0.0\n", BY + "OFFSET = 0.0\n"),
        first=[write("lib/scaling.py", BY)],
    ),
    Pair(
        "an import that nobody uses",
        edit("model.py", "import random\n", "import random\nimport string\n"),
    ),
    Pair(
        "a function moved within its file",
        edit("lib/steps.py", "def warm(epoch):\n    return 1 + epoch\n\n\n", ""),
        edit(
            "lib/steps.py",
            "    return epoch\n",
            "    return epoch\n\n\ndef warm(epoch):\n    return 1 + epoch\n",
        ),
    ),
    Pair(
        "quotes and numbers written otherwise",
        edit("model.py", '"linear"', "'linear'"),
        edit("lib/scaling.py", "by=0.5", "by=5e-1"),
    ),
    Pair(
        "what only people and type checkers read",
        edit("lib/steps.py", "import functools\n", FOR_PEOPLE),
        first=[edit("lib/offsets.py", "OFFSET = 0.0\n", "OFFSET = 0.0\n__version__ = '1'\n")],
    ),
    Pair(
        "the docstring of a function that is a config value",
        edit(
            "model.py",
            "return MODELS[name](config)",
            '"""Build."""\n    return MODELS[name](config)',
        ),
        first=[
            edit("train.py", "config.seed = 1", "config.seed = 1\n    config.make = model.build")
        ],
    ),
    Pair("another order of the words", words=("lr=0.2 seed=3", "seed=3 lr=0.2")),
    Pair("a default that is typed out", words=("", "lr=0.1")),
]

PLACES = [
    Pair("another folder", moves=True),
    Pair(
        "an unrelated file",
        write("notes.txt", "a"),
        write("data/other.csv", "a,b\n1,2\n"),
        write("tool.py", "x = 1\n"),
    ),
    Pair(
        "a job of a scheduler",
        env=(
            {
                "SLURM_JOB_ID": "1",
                "HOSTNAME": "node1",
                "HOME": "/home/a",
                "PWD": "/a",
                "TMPDIR": "/tmp",
            },
            {
                "SLURM_JOB_ID": "2",
                "HOSTNAME": "node2",
                "HOME": "/home/b",
                "PWD": "/b",
                "TMPDIR": "/var/tmp",
            },
        ),
        first=[
            imports("os"),
            in_main("job = [os.environ[n] for n in ('SLURM_JOB_ID', 'HOSTNAME', 'HOME')]"),
        ],
    ),
    Pair(
        "variables that the program does not read",
        env=({"EDITOR": "vi"}, {"EDITOR": "ed", "LS_COLORS": "x", "MY_OWN": "1"}),
    ),
    Pair(
        "all variables handed on",
        env=({"MY_OWN": "1"}, {"MY_OWN": "2"}),
        first=[imports("os"), in_main("child = dict(os.environ)", "child.update(A='1')")],
    ),
    Pair("an unrelated package installed", package("1", 1)),
    Pair("an unrelated package of another version", package("2", 2), first=[package("1", 1)]),
    Pair(
        "a helper of the same text in another file",
        rename("lib/losses.py", "lib/criteria.py"),
        edit("model.py", "from lib import losses", "from lib import criteria as losses"),
    ),
]

OF_RUN = [
    Pair(
        "a list that grows",
        first=[
            in_steps("HISTORY = []"),
            edit(
                "lib/steps.py",
                "    return 1 + epoch",
                "    HISTORY.append(epoch)\n    return 1 + epoch",
            ),
        ],
    ),
    Pair(
        "a best value that the run keeps",
        first=[
            in_steps("BEST = {'loss': None}"),
            edit(
                "lib/steps.py",
                "    return 1 + epoch",
                "    BEST['loss'] = epoch\n    return 1 + epoch",
            ),
        ],
    ),
    Pair(
        "a memo cache",
        first=[edit("lib/steps.py", "def warm", "@functools.lru_cache(maxsize=None)\ndef warm")],
    ),
    Pair(
        "time stamps, uuids and process ids",
        first=[
            imports("os", "time", "uuid"),
            edit(
                "train.py",
                "scope = Scope()",
                "scope = Scope()\nNOW, PID = time.time(), os.getpid()\nNAME = str(uuid.uuid4())",
            ),
        ],
    ),
    Pair(
        "a set constant",
        first=[
            in_steps("NAMES = {'a', 'b', 'c', 'd'}"),
            edit("lib/steps.py", "return 1 + epoch", "return len(NAMES) - 3 + epoch"),
        ],
    ),
    Pair(
        "a logger",
        first=[
            imports("logging", at="model.py"),
            edit("model.py", "DECAY = 0.5", "DECAY = 0.5\nlog = logging.getLogger(__name__)"),
            edit(
                "model.py", "        total = self", "        log.info('fit')\n        total = self"
            ),
        ],
    ),
    Pair(
        "a generator of random numbers",
        first=[
            edit("model.py", "DECAY = 0.5", "DECAY = 0.5\nRNG = random.Random(0)"),
            edit("model.py", "+ self.noise", "+ RNG.random()"),
        ],
    ),
    Pair(
        "a dictionary keyed by functions",
        first=[
            edit(
                "lib/steps.py",
                "    return epoch\n",
                "    return epoch\n\n\nTABLE = {warm: 1, spare: 2}\n",
            ),
            edit("lib/steps.py", "return 1 + epoch", "return TABLE[warm] + epoch"),
        ],
    ),
    Pair(
        "a path made of __file__",
        first=[
            imports("os"),
            edit(
                "train.py",
                "scope = Scope()",
                "scope = Scope()\nHERE = os.path.dirname(os.path.abspath(__file__))",
            ),
            edit(
                "train.py", "data.load(config.table)", "data.load(os.path.join(HERE, config.table))"
            ),
        ],
    ),
]

DATA = """
import json
import subprocess
import sys


def load(path):
    print(subprocess.check_output([sys.executable, "report.py"]))
    with open("data/options.json") as file:
        return json.load(file)["values"]
"""
WRITES = [
    Pair(
        "the layout of data and of a script",
        write("data/options.json", '{\n  "values": [1.0, 2.0]\n}\n'),
        write("report.py", "print( 1 )  # one\n"),
        first=[
            write("data.py", DATA),
            write("data/options.json", '{"values": [1.0, 2.0]}'),
            write("report.py", "print(1)\n"),
        ],
    ),
    Pair(
        "a cache that the first run made",
        first=[
            imports("os"),
            in_main(
                "if not os.path.exists('tokens.txt'):",
                "    with open('tokens.txt', 'w') as file:",
                "        file.write('a b')",
                "else:",
                "    open('tokens.txt').read()",
            ),
        ],
    ),
    Pair(
        "a counter that is opened to read and write",
        first=[
            write("count.txt", "0"),
            in_main(
                "with open('count.txt', 'r+') as file:",
                "    count = int(file.read())",
                "    file.seek(0)",
                "    file.write(f'{count + 1:08d}')",
                "open('count.txt').read()",
            ),
        ],
    ),
    Pair(
        "a file that the run writes and reads again",
        first=[
            imports("os"),
            in_main(
                "with open('out.txt', 'w') as file:",
                "    file.write(str(os.getpid()))",
                "open('out.txt').read()",
            ),
        ],
    ),
    Pair(
        "a temporary file",
        first=[
            imports("os", "tempfile"),
            in_main(
                "with tempfile.NamedTemporaryFile('w+', dir='.') as file:",
                "    file.write(str(os.getpid()))",
                "    file.flush()",
                "    open(file.name).read()",
            ),
        ],
    ),
    Pair(
        "a cache file that the run updates",
        first=[
            imports("json", "os"),
            in_main(
                "seen = json.load(open('seen.json')) if os.path.exists('seen.json') else []",
                "with open('seen.json', 'w') as file:",
                "    json.dump([*seen, os.getpid()], file)",
            ),
        ],
    ),
    Pair(
        "a checkpoint of its own, replaced",
        first=[
            imports("os"),
            in_main(
                "with open('last.ckpt.tmp', 'w') as file:",
                "    file.write(str(os.getpid()))",
                "os.replace('last.ckpt.tmp', 'last.ckpt')",
                "open('last.ckpt').read()",
            ),
        ],
    ),
    Pair(
        "a log that is appended to",
        first=[
            imports("os"),
            in_main(
                "with open('train.log', 'a+') as file:",
                "    file.write(f'{os.getpid()}')",
                "    file.seek(0)",
                "    file.read()",
            ),
        ],
    ),
]

TRACE = """@scope.trace(trace_id="step", follow=True)
@scope.runtime_trace(trace_id="step")
def step(net, rows, epoch):
    return net.fit(rows) * schedule(epoch)


@scope
def main"""


def traced(pair):
    """The same pair, with a traced function that uses all of it."""
    steps = [
        edit("train.py", "@scope\ndef main", TRACE),
        edit(
            "train.py", '"loss", net.fit(rows) * schedule(epoch)', '"loss", step(net, rows, epoch)'
        ),
    ]
    return Pair(
        f"{pair.name}, traced",
        *pair.change,
        first=[*pair.first, *steps],
        words=pair.words,
        env=pair.env,
        fails=pair.fails,
    )


@each(*LOOKS, *PLACES, *OF_RUN)
def test_nothing_is_named(pair, tmp_path):
    pair.check(tmp_path)


@each(*(traced(pair) for pair in [*LOOKS[:11], *OF_RUN]))
def test_nothing_is_named_of_a_traced_function(pair, tmp_path):
    pair.check(tmp_path)


@pytest.mark.skipif("sys.version_info < (3, 8)", reason="Python does not tell what is read")
@each(*WRITES)
def test_what_a_run_writes_itself_is_not_named(pair, tmp_path):
    pair.check(tmp_path)
