"""What tests of the command and of the page share."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def shell(tmp_path):
    """Runs Python with some words in an empty directory; the output, after a look at the code."""
    environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}

    def run(*words, code=0):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=str(tmp_path),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        output = done.stdout.decode()
        assert done.returncode == code, output
        return output

    return run
