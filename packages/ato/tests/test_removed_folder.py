"""Programs and commands whose working directory was removed, as clean-ups of clusters do."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a folder in use stays there")

PROGRAM = """
import os
from ato.db_routers.sql.manager import SQLLogger
from ato.scope import Scope

scope = Scope()


@scope.observe(default=True)
def default(config):
    config.lr = 0.1
    config.data = "data/train.csv"
    config.experiment.sql.db_path = "sqlite:///FOLDER/runs.db"


@scope
def main(config):
    with SQLLogger(config).start() as run:
        run.log_metric("loss", 0.5, 0)
        if config.get("removes"):
            os.rmdir(config.removes)
        run.log_artifact(__file__, "source")
        run.log_metric("loss", 0.25, 1)


main()
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "train.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)))
    return tmp_path / "train.py"


@pytest.fixture
def in_it(tmp_path):
    """Run Python in a folder that is removed before."""

    def run(*words):
        line = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
        done = subprocess.run(
            ["bash", "-c", line, str(tmp_path / "gone"), sys.executable, *map(str, words)],
            capture_output=True,
            timeout=120,
        )
        errors = done.stderr.decode().splitlines(keepends=True)
        # Before Python 3.9 `platform` asks a shell, which has its own words for such a folder.
        errors = [line for line in errors if not line.startswith("sh: ")]
        return done.returncode, done.stdout.decode(), "".join(errors)

    return run


@pytest.mark.parametrize("word", ["manual", "explain", "print", "lr=0.2"])
def test_a_program_runs_there(program, in_it, word):
    assert in_it(program, word)[::2] == (0, "")


def test_a_run_outlives_its_folder(program, tmp_path, shell):
    line = 'mkdir gone && cd gone && exec "$@" ../train.py removes:="$PWD"'
    done = subprocess.run(["bash", "-c", line, "bash", sys.executable], cwd=str(tmp_path))
    assert done.returncode == 0
    shown = shell("-m", "ato", "show", "1", "--db", "runs.db")
    assert "completed" in shown
    assert "train.py" in shown[shown.index("artifacts") :]


@pytest.mark.parametrize("words", [["runs"], ["gc"], ["export", "x.json"], ["convert", "x.json"]])
def test_a_command_says_what_is_not_there(in_it, words):
    code, _, errors = in_it("-m", "ato", *words)
    assert code == 2
    assert len(errors.splitlines()) == 1
    assert "there is no" in errors or "required" in errors


def test_what_cannot_be_written_there_is_named(program, in_it, shell, tmp_path):
    shell("train.py")
    words = ["export", "all.json", "--db", tmp_path / "runs.db"]
    assert in_it("-m", "ato", *words) == (2, "", "ato: all.json: No such file or directory\n")
