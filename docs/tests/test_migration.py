"""The rows of the page on migrating, run on the ato 2.2.1 that was published and on ours.

ATO_TEST_OLD_PYTHON may name an interpreter that has 2.2.1; else one is made where that can be done.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

PAGE = pathlib.Path(__file__).resolve().parents[1] / "how-to" / "migrate.md"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="each program runs in a fork"),
]

VIEW = """
s = Scope()
@s.observe(default=True)
def base(config):
    config.lr = 1
"""
MAIN = """
@s
def main(config):
    return dict(config)
print(main())
"""

# Runs each program in a process of its own that has ato loaded; each writes what it printed, or the
# error that ended it.
HARNESS = """
import contextlib, io, json, os, runpy, sys, warnings
import ato.adict, ato.scope, ato.xyz
warnings.simplefilter("ignore")

def outcome(name):
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            runpy.run_path(name, run_name="__main__")
        return out.getvalue()
    except SystemExit as error:
        return "exit code %s: %s" % (error.code, err.getvalue())
    except BaseException as error:
        return "%s: %s" % (type(error).__name__, error)

outcomes = []
for number, (program, arguments) in enumerate(json.loads(sys.stdin.read())):
    name = "row%d.py" % number
    with open(name, "w") as file:
        file.write(program)
    sys.argv = [name] + arguments
    child = os.fork()
    if child == 0:
        with open(name + ".out", "w") as file:
            file.write(outcome(name))
        os._exit(0)
    os.waitpid(child, 0)
    with open(name + ".out") as file:
        outcomes.append(file.read().strip())
print(json.dumps(outcomes))
"""
HEAD = """
import copy, sys
from ato import xyz
from ato.adict import ADict
from ato.scope import Scope
"""
SCOPE = "s = Scope()\n"


class Row:
    """One row of the page: a program, and what it does on either side.

    Args:
        shown: What the page shows of the program, in its first column.
        old: A pattern for what 2.2.1 prints, or the error that ends it.
        new: The same for this release.
        program: The program; by default `shown`, whose last expression is printed.
        arguments: What is typed.
        files: The files that the program finds, by name.
    """

    def __init__(self, shown, old, new, program=None, arguments=(), files=None):
        self.shown, self.old, self.new = shown, old, new
        for name, text in (files or {}).items():
            program = f"open({name!r}, 'w').write({text!r})\n{_printed(shown)}"
        self.request = (HEAD + (program or _printed(shown)), list(arguments))


def _printed(shown):
    *statements, last = shown.split("; ")
    try:
        compile(last, "row", "eval")
    except SyntaxError:
        return "\n".join([*statements, last])
    return "\n".join([*statements, f"print(repr({last}))"])


ROWS = [
    Row("c = ADict(); c.lr", "AttributeError: lr", "<unset: lr>"),
    Row("c = ADict(); c.model.depth = 50", "AttributeError: model", "$"),
    Row(
        "c = ADict(a=ADict(b=1)); c.freeze(); c.a.b = 2",
        "$",
        "FrozenError: cannot set 'a.b'",
    ),
    Row("c = ADict(a=1); c.freeze(); copy.deepcopy(c).a = 2", "$", "FrozenError: cannot set 'a'"),
    Row(
        "c = ADict(a=[1]); c.freeze(); c.a.append(2); c.a",
        r"\[1\]",
        "FrozenError",
    ),
    Row("isinstance(ADict(), dict)", "False", "True"),
    Row('ADict(a=1).pop("b")', "None", "MissingKeyError"),
    Row("c = ADict(); c.copy = 5", "$", r"ReservedNameError: .* write config\['copy'\]"),
    Row(
        "c = ADict(a=1, b=2); list(c.items()); c.get_minimal_config()",
        r"\{'[ab]': [12], '[ab]': [12]\}",
        r"\{\}",
    ),
    Row("ADict(a=1).get_structural_hash()", "'[0-9a-f]{40}'$", "'[0-9a-f]{64}'$"),
    Row("ADict(a=1).to_xyz()", "'a: 1", "'a: 1"),
    Row(
        'c = ADict.from_file("list.yaml")',
        r"$",
        "ConfigFileError: .* yaml.safe_load",
        files={"list.yaml": "- 1\n- 2\n"},
    ),
    Row(
        'c = ADict.from_file("twice.yaml"); c',
        r"\{'a': 2\}",
        "ConfigFileError: twice.yaml:2:1",
        files={"twice.yaml": "a: 1\na: 2\n"},
    ),
    Row(
        'c = ADict.from_file("child.py")',
        r".*'_base_': 'base.py'",
        "ConfigFileError: .*ADict.from_mm_config",
        program="open('child.py', 'w').write('_base_ = \"base.py\"')\n"
        "print(ADict.from_file('./child.py'))",
    ),
    Row(
        'c = ADict.from_mm_config("child.yaml")',
        r"\{'lr': 1\}",
        "ConfigFileError: .* only a .py config may build",
        program="open('base.py', 'w').write('lr = 1')\n"
        "open('child.yaml', 'w').write('_base_: base.py')\n"
        "print(ADict.from_mm_config('child.yaml'))",
    ),
    Row(
        'c = ADict.from_mm_config("wide.py"); c.x',
        "AttributeError: 'str' object",
        "2",
        program="open('base.py', 'w').write('flag = False')\n"
        "open('wide.py', 'w').write("
        "'_base_ = \"base.py\"\\nx = 1 if {{_base_.flag}} else 2')\n"
        "print(ADict.from_mm_config('./wide.py').x)",
    ),
    Row(
        'ADict(a=None, b=1).dump("n.toml")',
        "b = 1$",
        "ConversionError: TOML cannot hold None",
        program='ADict(a=None, b=1).dump("n.toml")\nprint(open("n.toml").read())',
    ),
    Row('c = ADict.from_file("empty.yaml")', "$", "$", files={"empty.yaml": "# nothing\n"}),
    Row(
        'c = ADict.from_file("numbers.yaml"); c.x',
        "1342",
        "'22:22'",
        files={"numbers.yaml": "x: 22:22\n"},
    ),
    Row(
        'c = ADict.from_file("words.yaml"); list(c)',
        r"\[True\]",
        r"\['on'\]",
        files={"words.yaml": "on: 1\n"},
    ),
    Row(
        'c = ADict.from_file("complex.yaml"); c.x',
        r"\(?1j",
        "ConfigFileError: .* is refused",
        files={"complex.yaml": "x: !!python/complex 1j\n"},
    ),
    Row(
        'c = ADict.from_file("tuple.yaml"); c.x',
        r"\(1, 2\)",
        r"\(1, 2\)",
        files={"tuple.yaml": "x: !!python/tuple [1, 2]\n"},
    ),
    Row(
        'ADict(a=[(1, 2)]).dump("t.yaml")',
        "a:\n- !!python/tuple",
        "a:\n- - 1",
        program='ADict(a=[(1, 2)]).dump("t.yaml")\nprint(open("t.yaml").read())',
    ),
    Row('xyz.dumps({"a": 1}, format_dict={})', "'a: 1'", "TypeError: xyz.dumps has one format"),
    Row('xyz.dumps({"a": "1"})', "'a: 1'", '\'a: "1"'),
    Row(
        "entry `config.n += 1`",
        "2 3",
        "2 2",
        program=SCOPE
        + "s.config.n = 1\n@s\ndef main(config):\n    config.n += 1\n    return config.n\n"
        "print(main(), main())",
    ),
    Row(
        'mine = ADict(n=1); s = Scope(mine); s.observe("v", config=ADict(n=2), default=True);'
        " s.apply(); mine.n",
        "2",
        "1",
    ),
    Row(
        's.observe("d", config=ADict(n=1), default=True, priority=10);'
        ' s.observe("v", config=ADict(n=2), priority=-5)',
        r"\{'n': 1\}",
        r"\{'n': 2\}",
        program=SCOPE + 's.observe("d", config=ADict(n=1), default=True, priority=10)\n'
        's.observe("v", config=ADict(n=2), priority=-5)\n' + MAIN,
        arguments=["v"],
    ),
    Row(
        "two views of one name",
        r"\{'b': 1\}",
        "ViewError: .* enable_override=True",
        program=SCOPE + "@s.observe(default=True)\ndef v(config):\n    config.a = 1\n"
        "@s.observe(default=True)\ndef v(config):\n    config.b = 1\n" + MAIN,
    ),
    Row("Scope(); Scope()", "ValueError: config is already used", "<Scope 'config'"),
    Row(
        "main(2, config=mine)",
        "TypeError",
        r"\(9, 2\)",
        program=SCOPE
        + "@s\ndef main(config, k):\n    return config.n, k\nprint(main(2, config=ADict(n=9)))",
    ),
    Row(
        "lr*=2",
        r"\{'lr': 2\}",
        "exit code 2: .*write lr='config.lr\\*2'",
        program=VIEW + MAIN,
        arguments=["lr*=2"],
    ),
    Row(
        "since=2018-11-25",
        r".*'since': 1982",
        "exit code 2: .*for text write since:=2018-11-25",
        program=VIEW + MAIN,
        arguments=["since=2018-11-25"],
    ),
    Row(
        "name=5",
        "5$",
        "5 .*changes 'name' from str to int; for text write name:=5",
        program=SCOPE.replace("Scope()", "Scope(ADict(name='x'))")
        + "import io\nsys.stderr = io.StringIO()\n@s\ndef main(config):\n    return config.name\n"
        "print(main(), sys.stderr.getvalue())",
        arguments=["name=5"],
    ),
    Row(
        "--lr 5",
        r"\{'lr': 1\}",
        "exit code 2: .*write lr=value",
        program=VIEW + MAIN,
        arguments=["--lr", "5"],
    ),
    Row(
        "nope lr=3",
        r"\{'lr': 3\}",
        "exit code 2: .*unknown view 'nope'",
        program=VIEW + MAIN,
        arguments=["nope", "lr=3"],
    ),
    Row(
        "lr=abc",
        "TypeError",
        "exit code 2: .*for text write lr:=abc",
        program=VIEW + MAIN,
        arguments=["lr=abc"],
    ),
    Row(
        "lr=len([1])",
        "TypeError",
        "exit code 2: .*function calls are not allowed",
        program=VIEW + MAIN,
        arguments=["lr=len([1])"],
    ),
    Row(
        '"p:=a b"',
        r"\{'p': 'a'\}",
        r"\{'p': 'a b'\}",
        program=SCOPE + MAIN,
        arguments=["p:=a b"],
    ),
    Row("p=%a%", "SyntaxError", "exit code 2: .*p:=", program=SCOPE + MAIN, arguments=["p=%a%"]),
    Row(
        "with Scope.lazy(priority=3):",
        r"\{'x': 1\}",
        "(LazyError|exit code 2).*lazy=True, priority=",
        program=SCOPE
        + "@s.observe(default=True)\ndef v(config):\n    with Scope.lazy(priority=3):\n"
        "        config.x = 1\n" + MAIN,
    ),
    Row(
        's.runtime_trace(init_fn, inspect_fn, "id")',
        "init\n",
        "TypeError: .*write runtime_trace",
        program=SCOPE
        + '@s.runtime_trace(lambda: print("init"), len, "id")\n@s\ndef main(config):\n'
        "    return [1]\nprint(main())",
    ),
    Row(
        "use_external_parser=True`, an option that the parser does not know",
        r"\{'lr': 3.0\}",
        "exit code 2: .*unknown option '--other'",
        program="import argparse\ns = Scope(use_external_parser=True)\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)\n"
        "parser.parse_args()\n" + MAIN,
        arguments=["--lr", "3", "--other", "1"],
    ),
    Row(
        "use_external_parser=True`, `parser.parse_args()",
        r"\(Namespace\(lr=3.0\), \[\]\)",
        r"Namespace\(lr=3.0\)",
        program="import argparse\ns = Scope(use_external_parser=True)\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)\n"
        "print(parser.parse_args())\n",
        arguments=["--lr", "3"],
    ),
    Row(
        "ato.scope.parse_args_pythonic",
        "$",
        "ImportError: .* of ato 2.x is gone; leave it out",
        program="from ato.scope import parse_args_pythonic",
    ),
]


def outcomes(python, environment, folder):
    """Return what each row's program does with an interpreter."""
    done = subprocess.run(
        [str(python), "-c", HARNESS],
        input=json.dumps([row.request for row in ROWS]),
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=str(folder),
        timeout=300,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def old_python(tmp_path_factory):
    """An interpreter that has the published 2.2.1."""
    if os.environ.get("ATO_TEST_OLD_PYTHON"):
        return os.environ["ATO_TEST_OLD_PYTHON"]
    folder = tmp_path_factory.mktemp("old")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-q", "ato==2.2.1"],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            reason = done.stdout.decode(errors="replace").strip().splitlines()[-1:]
            pytest.skip(f"no environment with ato 2.2.1: {' '.join(reason)}")
    return str(python)


@pytest.fixture(scope="module")
def old(old_python, tmp_path_factory):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return outcomes(old_python, environment, tmp_path_factory.mktemp("rows"))


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    return outcomes(sys.executable, dict(os.environ), tmp_path_factory.mktemp("rows"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row.shown for row in ROWS])
def test_what_the_row_says_of_2_2_1_is_so(old, number):
    assert re.match(ROWS[number].old, old[number], re.DOTALL), old[number]


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row.shown for row in ROWS])
def test_what_the_row_says_of_this_release_is_so(new, number):
    assert re.match(ROWS[number].new, new[number], re.DOTALL), new[number]


def test_every_row_is_run():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    told = [line.split(" | ")[0] for line in lines if line.startswith("| ")]
    told = [cell for cell in told if cell != "| program"]
    missing = [cell for cell in told if not any(row.shown in cell for row in ROWS)]
    assert not missing
    assert all(any(row.shown in cell for cell in told) for row in ROWS)
