"""Damaged files, hostile values and wrong words: no traceback, no hang, no endless memory.

`ATO_FUZZ_CASES` says how many cases each target gets, `ATO_FUZZ_FIRST` the number of the first.
"""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
CASES = int(os.environ.get("ATO_FUZZ_CASES", "40"))
FIRST = int(os.environ.get("ATO_FUZZ_FIRST", "0"))
PIECES = 2
TARGETS = [
    "config_files",
    "arguments",
    "expressions",
    "exports",
    "databases",
    "journals",
    "secrets",
    "commands",
    "questions",
    "merges",
    "sweeps",
    "redaction",
    "dumps",
]

pytestmark = pytest.mark.slow


@pytest.mark.timeout(0)  # the worker has its own
@pytest.mark.parametrize("piece", range(PIECES))
@pytest.mark.parametrize("target", TARGETS)
def test_what_is_damaged_is_one_error(tmp_path, target, piece):
    count = max(1, CASES // PIECES)
    words = [
        sys.executable,
        str(HERE / "worker.py"),
        target,
        str(FIRST + piece * count),
        str(count),
    ]
    done = subprocess.run(
        [*words, str(tmp_path)],
        cwd=str(tmp_path),  # commands may write where they are
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Fewer arenas of memory, so that many threads do not reach its limit.
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        timeout=1200 + 60 * count,  # a machine may be busy; the worker counts its own time
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-5000:]
