"""What every test of ato-adict runs under."""

import gc
import sys

import pytest


@pytest.fixture(autouse=sys.version_info < (3, 9))
def no_garbage_collection():
    """No collection while a test runs into the end of the stack, on Pythons that it would abort.

    Hypothesis is called back at each collection. Before Python 3.9 a call of Python code that
    falls between a RecursionError and its handler ends the process: "Cannot recover from stack
    overflow".
    """
    gc.disable()
    yield
    gc.enable()
