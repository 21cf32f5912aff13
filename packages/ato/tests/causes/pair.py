"""A pair: two runs of one program, between which one thing was changed, or nothing."""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
import time

import pytest

PROJECT = pathlib.Path(__file__).with_name("project")


class Pair:
    """Two runs of the program in `project`.

    Args:
        name: What differs, for the id of the test.
        change: What is done between the runs; each a function of the project's folder.
        says: Patterns of the causes. The first is in the first line, each other one somewhere in
            the text, and every cause that is named matches one of them. None: nothing changed.
        shows: Patterns that the text holds as well.
        never: Patterns that the text does not hold.
        first: What is done to the program before the first run.
        words: The words of both command lines.
        env: The environment variables of both runs.
        moves: Whether the program lies in another folder at the second run.
        reads: Whether it takes Python's telling which files are read (3.8 and later).
        fails: Why it is not explained yet.
    """

    def __init__(
        self,
        name,
        *change,
        says=(),
        shows=(),
        never=(),
        first=(),
        words=("", ""),
        env=({}, {}),
        moves=False,
        reads=False,
        fails="",
    ):
        self.name = name
        self.change = change
        self.says = [says] if isinstance(says, str) else list(says)
        self.shows = [shows] if isinstance(shows, str) else list(shows)
        self.never = [never] if isinstance(never, str) else list(never)
        self.first = first
        self.words = words
        self.env = env
        self.moves = moves
        self.reads = reads
        self.fails = fails

    def check(self, tmp_path):
        """Run the program twice, and ask why."""
        folder = tmp_path / "project"
        shutil.copytree(str(PROJECT), str(folder), ignore=shutil.ignore_patterns("__pycache__"))
        for path in folder.rglob("*.*"):
            save(path, path.read_bytes())
        for step in self.first:
            step(folder)
        run(folder, "train.py", *self.words[0].split(), env=self.env[0])
        for step in self.change:
            step(folder)
        if self.moves:
            folder.rename(tmp_path / "moved")
            folder = tmp_path / "moved"
        run(folder, "train.py", *self.words[1].split(), env=self.env[1])
        explained(folder, 1, 2, says=self.says, shows=self.shows, never=self.never)


def explained(folder, run_a, run_b, says=(), shows=(), never=()):
    """Ask why two runs of a folder's database differ, and check what is said; see `Pair`."""
    code = 1 if says else 0
    words = ["-m", "ato", "why", str(run_a), str(run_b)]
    text = run(folder, *words, code=code)
    report = json.loads(run(folder, *words, "--json", code=code))
    first_line = text.splitlines()[0]
    if says:
        assert re.search(says[0], first_line), text
    else:
        assert " agree in " in first_line, text
    for pattern in [*says, *shows]:
        assert re.search(pattern, text), f"{pattern} is not in\n{text}"
    for pattern in never:
        assert not re.search(pattern, text), f"{pattern} is in\n{text}"
    named = [one["text"] for one in report["cause"]]
    strange = [one for one in named if not any(re.search(p, one, re.IGNORECASE) for p in says)]
    assert not strange, f"named falsely: {strange}\n{text}"
    assert bool(named) == bool(says), text


def each(*pairs):
    """Parametrize a test by pairs."""
    return pytest.mark.parametrize("pair", [_parameter(pair) for pair in pairs])


def _parameter(pair):
    marks = []
    if pair.reads:
        marks.append(pytest.mark.skipif(sys.version_info < (3, 8), reason="reads are not told"))
    if pair.fails:
        marks.append(pytest.mark.xfail(strict=True, reason=pair.fails))
    return pytest.param(pair, id=pair.name, marks=marks)


# Edits here are saved a minute apart, so byte code that Python keeps is never that of another text.
UNSET = ("ATO_DB", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE")


def run(folder, *words, env=None, code=0):
    """Run Python in a folder, with the tracker's own settings left out."""
    environment = {k: v for k, v in os.environ.items() if k not in UNSET}
    environment.update(env or {})
    site = str(folder.parent / "site-packages")  # where `package` installs
    environment["PYTHONPATH"] = os.pathsep.join([site, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *words],
        cwd=str(folder),
        env=environment,
        capture_output=True,
        timeout=300,
    )
    output = done.stdout.decode()
    assert done.returncode == code, output + done.stderr.decode()
    return output


# -- what is done to the program -------------------------------------------------------------------


def save(path, data):
    """Save a file an hour ago, or a minute after it was saved last.

    Two edits within a second, of the same length, would run the byte code of the first.
    """
    before = path.stat().st_mtime if path.exists() else 0.0
    path.write_bytes(data)
    hour_ago = time.time() - 3600
    saved = before + 60 if hour_ago - 1800 < before < hour_ago + 1800 else hour_ago
    os.utime(str(path), (saved, saved))


def edit(name, old, new):
    """Replace a piece of a file that is in it once."""

    def step(folder):
        text = (folder / name).read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        save(folder / name, text.replace(old, new).encode())

    return step


def write(name, content):
    """Write a file: a text, less its common indent, or bytes."""

    def step(folder):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
        save(path, data)

    return step


def gzipped(name, text):
    """Write a compressed file."""
    return write(name, gzip.compress(text.encode()))


def arrays(name, **lists):
    """Write a file of NumPy arrays."""

    def step(folder):
        import numpy as np

        np.savez(str(folder / name), **{key: np.array(one) for key, one in lists.items()})

    return step


def remove(name):
    """Delete a file."""
    return lambda folder: (folder / name).unlink()


def rename(old, new):
    """Rename a file."""
    return lambda folder: (folder / old).rename(folder / new)


def link(name, target):
    """Let a name point to another file."""

    def step(folder):
        if os.path.lexists(str(folder / name)):
            (folder / name).unlink()
        (folder / name).symlink_to(target)

    return step


def touch(*names):
    """Save files again as they are."""

    def step(folder):
        for name in names:
            (folder / name).write_bytes((folder / name).read_bytes())

    return step


def package(version, value, name="toolkit"):
    """Install a package, as pip would, in a folder that PYTHONPATH names."""

    def step(folder):
        site = folder.parent / "site-packages"
        for old in site.glob(f"{name}-*.dist-info"):
            shutil.rmtree(str(old))
        info = site / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (site / name).mkdir(exist_ok=True)
        code = site / name / "__init__.py"
        code.write_text(
            f'__version__ = "{version}"\n\n\ndef shift(value):\n    return value + {value}\n'
        )
        moment = 1_700_000_000 + 60 * int(version)  # installed long ago, each at another time
        os.utime(str(code), (moment, moment))
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "top_level.txt").write_text(f"{name}\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n")

    return step
