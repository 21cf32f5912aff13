"""Composing a config from a directory of config files."""

from __future__ import annotations

import errno
import os
import re
import stat
import warnings
from collections.abc import Iterable, Mapping

from ato_adict._errors import (
    ConfigFileError,
    ConfigFileNotFoundError,
    ValidationError,
    did_you_mean,
)
from ato_adict._files.files import SUFFIXES, load
from ato_adict._texts import cut, holds_long, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ON_MISSING = ("error", "warn", "ignore")


def compose_into(
    config: Any,
    root: Any,
    config_filename: str,
    select: Any,
    overrides: Any,
    on_missing: str,
    required: Any,
) -> None:
    """Merge the base file, the selected options and the overrides into `config`."""
    on_missing = "ignore" if on_missing == "skip" else on_missing
    if on_missing not in _ON_MISSING:
        raise ValueError(f"on_missing must be one of {_ON_MISSING}, not {on_missing!r}")
    root = os.fspath(root)
    for stem in [config_filename, *_selected(select)]:
        path = _find(root, stem, on_missing)
        if path is not None:
            config.update(load(path), recurrent=True)
    for name, value in _items("overrides", overrides):
        config.set_by_name(_override(name), value)
    _require(config, [required] if isinstance(required, str) else required or [])


def _selected(select: Any) -> list[str]:
    stems = []
    for group, options in _items("select", select):
        several = isinstance(options, Iterable) and not isinstance(options, str)
        stems += [_stem(group, option) for option in (options if several else [options])]
    return stems


def _stem(group: Any, option: Any) -> str:
    try:
        if not holds_long((group, option)):
            return f"{group}/{option}"
    except Exception:  # it is another's code
        pass
    pair = f"{{{shown(group, 100)}: {shown(option, 100)}}}"
    raise ConfigFileError(f"select: {pair} is no name of a file")


def _override(name: Any) -> str:
    if isinstance(name, str):
        return name
    kind = type(name).__name__
    raise ConfigFileError(f"overrides: {shown(name, 100)} of type {kind} is no dotted name")


def _items(what: str, given: Any) -> Any:
    if isinstance(given or {}, Mapping):
        return (given or {}).items()
    raise ConfigFileError(f"{what} must be a mapping, not {shown(given, 100)}")


def _find(root: str, stem: str, on_missing: str) -> str | None:
    """Return the file `root/stem` with any suffix; a suffix may be part of the stem."""
    base = os.path.join(root, *_inside(stem, root))
    if os.path.splitext(base)[1] in SUFFIXES and _is_there(base):
        return base
    found = [base + suffix for suffix in SUFFIXES if _is_there(base + suffix)]
    if len(found) > 1:
        names = " and ".join(map(os.path.basename, found))
        raise ConfigFileError(f"ambiguous: {names} both exist; remove one", base)
    if not found:
        _missing(root, stem, base, on_missing)
        return None
    return found[0]


def _is_there(path: str) -> bool:
    """Tell whether there is something at a path; what is no file is refused when it is read."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except OSError as error:
        return error.errno == errno.ELOOP


def _inside(stem: str, root: str) -> list[str]:
    """Return the parts of a name that stays below the root: what is chosen may come from data."""
    parts = re.split(r"[/\\\\]" if os.sep == "\\" else "/", stem)
    if os.pardir in parts or "\0" in stem or any(map(os.path.isabs, (stem, *parts))):
        raise ConfigFileError(f"{shown(stem, 200)} is no name of a file below {cut(root)}")
    return parts


def _missing(root: str, stem: str, base: str, on_missing: str) -> None:
    if on_missing == "ignore":
        return
    suffixes = "|".join(suffix[1:] for suffix in SUFFIXES)
    problem = f"there is no {cut(stem)}.[{suffixes}] in {cut(root)}{_hint(base)}"
    if on_missing == "error":
        raise ConfigFileNotFoundError(problem)
    warnings.warn(problem, stacklevel=5)


def _hint(base: str) -> str:
    directory, name = os.path.split(base)
    try:
        stems = {os.path.splitext(file)[0] for file in os.listdir(directory)}
    except OSError:
        return ""
    return did_you_mean(name, sorted(stems))


def _require(config: Any, names: Any) -> None:
    problems = [f"required key '{name}' is not set" for name in names if not config.has(name)]
    if problems:
        raise ValidationError(problems)
