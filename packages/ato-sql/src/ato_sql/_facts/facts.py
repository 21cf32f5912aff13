"""What is recorded of the circumstances of a run."""

from __future__ import annotations

import codecs
import functools
import hashlib
import json
import locale
import os
import platform
import shlex
import sys
from typing import Any, Iterable, NamedTuple, Sequence

from ato_adict.notebooks import main_file, own_arguments, running_cell, shell, shell_name
from ato_adict.surroundings import (
    absolute,
    git,
    host_name,
    process_identity,
    program_folder,
    working_folder,
)
from ato_sql._facts.worker import worker
from ato_sql._values import secrets
from ato_sql._values.values import clean_text


class Git(NamedTuple):
    """The state of the repository a program runs from."""

    commit: str | None
    dirty: bool | None


def facts(
    redacted: bool, secret_keys: Sequence[str], secret_texts: Iterable[str], with_git: bool
) -> dict[str, Any]:
    """Return the columns of a run that say where and by what it was made.

    Args:
        redacted: Whether secrets are hidden.
        secret_keys: More names of secrets.
        secret_texts: What is hidden in the command wherever it stands: its own parser may call it
            `-p x`.
        with_git: Whether to ask git for the commit.
    """
    state = git_state(program_folder()) if with_git else Git(None, None)
    environment = current_environment()
    command = [clean_text(argument) for argument in command_line()]
    if redacted:
        command = secrets.redact.redact_command(command, secret_keys)
        command = [secrets.redact.without(argument, secret_texts) for argument in command]
    folder = clean_text(start_folder())
    return {
        "command": command,
        "directory": secrets.redact_text(folder, secret_keys) if redacted else folder,
        "git_commit": state.commit,
        "git_dirty": state.dirty,
        **here(),
        "environment": environment,
        "environment_hash": digest(environment),
    }


def here() -> dict[str, Any]:
    """Return the columns of a run that say which process keeps it alive."""
    return {
        "host": clean_text(host_name()),
        "pid": os.getpid(),
        "process": process_identity(os.getpid()),
    }


def command_line() -> list[str]:
    """Return the command that runs this program, the interpreter left out.

    Of a notebook it is the notebook and the cell: what started the kernel tells nothing; nor does
    what opened a prompt, `python -m code` or `python -i train.py`, of which it is empty. Of a file
    that IPython runs, by `%run` or as `ipython train.py`, it is IPython or the notebook, and the
    file.
    """
    cell = running_cell()
    if cell is not None:
        return cell
    arguments = arguments_of_start(own_arguments())
    if hasattr(sys, "ps1"):
        return [""] if shell() is None else [shell_name(), *arguments]
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is not None and arguments:
        module = module_of_tool(arguments[0], spec)
        if module is None and is_module(arguments[0], spec):
            module = module_name(spec.name)
        if module is not None:
            return ["-m", module, *arguments[1:]]
    return arguments


def arguments_of_start(arguments: list[str]) -> list[str]:
    """Return the words the program was started with, where it has taken some out of `sys.argv`.

    As with `options, rest = parser.parse_known_args(); sys.argv[1:] = rest`.
    """
    has_program = bool(arguments) and arguments[0] not in ("", "-", "-c")
    started = _started_with(arguments[0]) if has_program else []
    rest = iter(started)
    is_part = len(arguments) < len(started) and all(word in rest for word in arguments)
    return started if is_part else arguments


def _started_with(program: str) -> list[str]:
    """Return the words of this process from that of a program on; none where they are not known."""
    words = words_of_process()
    if program in words[1:]:
        return words[words.index(program, 1) :]
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if "-m" in words[1:-1] and spec is not None:  # whose file Python names, not the module
        after = words[words.index("-m", 1) + 1 :]
        if after[0] == module_name(spec.name) and is_module(program, spec):
            return [program, *after[1:]]
    return []


def words_of_process() -> list[str]:
    """Return the words that this process was started with, Python first; none if not known."""
    words = list(getattr(sys, "orig_argv", ()))  # from Python 3.10 on
    if words:
        return words
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]
    except OSError:
        return []


def module_name(name: str) -> str:
    """Return what is typed after `-m` for the module of this name."""
    return name[: -len(".__main__")] if name.endswith(".__main__") else name


def module_of_tool(program: str, spec: Any) -> str | None:
    """Return the module that a tool runs, as `python -m cProfile -m pkg.train` does; else None.

    The tool names it, or its file, as the program.

    Args:
        program: The first word of `sys.argv`.
        spec: That of the module after the first `-m`, the tool.
    """
    if not spec.origin or absolute(program) == spec.origin:
        return None
    words = words_of_process()
    for word in words[words.index("-m", 1) + 2 :] if "-m" in words[1:] else []:
        found = _spec_of(word)
        if found is None or not found.origin or found.origin == spec.origin:
            continue
        main = os.path.join(os.path.dirname(found.origin), "__main__.py")
        is_program = os.path.isfile(program) and absolute(program) in (found.origin, main)
        if word == program or is_program:
            return module_name(word)
    return None


def _spec_of(name: str) -> Any:
    """Return the specification of a module that Python finds without running anything."""
    from importlib.util import find_spec

    parent = name.rpartition(".")[0]
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    try:
        return find_spec(name) if not parent or parent in sys.modules else None
    except (ImportError, ValueError):
        return None


def is_module(name: str, spec: Any) -> bool:
    """Tell whether `python -m` runs this program, which `name` is the first word of.

    A folder or a zipapp that is the program, `python folder`, is a module that has no name.
    """
    if not spec.name or runs_another(name, spec):
        return False
    return spec.name != "__main__" or name.endswith(".py")


def runs_another(name: str, spec: Any) -> bool:
    """Tell whether the module after `-m` is a tool, such as cProfile, that runs the program `name`.

    Python names the module's own file there, and a tool the program; its own options are lost.
    """
    if not name.endswith((".py", ".pyw")) or not os.path.isfile(name) or not spec.origin:
        return False
    return not (os.path.isfile(spec.origin) and os.path.samefile(name, spec.origin))


def start_folder() -> str:
    """Return the folder that the command of this program is run in.

    It is the working directory, unless the program has changed that: then where its own file was
    found by the name that the command has for it.
    """
    here = working_folder()
    main = sys.modules.get("__main__")
    spec: Any = getattr(main, "__spec__", None)
    name, file = sys.argv[0] if sys.argv else "", main_file()
    first = sys.path[0] if sys.path else ""
    has_module = spec is not None and is_module(name, spec)
    if has_module:
        name, file = spec.name.replace(".", os.sep) + ".py", spec.origin
    elif file and os.path.basename(file) == "__main__.py" != os.path.basename(name):
        name, file = os.path.normpath(name), os.path.normpath(os.path.dirname(file))
        first = os.path.dirname(absolute(first))
    if not name or not file or os.path.isabs(name):
        return here
    if not os.path.isabs(file):  # Python 3.7 and 3.8 keep the whole path of the folder only
        name = os.path.normpath(name)
        file = os.path.join(first, os.path.basename(name))
    if os.path.isabs(file) and file.endswith(os.sep + name):
        found = file[: -len(name) - 1] or os.sep
        # A module may also lie in PYTHONPATH; the first folder is the one that it was started in.
        return found if not has_module or found == first else here
    return here


# Once for a process: what runs is what was loaded when it started.
@functools.lru_cache(maxsize=None)
def git_state(folder: str) -> Git:
    """Return commit and dirty flag of the repository around `folder`; None outside of one."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return Git(None, None)
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return Git(commit, None if changes is None else bool(changes))


def _git(folder: str, *arguments: str) -> str | None:
    printed = git(folder, *arguments)
    return None if printed is None else printed.decode("utf-8", "replace").strip()


def current_environment() -> dict[str, Any]:
    """Return versions of Python, the platform and every installed package, and what ran it."""
    name = worker()  # of this process, which may be a fork of one that has asked before
    return {**_installation(), **({} if name is None else {"worker": clean_text(name)})}


@functools.lru_cache(maxsize=None)
def _installation() -> dict[str, Any]:
    search_path = os.environ.get("PYTHONPATH")
    return {
        **({"search_path": clean_text(search_path)} if search_path else {}),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "executable": clean_text(sys.executable) if sys.executable else None,
        "options": " ".join(map(shlex.quote, interpreter_options())) or None,
        "file_encoding": _encoding(locale.getpreferredencoding(False)),
        "output_encoding": output_encoding(),
        "packages": dict(sorted(_packages().items())),
    }


def output_encoding() -> str | None:
    """Return what encodes the text that this process prints, None where nothing does."""
    return _encoding(getattr(sys.__stdout__, "encoding", None))


def _encoding(name: str | None) -> str | None:
    """Return the one name that Python has for an encoding of many."""
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        return name


def interpreter_options() -> list[str]:
    """Return the options that Python itself was started with, such as `-O`."""
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]

    options: list[str] = _args_from_interpreter_flags()
    return options


def _packages() -> dict[str, str]:
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        import importlib_metadata as metadata  # type: ignore[import-not-found, no-redef, unused-ignore]
    versions: dict[str, str] = {}
    for distribution in metadata.distributions():
        try:
            read = distribution.metadata  # each asking reads and parses the file
            name, version = read["Name"], read["Version"]
        except Exception:  # a broken installation says nothing about this run
            continue
        if name and version:
            versions.setdefault(clean_text(str(name)), clean_text(str(version)))
    return versions


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value, the order of keys left out."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
