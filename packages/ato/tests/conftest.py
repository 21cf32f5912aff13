"""What tests of the command and of the page share."""

import os
import subprocess
import sys

import pytest

# Programs are changed within a second, often to a text of the same size: byte code that Python kept
# would pass for that of the new one.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
# These tests read what programs print; where a run goes is tested in ato-sql.
os.environ["ATO_QUIET"] = "1"


@pytest.fixture
def shell(tmp_path):
    """Runs Python with some words in an empty directory; the output, after a look at the code."""
    environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}

    def run(*words, code=0, **variables):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=str(tmp_path),
            env={**environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        output = done.stdout.decode()
        assert done.returncode == code, output
        return output

    return run
