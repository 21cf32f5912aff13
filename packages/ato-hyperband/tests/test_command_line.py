"""A program that searches, as its user starts it."""

import subprocess
import sys

import pytest

PROGRAM = """
from ato_hyperband import HyperBand
from ato_scope import Scope

scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.lr = 1e-3
    config.epochs = 9

lr = {'param_type': 'FLOAT', 'param_range': (1e-5, 1e-1), 'space_type': 'LOG'}
hyperband = HyperBand(scope, {'lr': lr}, resource='epochs', max_resource=9, seed=0)

@hyperband.main
def train(config):
    for epoch in range(config.epochs):
        yield config.lr

if __name__ == '__main__':
    print(len(train().trials))
"""


@pytest.fixture
def start(tmp_path):
    program = tmp_path / "train.py"
    program.write_text(PROGRAM)

    def start(*args):
        done = subprocess.run(
            [sys.executable, str(program), *args], capture_output=True, timeout=60, check=False
        )
        return done.returncode, done.stdout.decode().strip(), done.stderr.decode().strip()

    return start


def test_the_result_is_on_stdout_and_all_else_on_stderr(start):
    code, out, err = start()
    assert (code, out) == (0, "17")
    assert all(line.startswith("search: ") for line in err.splitlines())


def test_piped_it_shows_no_progress(start):
    assert "best" not in start()[2]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("epochs=0", "epochs=0: max_resource must be a positive number: 0"),
        ("hihg", "unknown view 'hihg'"),
        ("lr=import", "'import' is not a value"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(start, argument, message):
    code, out, err = start(argument)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1


def test_the_manual_of_the_scope_is_shown(start):
    code, out, _ = start("manual")
    assert code == 0
    assert "defaults" in out
