"""Programs for the tests to run as a user would: in a process of their own."""

import os
import subprocess
import sys
import textwrap
import threading

import pytest
from hypothesis import settings

settings.register_profile("ato", max_examples=60, deadline=None)
settings.load_profile("ato")

QUICK_START = """
    from ato_scope import Scope

    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 1e-3
        config.epochs = 50
        config.model = 'resnet50'

    @scope.observe(priority=1)
    def high_lr(config):
        config.lr = 3e-3

    @scope.observe(priority=2, chain_with='high_lr')
    def long_run(config):
        config.epochs = 200

    @scope.observe(lazy=True)
    def computed_config(config):
        config.num_classes = 10 if config.dataset == 'cifar10' else 1000

    @scope.manual
    def docs(manual):
        manual.lr = 'Learning rate for optimizer'
        manual.epochs = 'Number of training epochs'

    @scope
    def train(config):
        print({**config})

    if __name__ == '__main__':
        train()
"""


@pytest.fixture
def main_thread():
    """For what only the main thread of a program does: ending it with one line."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("pytest-xdist before 3.6, as on Python 3.7, may run tests in another thread")


class Finished:
    """What a program printed and how it ended."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    def fails_with(self, text):
        """Whether it ended as a user's mistake does: exit code 2 and one line that has `text`."""
        lines = self.err.splitlines()
        return self.code == 2 and len(lines) == 1 and text in lines[0]

    def __repr__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Program:
    """A program in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, source, name="train.py"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return self

    def run(self, *arguments, command=("train.py",), env=None, encoding="utf-8", **options):
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
        environment.update({"PYTHONIOENCODING": encoding, **(env or {})})
        process = subprocess.run(
            [sys.executable, *command, *arguments],
            cwd=str(self.folder),
            env=environment,
            capture_output=True,
            encoding=encoding,
            timeout=60,
            **options,
        )
        return Finished(process)


@pytest.fixture
def program(tmp_path):
    """A folder to write programs to and run them in."""
    return Program(tmp_path)


@pytest.fixture
def quick_start(program):
    """The program of the quick start."""
    return program.write(QUICK_START)


@pytest.fixture
def shell(monkeypatch):
    """The shell that runs the cells of notebooks, gone again after the test."""
    cls = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell
    monkeypatch.setattr(sys, "ps1", "", raising=False)
    monkeypatch.setattr(sys, "ps2", "", raising=False)
    monkeypatch.setattr(sys, "ps3", "", raising=False)
    yield cls.instance()
    cls.clear_instance()
