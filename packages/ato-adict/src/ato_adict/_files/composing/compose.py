"""Composing a config from a directory of config files."""

from __future__ import annotations

import errno
import os
import re
import stat
import warnings
from collections.abc import Iterable, Mapping

from ato_adict._basics.errors import (
    ConfigFileError,
    ConfigFileNotFoundError,
    ValidationError,
    did_you_mean,
)
from ato_adict._basics.texts import holds_long, in_line, kind_name, one_line
from ato_adict._files.files import SUFFIXES, load
from ato_adict._files.paths import name_problem, path_text

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
        problem = f"on_missing must be one of {_ON_MISSING}, not {in_line(on_missing, 100)}"
        raise ConfigFileError(problem)
    root, names = path_text(root, "root"), _required(required)
    if not isinstance(config_filename, str):
        raise _wrong("config_filename", config_filename, "name of a file")
    for stem in [config_filename, *_selected(select)]:
        path = _find(root, stem, on_missing)
        if path is not None:
            config.update(load(path), recurrent=True)
    for name, value in _items("overrides", overrides):
        config.set_by_name(_override(name), value)
    _require(config, names)


def _selected(select: Any) -> list[str]:
    stems = []
    for group, options in _items("select", select):
        several = isinstance(options, Iterable) and not isinstance(options, (str, bytes))
        stems += [_stem(group, option) for option in (options if several else [options])]
    return stems


def _stem(group: Any, option: Any) -> str:
    try:
        if not holds_long((group, option)) and not isinstance(option, bytes):
            return f"{group}/{option}"
    except Exception:  # it is another's code
        pass
    pair = f"{{{in_line(group, 100)}: {in_line(option, 100)}}}"
    raise ConfigFileError(f"select: {pair} is no name of a file")


def _override(name: Any) -> str:
    if isinstance(name, str):
        return name
    raise _wrong("overrides", name, "dotted name")


def _wrong(what: str, given: Any, wanted: str) -> ConfigFileError:
    text = f"{in_line(given, 100)} of type {kind_name(given)}"
    return ConfigFileError(f"{what}: {text} is no {wanted}")


def _required(given: Any) -> list[str]:
    """Return the names that must be set."""
    if not given or isinstance(given, str):
        return [given] if given else []
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        problem = "required must be a dotted name or several"
        raise ConfigFileError(f"{problem}, not {in_line(given, 100)}")
    names = list(given)
    for name in names:
        if not isinstance(name, str):
            raise _wrong("required", name, "dotted name")
    return names


def _items(what: str, given: Any) -> Any:
    if isinstance(given or {}, Mapping):
        return (given or {}).items()
    raise ConfigFileError(f"{what} must be a mapping, not {in_line(given, 100)}")


def _find(root: str, stem: str, on_missing: str) -> str | None:
    """Return the file `root/stem` with any suffix; a suffix may be part of the stem."""
    base = os.path.join(root, *_inside(stem, root))
    if os.path.splitext(base)[1] in SUFFIXES and _is_there(base):
        return base
    found = [base + suffix for suffix in SUFFIXES if _is_there(base + suffix)]
    if len(found) > 1:
        names = " and ".join([one_line(os.path.basename(name)) for name in found])
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
    if os.pardir in parts or name_problem(stem) or any(map(os.path.isabs, (stem, *parts))):
        raise ConfigFileError(f"{in_line(stem)} is no name of a file below {one_line(root)}")
    return parts


def _missing(root: str, stem: str, base: str, on_missing: str) -> None:
    if on_missing == "ignore":
        return
    suffixes = "|".join(suffix[1:] for suffix in SUFFIXES)
    problem = f"there is no {one_line(stem)}.[{suffixes}] in {one_line(root)}{_hint(base)}"
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
    missing = [one_line(name) for name in names if not config.has(name)]
    problems = [f"required key '{name}' is not set" for name in missing]
    if problems:
        raise ValidationError(problems)
