"""What the package shows of itself."""

import subprocess
import sys

import pytest

import ato_scope

CLASSES = [n for n in ato_scope.__all__ if isinstance(getattr(ato_scope, n), type)]


@pytest.mark.parametrize("name", ato_scope.__all__)
def test_every_public_name_is_there_and_documented(name):
    thing = getattr(ato_scope, name)
    assert name in ("WORDS", "__version__") or thing.__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_name_the_public_module(name):
    assert getattr(ato_scope, name).__module__ == "ato_scope"
    assert getattr(ato_scope, name).__qualname__ == name


def test_what_a_user_derives_names_the_users_module():
    class Mine(ato_scope.Scope):
        pass

    assert Mine.__module__ == __name__


def test_a_name_that_is_not_there_is_an_error_with_a_suggestion():
    with pytest.raises(AttributeError, match="'MultiScop'; did you mean 'MultiScope'"):
        ato_scope.MultiScop


def test_the_package_can_be_imported_as_a_whole():
    source = "from ato_scope import *; print(MultiScope.__name__, describe_source.__name__)"
    assert subprocess.check_output([sys.executable, "-c", source]).split() == [
        b"MultiScope",
        b"describe_source",
    ]


def test_a_start_loads_neither_argparse_nor_json_nor_subprocess(program):
    program.write("""
        import sys

        before = set(sys.modules)
        from ato_scope import Scope

        @Scope({'lr': 1})
        def train(config):
            new = {*sys.modules} - before
            print(config.lr, new & {'argparse', 'ast', 'inspect', 'json', 'subprocess', 'typing'})

        train()
    """)
    assert program.run("lr=0.1").out == "0.1 set()\n"
