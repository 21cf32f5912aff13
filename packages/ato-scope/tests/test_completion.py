"""Completion of views and keys in the shell."""

import pytest

SOURCE = """
    #!/usr/bin/env python
    # PYTHON_ARGCOMPLETE_OK
    from ato_scope import MultiScope, Scope

    scope = Scope({"lr": 0.1, "fast": True, "model": {"name": "vgg"}})
    scope.observe("long_run", config={"epochs": 200})
    scope.observe("extras", config={"extra": 1}, default=True)

    @scope
    def train(config):
        open('ran', 'w').close()

    if __name__ == '__main__':
        train()
"""


@pytest.fixture
def complete(program):
    """Return what the shell would offer after a line was typed."""
    pytest.importorskip("argcomplete")
    program.write(SOURCE)

    def offered(line):
        program.run(
            env={
                "_ARGCOMPLETE": "1",
                "_ARGCOMPLETE_IFS": "\n",
                "IFS": "\n",
                "_ARGCOMPLETE_STDOUT_FILENAME": str(program.folder / "offered"),
                "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n\"'><=;|&(:",
                "COMP_LINE": line,
                "COMP_POINT": str(len(line)),
                "COMP_TYPE": "9",
            }
        )
        assert not (program.folder / "ran").exists()
        words = (program.folder / "offered").read_text().split("\n")
        return [word.strip() for word in words if word.strip()]

    return offered


def test_views_words_and_keys_are_offered(complete):
    words = complete("./train.py ")
    assert {"manual", "explain", "long_run", "extras", "lr=", "model.name=", "extra="} <= set(words)


def test_what_was_typed_is_completed(complete):
    assert complete("./train.py lo") == ["long_run"]
    assert complete("./train.py lr=3 mod") == ["model.name="]


def test_values_are_offered_after_the_key(complete):
    assert complete("./train.py fast=") == ["True", "False"]
    assert complete("./train.py lr=") == ["0.1"]


def test_options_are_offered(complete):
    assert complete("./train.py --sw") == ["--sweep"]


def test_a_half_typed_line_does_no_harm(complete):
    assert "long_run" in complete("./train.py lr=[1, ")


def test_the_program_does_not_run_without_argcomplete(program):
    program.write(SOURCE).write("raise ImportError", "argcomplete.py")
    done = program.run(env={"_ARGCOMPLETE": "1"})
    assert (done.code, done.out, done.err) == (1, "", "")
    assert not (program.folder / "ran").exists()
