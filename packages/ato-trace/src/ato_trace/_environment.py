"""`environment()`: what a result may depend on besides its own code."""

from __future__ import annotations

import os
import sys

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
    import platform

    from ato_trace._git import describe_repository

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
        "git": describe_repository(path or _home()),
        "seeds": known_seeds(),
    }


def _home() -> str:
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return os.path.dirname(os.path.abspath(script)) if script else os.getcwd()


def imported_packages() -> dict[str, str]:
    """Versions of the imported packages that are installed, by import name."""
    from ato_trace._projects import LIBRARY, owner_of_module, version_of

    tops = {name for name in list(sys.modules) if "." not in name and not name.startswith("_")}
    versions = {top: version_of(top) for top in tops if owner_of_module(top) == LIBRARY}
    return dict(sorted((top, v) for top, v in versions.items() if v != "unknown"))


def known_seeds() -> dict[str, Any]:
    """The seeds that libraries remember.

    NumPy remembers the seed of its legacy generator only as long as nothing was drawn; torch and
    the environment remember theirs.
    """
    seeds: dict[str, Any] = {"PYTHONHASHSEED": os.environ.get("PYTHONHASHSEED")}
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed"):
        seeds["torch"] = int(torch.initial_seed())
        seeds["torch_deterministic"] = bool(torch.are_deterministic_algorithms_enabled())
    state = _state_hashes()
    return {**seeds, **state}


def _state_hashes() -> dict[str, str]:
    """Generators that do not remember a seed: a hash of the state they are in."""
    from ato_trace._outputs import hash_output

    hashes = {}
    random = sys.modules.get("random")
    if random is not None:
        hashes["random_state"] = hash_output(random.getstate())
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        hashes["numpy_state"] = hash_output(numpy_random.get_state(legacy=False))
    return hashes
