"""The state of a git repository, without changing it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SECONDS = 10


def describe_repository(path: str) -> dict[str, Any] | None:
    """Commit, branch, and a hash of what is not committed; None where there is no repository."""
    root = _git(path, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    commit = _git(path, "rev-parse", "--verify", "--quiet", "HEAD")
    branch = _git(path, "symbolic-ref", "--short", "--quiet", "HEAD")
    top = _text(root)
    changes = _changes(top, has_commit=commit is not None)
    return {
        "root": top,
        "commit": _text(commit) or None,
        "branch": _text(branch) or None,
        "dirty": bool(changes),
        "diff_hash": _sha256(changes) if changes else None,
    }


def _changes(root: str, has_commit: bool) -> bytes:
    """The difference to the last commit, and the contents of files git does not know yet."""
    base = ["HEAD"] if has_commit else ["--cached"]
    flags = ["--binary", "--no-ext-diff", "--no-color", "--no-textconv"]
    diff = _git(root, "diff", *flags, *base) or b""
    names = _git(root, "ls-files", "--others", "--exclude-standard") or b""
    if not names.strip():
        return diff
    hashes = _git(root, "hash-object", "--no-filters", "--stdin-paths", text=names) or b""
    return diff + names + hashes


def _git(path: str, *arguments: str, text: bytes = b"") -> bytes | None:
    import subprocess

    command = ["git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=path,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _text(output: bytes | None) -> str:
    return (output or b"").decode("utf-8", "replace").strip()


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
