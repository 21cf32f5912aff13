"""What surrounds a program: its process, its command, its git checkout."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from ato_adict.surroundings import escaped, git, process_identity, process_start

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def run(program, *arguments, **options):
    """Run a program in a Python of its own and return what it printed."""
    command = [sys.executable, *arguments, *(["-c", program] if program else [])]
    # Variables such as PYTHONDONTWRITEBYTECODE stand for flags of the interpreter.
    kept = {k: v for k, v in os.environ.items() if k[:6] != "PYTHON" or k == "PYTHONPATH"}
    output = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        env={**kept, "PYTHONIOENCODING": "utf-8"},
        **options,
    ).stdout
    return output.decode().strip()


@needs_git
class TestGit:
    @pytest.fixture
    def repository(self, tmp_path):
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
        return str(tmp_path)

    def test_returns_what_the_command_printed(self, repository):
        top = git(repository, "rev-parse", "--show-toplevel")
        assert os.path.realpath(top.decode().strip()) == os.path.realpath(repository)

    def test_prints_names_as_they_are(self, repository):
        with open(os.path.join(repository, "größe.txt"), "w"):
            pass
        assert "größe.txt".encode() in git(repository, "status", "--porcelain")

    def test_passes_text_to_the_command(self, repository):
        digest = git(repository, "hash-object", "--stdin", text=b"hello\n")
        assert digest == b"ce013625030ba8dba906f756967f9e9ca394464a\n"

    def test_a_command_that_prints_nothing_is_not_a_failure(self, repository):
        assert git(repository, "status", "--porcelain") == b""

    def test_no_repository_is_none(self, tmp_path):
        assert git(str(tmp_path), "rev-parse", "HEAD") is None

    def test_a_command_that_fails_is_none(self, repository):
        assert git(repository, "no-such-command") is None


def test_no_such_folder_is_none(tmp_path):
    assert git(str(tmp_path / "nowhere"), "status") is None


def test_no_git_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git(str(tmp_path), "status") is None


@on_linux
class TestProcessIdentity:
    def test_is_the_same_each_time(self):
        assert process_identity(os.getpid()) == process_identity(os.getpid())

    def test_differs_between_processes(self):
        program = (
            "import os; from ato_adict.surroundings import process_identity;"
            "print(process_identity(os.getpid()))"
        )
        mine = process_identity(os.getpid())
        assert mine is not None
        first = run(program)
        time.sleep(0.02)  # start times are counted in ticks
        assert len({mine, first, run(program)}) == 3

    def test_is_seen_alike_by_others(self):
        program = (
            "import os; from ato_adict.surroundings import process_identity;"
            "print(process_identity(os.getppid()))"
        )
        assert run(program) == process_identity(os.getpid())

    def test_no_such_process_is_none(self):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        assert process_identity(ended.pid) is None

    def test_a_process_that_ended_but_was_not_waited_for_is_none(self):
        ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
        ended.stdout.read()  # ends when the process does
        ended.stdout.close()
        for _ in range(200):
            if process_identity(ended.pid) is None:
                break
            time.sleep(0.05)
        assert process_identity(ended.pid) is None
        ended.wait()


def test_the_start_of_this_process_lies_in_the_past():
    assert process_start() <= time.time()


def test_the_start_is_that_of_the_process_not_of_the_import():
    program = (
        "import time; began = time.time(); time.sleep(0.5);"
        "from ato_adict.surroundings import process_start;"
        "print(process_start() - began < 0.5)"
    )
    if sys.platform == "linux":
        assert run(program) == "True"


class TestRestartCommand:
    PRINT = (
        "from ato_adict.surroundings import restart_command\n"
        "if __name__ == '__main__': print(restart_command()[1:])\n"
    )

    def test_a_script_is_started_by_its_path(self, tmp_path):
        script = tmp_path / "train.py"
        script.write_text(self.PRINT)
        assert run("", str(script), "lr=0.1") == repr([str(script)])

    def test_a_module_is_started_by_its_name(self, tmp_path):
        (tmp_path / "job.py").write_text(self.PRINT)
        assert run("", "-m", "job", "lr=0.1", cwd=str(tmp_path)) == repr(["-m", "job"])

    def test_a_package_is_started_by_its_name(self, tmp_path):
        (tmp_path / "job").mkdir()
        (tmp_path / "job" / "__init__.py").write_text("")
        (tmp_path / "job" / "__main__.py").write_text(self.PRINT)
        assert run("", "-m", "job", cwd=str(tmp_path)) == repr(["-m", "job"])

    def test_the_flags_of_the_interpreter_are_kept(self, tmp_path):
        script = tmp_path / "train.py"
        script.write_text(self.PRINT)
        assert run("", "-O", "-W", "ignore", str(script)) == repr(["-O", "-Wignore", str(script)])

    def test_the_interpreter_comes_first(self, tmp_path):
        script = tmp_path / "train.py"
        script.write_text(self.PRINT.replace("[1:]", "[0]"))
        assert run("", str(script)) == sys.executable

    def test_a_program_given_as_text_cannot_be_started_again(self):
        program = "from ato_adict.surroundings import restart_command; print(restart_command())"
        assert run(program) == "None"


def test_text_of_others_is_one_line_that_cannot_steer_a_terminal():
    assert escaped("\x1b[31mné\n\udcff") == "\\x1b[31mné\\n\\udcff"


def test_text_of_others_is_cut_where_it_is_too_long():
    assert escaped("x" * 100, 10) == "xxxxxxx..."
    assert escaped("x" * 10, 10) == "x" * 10
