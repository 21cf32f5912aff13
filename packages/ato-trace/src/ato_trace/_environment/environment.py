"""`environment()`: what a result may depend on besides its own code."""

from __future__ import annotations

import hashlib
import os
import platform
import sys

from ato_adict import surroundings
from ato_trace._hashing.outputs import hash_output
from ato_trace._source.projects import LIBRARY, owner_of_module, version_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def environment(path: str | None = None) -> dict[str, Any]:
    """Describe the environment of this process as a mapping ready for JSON and the tracker.

    Args:
        path: A directory in the git repository to describe; that of the running script, or else
            the working directory, by default.

    Returns:
        ``python`` (version and implementation), ``platform``, ``packages`` (versions of the
        installed packages that are imported), ``git`` (commit, branch, whether there are changes
        that are not committed and a hash of them; None outside a repository) and ``seeds`` (those
        that can be known: PYTHONHASHSEED, NumPy's and torch's).
    """
    return {
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
        },
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "cpu_count": os.cpu_count(),
        },
        "packages": imported_packages(),
        "git": repository(path or surroundings.program_folder()),
        "seeds": _known_seeds(),
    }


def imported_packages() -> dict[str, str]:
    """Versions of the imported packages that are installed, by import name."""
    tops = {name for name in list(sys.modules) if "." not in name and not name.startswith("_")}
    versions = {top: version_of(top) for top in tops if owner_of_module(top) == LIBRARY}
    return dict(sorted((top, v) for top, v in versions.items() if v != "unknown"))


def _known_seeds() -> dict[str, Any]:
    """The seeds that libraries remember.

    NumPy remembers the seed of its legacy generator only as long as nothing was drawn; torch and
    the environment remember theirs.
    """
    seeds: dict[str, Any] = {"PYTHONHASHSEED": os.environ.get("PYTHONHASHSEED")}
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed"):
        seeds["torch"] = int(torch.initial_seed())
        seeds["torch_deterministic"] = bool(torch.are_deterministic_algorithms_enabled())
    return {**seeds, **_state_hashes()}


def _state_hashes() -> dict[str, str]:
    """Generators that do not remember a seed: a hash of the state they are in."""
    hashes = {}
    random = sys.modules.get("random")
    if random is not None:
        hashes["random_state"] = hash_output(random.getstate())
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        hashes["numpy_state"] = hash_output(numpy_random.get_state(legacy=False))
    return hashes


# -- the git repository --------------------------------------------------------------------------


def repository(path: str) -> dict[str, Any] | None:
    """Commit, branch, and a hash of what is not committed; None where there is no repository."""
    root = surroundings.git(path, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    commit = surroundings.git(path, "rev-parse", "--verify", "--quiet", "HEAD")
    branch = surroundings.git(path, "symbolic-ref", "--short", "--quiet", "HEAD")
    top = _text(root)
    changes = _changes(top, has_commit=commit is not None)
    return {
        "root": top,
        "commit": _text(commit) or None,
        "branch": _text(branch) or None,
        "dirty": bool(changes),
        "diff_hash": hashlib.sha256(changes).hexdigest() if changes else None,
    }


def _changes(root: str, has_commit: bool) -> bytes:
    """The difference to the last commit, and the contents of files git does not know yet."""
    base = ["HEAD"] if has_commit else ["--cached"]
    flags = ["--binary", "--no-ext-diff", "--no-color", "--no-textconv"]
    diff = surroundings.git(root, "diff", *flags, *base) or b""
    names = surroundings.git(root, "ls-files", "--others", "--exclude-standard") or b""
    if not names.strip():
        return diff
    hashes = (
        surroundings.git(root, "hash-object", "--no-filters", "--stdin-paths", text=names) or b""
    )
    return diff + names + hashes


def _text(output: bytes | None) -> str:
    return (output or b"").decode("utf-8", "replace").strip()
