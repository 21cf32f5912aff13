"""`environment()`: what a result may depend on besides its own code."""

import json
import os
import platform
import random
import subprocess
import sys

import pytest

from ato_trace import environment


def git(path, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=str(path), check=True, stdout=subprocess.PIPE)


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_it_describes_python_and_the_platform_and_is_json():
    found = json.loads(json.dumps(environment()))
    assert found["python"]["version"] == platform.python_version()
    assert found["platform"]["machine"] == platform.machine()
    assert found["packages"]["ato_trace"]
    assert found["packages"]["pytest"] == pytest.__version__
    assert "json" not in found["packages"]


@pytest.mark.skipif(sys.version_info < (3, 8), reason="metadata of packages: Python 3.8")
def test_a_package_that_warns_when_it_is_asked_for_its_version_is_not_asked(tmp_path):
    site = tmp_path / "site-packages"
    (site / "warns").mkdir(parents=True)
    (site / "warns-7.1.dist-info").mkdir()
    (site / "warns-7.1.dist-info" / "METADATA").write_text("Name: warns\nVersion: 7.1\n")
    (site / "warns" / "__init__.py").write_text(
        "def __getattr__(name):\n    raise DeprecationWarning(name)\n"
    )
    code = "import warns, ato_trace; print(ato_trace.environment()['packages']['warns'])"
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=60,
    )
    assert done.stdout.split() == [b"7.1"], done.stderr.decode()


def test_a_clean_repository(repository):
    found = environment(str(repository))["git"]
    assert len(found["commit"]) == 40
    assert (found["dirty"], found["diff_hash"]) == (False, None)


def test_changes_and_new_files_change_the_hash(repository):
    def diff_hash():
        return environment(str(repository))["git"]["diff_hash"]

    (repository / "a.py").write_text("x = 2\n")
    edited = diff_hash()
    assert edited == diff_hash()
    (repository / "new.py").write_text("y = 1\n")
    added = diff_hash()
    (repository / "new.py").write_text("y = 2\n")
    assert len({None, edited, added, diff_hash()}) == 4
    (repository / "new.py").unlink()
    (repository / "a.py").write_text("x = 1\n")
    assert diff_hash() is None


def test_outside_a_repository_and_before_the_first_commit(tmp_path):
    assert environment(str(tmp_path))["git"] is None
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\n")
    found = environment(str(tmp_path))["git"]
    assert (found["commit"], found["dirty"]) == (None, True)


def test_the_state_of_random_generators():
    random.seed(1)
    first = environment()["seeds"]["random_state"]
    assert environment()["seeds"]["random_state"] == first
    random.random()
    assert environment()["seeds"]["random_state"] != first
