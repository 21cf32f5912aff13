"""From an empty directory to a page that shows why the second run differs."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


@pytest.fixture
def page(tmp_path):
    """The address of `ato ui` in the newcomer's directory."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ato", "ui", "--port", "0"],
        cwd=str(tmp_path),
        env={k: v for k, v in os.environ.items() if k != "ATO_DB"},
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    yield lambda: re.search(r"http://\S+/", process.stdout.readline()).group()
    process.kill()
    process.communicate()


def test_init_train_change_train_why_and_look(shell, tmp_path, request):
    shell("-m", "ato", "init")
    shell("train.py")
    program = tmp_path / "train.py"
    program.write_text(program.read_text().replace("slope -= lr", "slope -= 2 * lr"))
    shell("train.py")

    assert "+ slope -= 2 * lr * sum(e * x for e, x in errors)" in shell(
        "-m", "ato", "why", "1", "2", code=1
    )

    address = request.getfixturevalue("page")()
    with urllib.request.urlopen(f"{address}api/projects/1/runs", timeout=30) as reply:
        runs = json.loads(reply.read())["rows"]
    assert sorted(run["id"] for run in runs) == [1, 2]
