"""The front page does what it says."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
RUNNER = ROOT / "docs" / "run_page.py"


@pytest.mark.parametrize("page", ["README.md", "packages/ato/README.md"])
def test_every_block_of_the_page_runs(page):
    done = subprocess.run(
        [sys.executable, str(RUNNER), str(ROOT / page)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout.decode()
