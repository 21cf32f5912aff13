"""The folder of each trial: named before it runs, made when its objective first asks for it."""

from __future__ import annotations

import os
import re
from typing import Any

from ato_adict import ADict
from ato_adict.surroundings import absolute
from ato_hyperband._errors import SettingsError

# Where the folders of searches lie that name none.
DEFAULT_ROOT = "checkpoints"


class TrialNode(ADict):
    """The `config.trial` of an objective; reading `checkpoint_dir` makes that folder.

    So a search whose objective keeps no files leaves no folders behind, and a worker on another
    machine makes its own.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return _made(name, super().__getattr__(name))

    def __getitem__(self, key: Any) -> Any:
        return _made(key, super().__getitem__(key))

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of `key`, or `default` where it is not set; counts as a read."""
        return _made(key, super().get(key, default))


def _made(key: Any, value: Any) -> Any:
    if key == "checkpoint_dir" and isinstance(value, str):
        os.makedirs(value, exist_ok=True)
    return value


def check_root(given: Any) -> str | None:
    """Return the folder below which trials are to have theirs, None where none is given.

    Raises:
        SettingsError: it is no path, or a file stands where it or a folder above it would be.
    """
    if given is None:
        return None
    if not isinstance(given, (str, os.PathLike)) or not os.fspath(given):
        raise SettingsError(f"checkpoint_dir must be a folder, not {given!r}")
    path = str(os.fspath(given))
    above = absolute(path)
    while not os.path.lexists(above) and os.path.dirname(above) != above:
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        raise SettingsError(f"checkpoint_dir={path!r} cannot be a folder: {above} is none")
    return path


def free_root(study: str, seed: int) -> str:
    """A folder for the trials of a new search, which no other has used.

    Args:
        study: Name of the study; what no file name holds is replaced.
        seed: The study seed.
    """
    name = study.split("<locals>.")[-1]
    plain = re.sub(r"[^\w.-]+", "_", name).strip("._") or "search"
    first = absolute(os.path.join(DEFAULT_ROOT, f"{plain}-{seed}"))
    root, count = first, 1
    while os.path.exists(root):
        count += 1
        root = f"{first}-{count}"
    return root
