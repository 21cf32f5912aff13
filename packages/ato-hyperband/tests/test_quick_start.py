"""The program of the documentation's first page, and what else its lines promise."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
from ato_hyperband import HyperBand
from ato_scope import Scope

scope = Scope(strict=True)

@scope.observe(default=True)
def defaults(config):
    config.lr = 1e-3
    config.batch_size = 32
    config.model = "resnet50"

@scope.observe()
def broken(config):
    config.batch_size = 0

spaces = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "num_samples": 20},
    "batch_size": {"param_type": "INTEGER", "param_range": (16, 128), "num_samples": 5},
    "model": {"param_type": "CATEGORY", "categories": ["resnet50", "resnet101"]},
}
spaces["lr"]["space_type"] = spaces["batch_size"]["space_type"] = "LOG"
hyperband = HyperBand(scope, spaces, halving_rate=0.3, num_min_samples=3, seed=1)

@hyperband.main
def train(config):
    return -abs(config.lr - 0.01) - config.batch_size / (config.batch_size and 1e6)

if __name__ == "__main__":
    best = train()
    print(best.config.batch_size, f"{best.metric:.4f}", len(best.trials))
"""


@pytest.fixture
def start(tmp_path):
    program = tmp_path / "train.py"
    program.write_text(PROGRAM)

    def start(*args):
        command = [sys.executable, str(program), *args]
        env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, env=env)
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    return start


def test_it_tells_what_the_page_says(start):
    code, out, err = start()
    assert (code, out.split()) == (0, ["16", "-0.0012", "200"])
    assert err.splitlines() == [
        "search: generations of 200 → 60 → 18 → 5 configurations",
        "search: seed 1",
    ]


def test_what_is_fixed_is_told_before_the_plan(start):
    code, out, err = start("batch_size=64", "model:=resnet101")
    assert (code, out.split()) == (0, ["64", "-0.0012", "20"])
    assert err.splitlines() == [
        "search: batch_size=64 is fixed on the command line, not searched",
        "search: model='resnet101' is fixed on the command line, not searched",
        "search: generations of 20 → 6 configurations",
        "search: seed 1",
    ]


def test_a_search_that_fails_altogether_is_no_mistake_of_the_command_line(start):
    code, out, err = start("broken", "batch_size=0", "lr=0.01")
    assert (code, out) == (1, "")
    assert "AllTrialsFailedError: all 2 trials failed; the last one with:" in err
    assert err.rstrip().endswith("ZeroDivisionError: division by zero")
