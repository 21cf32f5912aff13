"""Fixtures that make modules as users have them: files that are imported."""

import gc
import importlib.util
import itertools
import os
import sys
import textwrap

import pytest

_numbers = itertools.count()

# Tests change a module within a second, often to one of the same size: byte code that Python kept
# would pass for that of the new text.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


@pytest.fixture
def write_module(tmp_path):
    """Write source text to a file, import it, and give the module."""

    def write(text, name=None):
        name = name or f"written_{next(_numbers)}"
        path = tmp_path / f"{name}.py"
        path.write_bytes(textwrap.dedent(text).encode("utf-8"))
        spec = importlib.util.spec_from_file_location(name, str(path))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        written.append(name)
        spec.loader.exec_module(module)
        return module

    written = []
    yield write
    for name in written:
        sys.modules.pop(name, None)


@pytest.fixture(autouse=sys.version_info < (3, 9))
def no_garbage_collection():
    """No collection between a RecursionError and its handler: before 3.9 it may abort Python."""
    gc.disable()
    yield
    gc.enable()
