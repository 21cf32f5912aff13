"""Every command writes to any terminal, whatever characters names and configs hold."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # a process for each command and encoding

NAME = "größe-数据-λ😀"
PROGRAM = f"""
from ato.adict import ADict
from ato.db_routers.sql.manager import SQLLogger
import sys

experiment = ADict(project_name={NAME!r}, sql=ADict(db_path="sqlite:///experiments.db"))
for lr in (0.1, 0.2):
    with SQLLogger(ADict(experiment=experiment, lr=lr, {NAME.split("-")[0]}={NAME!r})).start(
        tags=[{NAME!r}]
    ) as run:
        run.log_metric("präzision", lr, step=0)
"""
TERMINALS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "LC_ALL=C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}
COMMANDS = {
    "runs": 0,
    "runs --json": 0,
    "show 1": 0,
    "show 1 --json": 0,
    f"best {NAME} präzision": 0,
    "compare 1 2": 1,
    "compare 1 2 --json": 1,
    "tail 1": 0,
    "why 1 2": 1,
    "why 1 2 --json": 1,
    "diff a.json b.json": 1,
    "hash a.json": 0,
    "runs --where größe=nothing": 0,
    "runs --where grösse=nothing": 2,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encodings")
    (folder / "train.py").write_text(PROGRAM, encoding="utf-8")
    for name, value in (("a", 1), ("b", NAME)):
        (folder / f"{name}.json").write_text(json.dumps({NAME: value}), encoding="utf-8")
    subprocess.run([sys.executable, "train.py"], cwd=str(folder), check=True)
    return folder


def ato(folder, words, **variables):
    environment = {k: v for k, v in os.environ.items() if k not in ("ATO_DB", "LC_ALL", "LANG")}
    command = [sys.executable, "-m", "ato", *(os.fsencode(word) for word in words)]
    return subprocess.run(
        command,
        cwd=str(folder),
        env={**environment, **variables},
        capture_output=True,
        timeout=120,
    )


@pytest.mark.parametrize("terminal", TERMINALS)
def test_no_command_fails_for_a_character(folder, terminal):
    for command, code in COMMANDS.items():
        if terminal != "utf-8" and not all(ord(sign) < 128 for sign in command):
            continue  # such words cannot be typed there
        done = ato(folder, command.split(), **TERMINALS[terminal])
        assert done.returncode == code, (command, done.stderr.decode("utf-8", "replace"))
        assert b"Traceback" not in done.stderr


def test_what_the_terminal_lacks_is_escaped(folder):
    out = ato(folder, ["runs"], PYTHONIOENCODING="cp1252").stdout.decode("cp1252")
    assert "größe-\\u6570\\u636e-\\u03bb\\U0001f600" in out


def test_columns_stand_below_each_other_where_letters_are_escaped(folder):
    titles, *lines = ato(folder, ["runs"], PYTHONIOENCODING="ascii").stdout.decode().splitlines()
    place = titles.index("status")
    assert {line[place - 2 : place] for line in lines} == {"  "}
    assert all(line[place:].split()[0].isalpha() for line in lines)


def test_an_argument_that_is_no_text_is_one_line(folder):
    done = subprocess.run(
        [sys.executable, "-m", "ato", "runs", "--project", b"caf\xe9"],
        cwd=str(folder),
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
    )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "is not in the encoding of this terminal" in done.stderr.decode()


def test_a_crash_has_not_the_exit_code_of_an_answer(folder):
    code = (
        "import sys, ato_sql.cli as cli, ato._cli as ato\n"
        "def broken(finder, options): return 1 // 0\n"
        "cli._commands.compare = broken\n"
        "sys.exit(ato.main(['compare', '1', '2']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=str(folder), capture_output=True)
    assert done.returncode == 2
    assert b"ZeroDivisionError" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes output")
@pytest.mark.parametrize(("words", "code"), [("compare 1 1", 0), ("compare 1 2", 1)])
def test_with_closed_output_the_exit_code_is_the_answer(folder, words, code):
    line = f"{sys.executable} -m ato {words} >&- 2>&-"
    assert subprocess.run(["sh", "-c", line], cwd=str(folder)).returncode == code


@pytest.mark.skipif(os.name == "nt", reason="pipes of another system")
@pytest.mark.parametrize(
    ("words", "code"), [("compare 1 1", 0), ("compare 1 2", 1), ("why 1 2", 1), ("runs", 0)]
)
def test_with_nobody_who_reads_the_exit_code_is_the_answer(folder, words, code):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        command = [sys.executable, "-m", "ato", *words.split()]
        done = subprocess.run(command, cwd=str(folder), stdout=pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full")
@pytest.mark.parametrize("words", ["runs", "why 1 2", "compare 1 2", "show 1", "tail 1"])
def test_a_full_disk_is_no_answer(folder, words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ato", *words.split()],
            cwd=str(folder),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 2
    assert b"No space left" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="locales of another system")
def test_names_of_files_are_the_same_in_every_locale(tmp_path):
    (tmp_path / "é").mkdir()
    program = "from ato_sql import SQLLogger\nwith SQLLogger().start() as run:\n    "
    program += "run.log_artifact(__file__, 'program', copy=True)"
    (tmp_path / "é" / "é.py").write_text(program)
    kept = {k: v for k, v in os.environ.items() if k not in ("ATO_DB", "LC_ALL", "LANG")}

    def python(*words, **variables):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=str(tmp_path / "é"),
            env={**kept, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout.decode()

    for terminal in ("utf-8", "LC_ALL=C"):
        python("é.py", **TERMINALS[terminal])
    runs = json.loads(python("-m", "ato", "runs", "--json"))
    assert [run["project"] for run in runs] == ["é", "é"]
    assert [run["command"] for run in runs] == [["é.py"], ["é.py"]]
    for terminal in ("utf-8", "LC_ALL=C"):
        for run in ("1", "2"):
            said = python("-m", "ato", "verify", run, **TERMINALS[terminal])
            assert "the same: outputs and metrics are equal" in said
    read = "from ato_sql import SQLFinder; print(len(SQLFinder().artifacts(2)[0].read()))"
    for terminal in ("utf-8", "LC_ALL=C"):
        assert int(python("-c", read, **TERMINALS[terminal])) == len(program)
