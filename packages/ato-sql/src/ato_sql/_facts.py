"""What is recorded of the circumstances of a run."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
from typing import Any, NamedTuple, Sequence

from ato_sql._process import host_name, process_identity
from ato_sql._redact import redact_command, redact_text
from ato_sql._values import clean_text

_GIT_SECONDS = 5


class Git(NamedTuple):
    """The state of the repository a program runs from."""

    commit: str | None
    dirty: bool | None


def facts(redacted: bool, secret_keys: Sequence[str], with_git: bool) -> dict[str, Any]:
    """Return the columns of a run that say where and by what it was made."""
    git = git_state(program_folder()) if with_git else Git(None, None)
    environment = current_environment()
    command = [clean_text(argument) for argument in command_line()]
    folder = clean_text(os.getcwd())
    return {
        "command": redact_command(command, secret_keys) if redacted else command,
        "directory": redact_text(folder) if redacted else folder,
        "git_commit": git.commit,
        "git_dirty": git.dirty,
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
    """Return the command that runs this program, the interpreter left out."""
    arguments = [str(argument) for argument in sys.argv]
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is not None and spec.name and arguments:
        module = spec.name[: -len(".__main__")] if spec.name.endswith(".__main__") else spec.name
        return ["-m", module, *arguments[1:]]
    return arguments


def program_folder() -> str:
    """Return the folder of the program that runs, else the working directory."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    folder = os.path.dirname(os.path.abspath(file)) if file else os.getcwd()
    return folder if os.path.isdir(folder) else os.getcwd()


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
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 else None


@functools.lru_cache(maxsize=None)
def current_environment() -> dict[str, Any]:
    """Return versions of Python, the platform and every installed package."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "packages": dict(sorted(_packages().items())),
    }


def _packages() -> dict[str, str]:
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        import importlib_metadata as metadata  # type: ignore[import-not-found, no-redef, unused-ignore]
    versions: dict[str, str] = {}
    for distribution in metadata.distributions():
        try:
            name, version = distribution.metadata["Name"], distribution.version
        except Exception:  # a broken installation says nothing about this run
            continue
        if name and version:
            versions.setdefault(clean_text(str(name)), clean_text(str(version)))
    return versions


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value, the order of keys left out."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
