"""Golden fingerprints: they may never change, on no Python and in no later version of ato."""

import importlib.util
import json
import pathlib
import sys

import pytest

from ato_trace import fingerprint

GOLDEN = pathlib.Path(__file__).parent / "golden"
EXPECTED = json.loads((GOLDEN / "fingerprints.json").read_text())


def load(name, tmp_path):
    path = tmp_path / f"golden_{name}.py"
    path.write_bytes((GOLDEN / f"{name}.txt").read_bytes())
    spec = importlib.util.spec_from_file_location(path.stem, str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def version_of(name):
    return 3, int(name[len("python3") :])


def fingerprints(module):
    return {
        name: str(fingerprint(value))
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ or isinstance(value, staticmethod)
    }


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_fingerprints_are_the_golden_ones(name, tmp_path):
    if sys.version_info[:2] < version_of(name):
        pytest.skip("needs a later Python")
    assert fingerprints(load(name, tmp_path)) == EXPECTED[name]


def test_the_corpus_is_large_enough():
    assert sum(len(functions) for functions in EXPECTED.values()) > 80


def test_every_function_of_the_corpus_has_a_fingerprint_of_its_own():
    every = [value for functions in EXPECTED.values() for value in functions.values()]
    # An empty body is an empty body, with or without a docstring.
    assert len(every) - len(set(every)) == 1


FOLLOWED = "ed43372fec31dfc5deb04e58827f556d8670e2f415c34c91e3b850d00772c282"
STATES = ["HERE", "START", "best", "cache", "history", "lock", "log", "rng"]


def test_a_program_that_is_followed_has_its_golden_fingerprint(tmp_path):
    value = fingerprint(load("followed", tmp_path).train, follow=True)
    assert (str(value), value.kind) == (FOLLOWED, "source")
    assert [name for name, _ in value.skipped if "." not in name] == STATES


def test_it_is_the_same_after_the_program_ran(tmp_path):
    module = load("followed", tmp_path)
    module.train(None)
    assert fingerprint(module.train, follow=True) == FOLLOWED
