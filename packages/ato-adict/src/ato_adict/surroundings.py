"""What surrounds a program: its process, the command that starts it again, its git checkout.

The packages of the suite that record or restart a run share these. Nothing here changes anything,
and what cannot be known is None, never an error.
"""

from __future__ import annotations

import os
import sys
import time

from ato_adict._basics.texts import escaped as escaped
from ato_adict._basics.texts import holds_long as holds_long
from ato_adict._basics.texts import name_of as name_of
from ato_adict._basics.texts import shown as shown
from ato_adict._basics.texts import whole_repr as whole_repr
from ato_adict.notebooks import main_file, shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

__all__ = [
    "git",
    "process_identity",
    "process_start",
    "host_name",
    "is_alive",
    "restart_command",
    "program_file",
    "program_folder",
    "working_folder",
    "absolute",
    "from_here",
    "escape_output",
    "escaped",
    "is_typable",
    "print_offers",
    "content_hash",
    "hash_of_file",
    "is_made_up",
    "plain_pieces",
    "whole_repr",
    "holds_long",
    "shown",
    "name_of",
    "MEMORY_FOLDER",
]

# Where Linux keeps files in memory: people copy there what they read often. All else in /dev is
# no file.
MEMORY_FOLDER = "/dev/shm/"

_GIT_SECONDS = 10.0
_IMPORTED = time.time()


def git(folder: str, *arguments: str, text: bytes = b"") -> bytes | None:
    """Run git in a folder without taking its locks and return what it printed.

    Args:
        folder: Where to run it.
        arguments: Of the command.
        text: What it reads on standard input.

    Returns:
        Its output; None where there is no git or no repository, it failed, or took 10 seconds.
    """
    import subprocess

    safe = ["-c", "core.quotepath=off", "-c", "core.fsmonitor=false"]
    try:
        done = subprocess.run(
            ["git", *safe, *arguments],
            cwd=folder,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def process_identity(pid: int) -> str | None:
    """Return a text that no other process ever had on this machine.

    On Linux: boot id, pid namespace and start time in clock ticks; elsewhere the start time, if
    psutil is installed. None where there is no such process or it cannot be known.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
        machine = f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return _psutil_identity(pid)
    try:
        return f"{machine}/{_start_ticks(pid)}"
    except (OSError, ValueError, IndexError):
        return None


def host_name() -> str:
    """Return the name of this machine."""
    import socket

    return socket.gethostname()[:255]


def is_alive(host: str | None, pid: int | None, identity: str | None) -> bool | None:
    """Tell whether a process lives; None where it cannot be known from here.

    It can on the machine it ran on, in the pid namespace it ran in.

    Args:
        host: The `host_name` where it ran.
        pid: Its number.
        identity: Its `process_identity`.
    """
    if pid is None or identity is None or host != host_name():
        return None
    here = process_identity(os.getpid())
    if here is None or here.rpartition("/")[0] != identity.rpartition("/")[0]:
        return None
    return process_identity(pid) == identity


def process_start() -> float:
    """When this process started, in seconds since 1970; else when this module was imported."""
    try:
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - _start_ticks("self") / os.sysconf(
            "SC_CLK_TCK"
        )
    except (OSError, AttributeError, ValueError, IndexError):
        return _IMPORTED
    return min(_IMPORTED, time.time() - age)


def restart_command() -> list[str] | None:
    """Return the command that runs this program again, without its arguments.

    None where it is no file or module that can be started again: a notebook, `-c`, a prompt.
    """
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]

    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    python = [sys.executable, *_args_from_interpreter_flags()]
    if spec is not None and spec.name:
        name = spec.name
        return [*python, "-m", name[: -len(".__main__")] if name.endswith(".__main__") else name]
    if main_file() is None:
        return None
    return [*python, sys.argv[0]]


def program_file() -> str | None:
    """Return the file of the program that runs, absolute; None where it has none of its own.

    A program that a tool of Python or a library runs, as in `python -m cProfile train.py`, is the
    one that the command line names. Once it was asked for, it is known to the end: Python forgets
    the file when the program's text has ended, before exit handlers run, and the working directory
    may change.
    """
    file = main_file()
    if file in _program_files:
        return _program_files[file]
    named = sys.argv[0] if sys.argv and sys.argv[0].endswith((".py", ".pyw")) else None
    for one in (file, named):
        if one and os.path.isfile(one) and not _is_installed(absolute(one)):
            found = absolute(one)
            if file is not None:
                _program_files[file] = found
            return found
    is_over = file is None and shell() is None  # a notebook, which has run a file, goes on
    return next(iter(_program_files.values()), None) if is_over else None


# What `__main__.__file__` was, and which file the program is.
_program_files: dict[str, str] = {}


def _is_installed(file: str) -> bool:
    """Whether a file is Python's, or of an installed package."""
    folder = os.path.dirname(file)
    scripts = os.path.join(sys.prefix, "Scripts" if os.name == "nt" else "bin")
    if folder == scripts or {"site-packages", "dist-packages"} & set(folder.split(os.sep)):
        return True
    return file.startswith(_STANDARD_LIBRARY)


_STANDARD_LIBRARY = os.path.dirname(os.path.realpath(os.__file__)) + os.sep


def program_folder() -> str:
    """Return the folder of the program that runs, else the working directory."""
    file = program_file()
    folder = os.path.dirname(file) if file else working_folder()
    return folder if os.path.isdir(folder) else working_folder()


def working_folder() -> str:
    """Return the working directory, also where it was removed: then what the shell calls it."""
    try:
        return os.getcwd()
    except OSError:
        return os.environ.get("PWD") or os.sep


def absolute(path: str) -> str:
    """Return a path as `os.path.abspath` does, also where the working directory was removed."""
    return os.path.normpath(path if os.path.isabs(path) else os.path.join(working_folder(), path))


def from_here(path: str) -> str:
    """Return a path as it is called in the working directory, if it is below it."""
    try:
        here = os.path.join(os.getcwd(), "")
    except OSError:  # it was removed, and what is called so now is not in it
        return path
    return path[len(here) :] if path.startswith(here) else path


def escape_output() -> None:
    """Let standard output escape the characters that its encoding lacks, as standard error does.

    A name in Chinese must not end a program with an error where the terminal is set to ASCII.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)  # not of what stands in for it
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def file_name(text: str) -> str:
    """Return the name of a file as Python takes it here, where the locale knows ASCII alone."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return os.fsdecode(text.encode("utf-8", "surrogateescape"))
    return text


def is_typable(word: str) -> bool:
    """Tell whether a shell can offer a word: it would cut it at a control character.

    A lone surrogate stands for bytes that are no text, which no program takes.
    """
    return not any(c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in word)


def print_offers(words: Iterable[str]) -> None:
    """Answer a shell that asks what may be typed, as the scripts of `ato completion` read it.

    Args:
        words: What may be; each is printed once, after a mark that tells it from other output.
    """
    found = dict.fromkeys(filter(is_typable, words))
    text = "".join(f"\x1f{word}\n" for word in found)
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.flush()


def _start_ticks(pid: object) -> int:
    with open(f"/proc/{pid}/stat", "rb") as file:
        # The program's name, in parentheses, may hold blanks and parentheses of its own.
        fields = file.read().rpartition(b")")[2].split()
    if fields[0] in (b"Z", b"X"):
        raise ValueError("the process has ended")
    return int(fields[19])


def _psutil_identity(pid: int) -> str | None:
    try:
        import psutil  # type: ignore[import-untyped, import-not-found, unused-ignore]

        return f"psutil/{psutil.Process(pid).create_time()}"
    except Exception:  # not installed, no such process, no permission
        return None


# -- contents of files ---------------------------------------------------------------------------

_WHOLE = 256 << 20
_PIECE = 1 << 20
_SAMPLES = 64


def content_hash(path: str) -> str:
    """Hash the content of a file: `sha256:…`, or `sampled:…` for one of more than 256 MiB.

    A sample is the size, the first and the last MiB, and 62 more at equal distances.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no plain file: a device, a pipe, a folder.
    """
    import stat

    with open(path, "rb", opener=_without_waiting) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError(f"{path} is no plain file")
        return hash_of_file(file, found.st_size)


def hash_of_file(file: Any, size: int) -> str:
    """Hash an open binary file of a known size as `content_hash` does."""
    import hashlib

    digest = hashlib.sha256()
    if size <= _WHOLE:
        for piece in _pieces(file):
            digest.update(piece)
        return "sha256:" + digest.hexdigest()
    digest.update(str(size).encode())
    for number in range(_SAMPLES):
        file.seek((size - _PIECE) * number // (_SAMPLES - 1))
        digest.update(file.read(_PIECE))
    return "sampled:" + digest.hexdigest()


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; one that is a pipe without a writer must not hold the program."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def plain_pieces(path: str) -> Iterator[bytes]:
    """Yield the content of a plain file, a MiB at a time, without ever waiting for it.

    Raises:
        OSError: It cannot be read, is a device or a pipe, or is made up by the kernel without end.
        ValueError: No file can have the path.
    """
    import stat

    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path} is a device or a pipe, not a file")
        yield from _pieces(file)


def is_made_up(path: str) -> bool:
    """Tell whether the kernel makes a file up while it is read: it may wait, or never end."""
    return os.path.realpath(path).startswith(("/proc/", "/sys/"))


_MOST_MADE_UP = 16 << 20


def _pieces(file: Any) -> Iterator[bytes]:
    """Yield what is in an open binary file."""
    size, most = 0, _MOST_MADE_UP if is_made_up(file.name) else None
    while most is None or size <= most:
        piece = file.read(_PIECE)
        if piece is None:  # the file was opened without waiting
            raise BlockingIOError(f"{file.name} waits for what is not written yet")
        if not piece:
            return
        size += len(piece)
        yield piece
    raise OSError(f"{file.name} is made up by the kernel and has no end")
