"""What is recorded of the program that a run is of: command, folder, interpreter, environment."""

import getpass
import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, sys
{before}
from ato_sql import SQLFinder, SQLLogger
config = {{"experiment": {{"sql": {{"db_path": {path!r}, "git": False}}}}}}
with SQLLogger(config).start() as run:
    pass
finder = SQLFinder(config)
row = finder.get_run(run.id)
with finder.stored() as stored:
    environment = stored.run(run.id).environment
told = {{name: getattr(row, name) for name in ("command", "directory", "user_name", "host")}}
print(json.dumps({{**told, "project": row.project.name, "environment": environment}}))
"""


@pytest.fixture
def ran(tmp_path):
    """Run a program called `lab/train.py` and return what it recorded of itself."""
    (tmp_path / "lab").mkdir()

    def ran(*words, before="", cwd=None, environment=None):
        text = PROGRAM.format(before=before, path=str(tmp_path / "runs.db"))
        (tmp_path / "lab" / "train.py").write_text(text)
        (tmp_path / "lab" / "__init__.py").touch()
        done = subprocess.run(
            [sys.executable, *words],
            cwd=str(cwd or tmp_path),
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout.decode())

    return ran


def same(folder, other):
    return os.path.realpath(folder) == os.path.realpath(str(other))


class TestCommand:
    def test_a_program_is_recorded_as_it_was_called(self, ran, tmp_path):
        told = ran(os.path.join("lab", "train.py"), "lr=0.1", "two words")
        assert told["command"] == [os.path.join("lab", "train.py"), "lr=0.1", "two words"]
        assert same(told["directory"], tmp_path)
        assert told["project"] == "train"

    def test_a_module_is_recorded_with_its_name(self, ran, tmp_path):
        told = ran("-m", "lab.train", "lr=0.1")
        assert told["command"] == ["-m", "lab.train", "lr=0.1"]
        assert told["project"] == "lab.train"
        assert same(told["directory"], tmp_path)

    def test_a_program_below_a_tool_is_the_program(self, ran, tmp_path):
        told = ran("-m", "cProfile", "-o", "profile", os.path.join("lab", "train.py"), "lr=0.1")
        assert told["command"] == [os.path.join("lab", "train.py"), "lr=0.1"]
        assert told["project"] == "train"

    @pytest.mark.parametrize("words", [["lab/train.py"], ["-m", "lab.train"]])
    def test_words_that_it_has_taken_out_are_words_of_it(self, ran, words):
        told = ran(*words, "--n", "5", "lr=0.1", before="del sys.argv[1:3]")
        assert told["command"] == [*words, "--n", "5", "lr=0.1"]

    def test_the_code_of_a_command_is_no_word_of_it(self, tmp_path):
        code = "import sys; del sys.argv[1]; from ato_sql import SQLLogger; SQLLogger().run()"
        code += "; from ato_sql import SQLFinder; print(SQLFinder().named_run('last').command)"
        command = [sys.executable, "-c", code, "one", "two"]
        done = subprocess.run(command, cwd=str(tmp_path), stdout=subprocess.PIPE)
        assert done.stdout.decode().strip() == "['-c', 'two']"

    @pytest.mark.parametrize("words", [["lab/train.py"], ["-m", "lab.train"]])
    def test_a_program_that_changes_its_folder_was_started_in_the_first(self, ran, tmp_path, words):
        told = ran(*words, before="os.chdir('/')")
        assert same(told["directory"], tmp_path)

    def test_one_that_is_named_by_its_whole_path_is_where_it_is(self, ran, tmp_path):
        told = ran(str(tmp_path / "lab" / "train.py"), cwd=tmp_path / "lab")
        assert same(told["directory"], tmp_path / "lab")


class TestEnvironment:
    @pytest.fixture
    def told(self, ran):
        return lambda *words, **more: ran(*words, "lab/train.py", **more)["environment"]

    def test_the_interpreter_and_its_packages(self, told):
        found = told()
        assert found["python"] == ".".join(map(str, sys.version_info[:3]))
        assert found["implementation"] == "CPython"
        assert found["executable"] == sys.executable
        assert {"SQLAlchemy", "alembic"} <= set(found["packages"])

    @pytest.mark.parametrize(
        ("words", "options"), [([], None), (["-O"], "-O"), (["-W", "ignore"], "-Wignore")]
    )
    def test_the_options_that_python_was_started_with(self, told, words, options):
        assert told(*words)["options"] == options

    def test_how_text_is_encoded(self, told):
        assert told(environment={"PYTHONIOENCODING": "l1"})["output_encoding"] == "iso8859-1"
        assert told(environment={"PYTHONUTF8": "1"})["file_encoding"] == "utf-8"

    def test_where_modules_are_looked_for(self, told, tmp_path):
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        assert told(environment={"PYTHONPATH": path})["search_path"] == path

    def test_who_runs_it_and_where(self, ran):
        found = ran("lab/train.py", environment={"LOGNAME": "ann", "USER": "ann"})
        assert found["user_name"] == "ann"
        assert found["host"]


def test_a_user_that_the_system_does_not_know_has_no_name(logger, finder, monkeypatch):
    def fail():
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr(getpass, "getuser", fail)
    with logger.start() as run:
        pass
    assert finder.get_run(run.id).user_name is None
