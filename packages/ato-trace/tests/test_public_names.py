"""What users import, see in a traceback and pickle has the name of the package, not of a file."""

import pickle
import subprocess
import sys

import pytest

import ato_trace

CLASSES = [n for n in ato_trace.__all__ if isinstance(getattr(ato_trace, n), type)]


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_name_the_package(name):
    cls = getattr(ato_trace, name)
    assert f"{cls.__module__}.{cls.__qualname__}" == f"ato_trace.{name}"


@pytest.mark.parametrize("name", ato_trace.__all__)
def test_every_public_name_is_listed_before_it_is_loaded(name):
    program = "import ato_trace; print(*dir(ato_trace))"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    assert name in done.stdout.decode().split()


def test_a_star_import_gives_every_public_name():
    names = {}
    exec("from ato_trace import *", names)
    assert set(ato_trace.__all__) <= set(names)


def test_an_unknown_name_suggests_the_one_that_was_meant():
    with pytest.raises(AttributeError, match=r"'fingerprnt'.*fingerprint"):
        ato_trace.fingerprnt  # noqa: B018


@pytest.mark.parametrize(
    "value",
    [
        ato_trace.fingerprint("def f(x): return x + 1"),
        ato_trace.OutputHash("0" * 64, "[1, 2]"),
        ato_trace.verify([1.0], [2.0]),
        ato_trace.explain_change("def f(): return 1", "def f(): return 2"),
        ato_trace.HashError("cannot hash value.x", "value.x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_process_that_imported_nothing_reads_what_another_pickled(value):
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer), end='')"
    data = pickle.dumps(value, protocol=3)
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, stdout=subprocess.PIPE, check=True
    )
    assert done.stdout.decode().splitlines() == str(value).splitlines()
