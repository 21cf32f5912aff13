"""Who runs a search, and how it answers: the same as an entry of a scope."""

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

lr = {'param_type': 'FLOAT', 'param_range': (1e-5, 1e-1)}
hyperband = HyperBand(scope, {'lr': lr}, resource='epochs', max_resource=9, seed=0)

@hyperband.main
def train(config):
    return config.lr

if __name__ == '__main__':
    train()
"""


@pytest.fixture
def start(tmp_path):
    program = tmp_path / "train.py"
    program.write_text(PROGRAM)

    def start(*command):
        command = [sys.executable, *(command or ["train.py"])]
        done = subprocess.run(command, capture_output=True, cwd=str(tmp_path), check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return start


@pytest.mark.parametrize("mistake", ["epochs=0", "hihg"])
def test_a_mistake_in_the_search_is_told_as_one_in_the_config(start, mistake):
    code, _, err = start("train.py", mistake)
    assert code == 2
    assert err.startswith("train.py: error: ")
    assert err.count("\n") == 1


def test_a_program_that_calls_the_search_with_arguments_of_its_own_gets_the_exception(start):
    code, _, err = start("-c", "import train; train.train(['epochs=0'])")
    assert code == 1
    assert "ato_hyperband.CommandLineError: epochs=0: max_resource must be" in err


@pytest.mark.parametrize("word", ["manual", "views", "print=json", "explain", "--help"])
def test_a_word_is_answered_by_the_scope_and_no_trial_runs(start, word):
    code, out, err = start("train.py", word)
    assert (code, err) == (0, "")
    assert out


@pytest.mark.parametrize(
    "call",
    ["train.train.with_args(['views'])()", "train.train(args=['views'])"]
    + ["train.hyperband.run(train.train.objective, ['views'])"],
)
def test_at_a_prompt_or_in_a_cell_the_next_line_follows_the_answer_to_a_word(start, call):
    code, out, err = start("-c", f"import sys; sys.ps1 = ''; import train; print({call})")
    assert (code, err) == (0, "")
    first, *_, last = out.splitlines()
    assert first == "Views of config, in the order they are applied"
    assert last == "None"


def test_what_else_ends_the_program_ends_it_at_a_prompt_too(start):
    ending = "def objective(config): sys.exit(3)"
    call = "train.hyperband.run(objective, ['epochs=9'])"
    code, _, _ = start("-c", f"import sys, train\nsys.ps1 = ''\n{ending}\n{call}")
    assert code == 3


def test_arguments_of_a_test_runner_are_not_those_of_the_search(start, tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import train\n\ndef test_it():\n    assert train.train().metric > 0\n"
    )
    code, out, _ = start("-m", "pytest", "-q", "test_it.py")
    assert code == 0, out
