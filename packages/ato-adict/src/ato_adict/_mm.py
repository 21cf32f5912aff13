"""OpenMMLab configs: files that build on other files."""

from __future__ import annotations

import os
import re

from ato_adict._errors import ConfigFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BASE, DELETE = "_base_", "_delete_"
_BASE_REFERENCE = re.compile(r"""(["']?)\{\{\s*_base_\.([\w.]+)\s*\}\}(["']?)""")
_TOKEN = re.compile(r"__ato_base_reference__([\w.]+?)__end__")


def load_mm(path: Any, chain: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the plain data of an OpenMMLab config with its bases merged in.

    The format is that of mmengine's Config: https://mmengine.readthedocs.io, "Config".
    """
    name = os.path.realpath(os.fspath(path))
    if name in chain:
        shown = " -> ".join(map(os.path.basename, (*chain, name)))
        raise ConfigFileError(f"_base_ refers back to itself: {shown}", os.fspath(path))
    data = _load_one(os.fspath(path))
    merged: dict[str, Any] = {}
    for base in _bases(data.pop(BASE, []), os.fspath(path)):
        merged = merge(load_mm(base, (*chain, name)), merged)
    return merge(_fill_in(data, merged, os.fspath(path)), merged)


def _bases(names: Any, path: str) -> list[str]:
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        raise ConfigFileError(f"_base_ must be a path or a list of paths, not {names!r}", path)
    return [os.path.join(os.path.dirname(path), os.path.expanduser(n)) for n in names]


def _load_one(path: str) -> dict[str, Any]:
    """Read one file after replacing its predefined variables."""
    from ato_adict._files import format_of, parse, read_text
    from ato_adict._python_files import execute

    text = _with_variables(read_text(path), path)
    if format_of(path) == "py":
        return execute(text, path, private=True)
    data: dict[str, Any] = parse(text, format_of(path), path)
    return data


def _with_variables(text: str, path: str) -> str:
    directory, basename = os.path.split(os.path.abspath(path))
    stem, suffix = os.path.splitext(basename)
    variables = {
        "fileDirname": directory,
        "fileBasename": basename,
        "fileBasenameNoExtension": stem,
        "fileExtname": suffix,
    }
    for name, value in variables.items():
        # It stands inside a quoted text, where a backslash would begin an escape.
        value = value.replace("\\", "/")
        text = value.join(re.split(r"\{\{\s*" + name + r"\s*\}\}", text))
    return _BASE_REFERENCE.sub(_as_token, text)


def _as_token(match: re.Match[str]) -> str:
    """Write a reference to a base as a text, in quotes where it stands in none."""
    before, name, after = match.groups()
    token = f"__ato_base_reference__{name}__end__"
    return f"{before}{token}{after}" if before or after else f'"{token}"'


def _fill_in(value: Any, bases: dict[str, Any], path: str) -> Any:
    """Replace the tokens in `value` by what the bases say."""
    if isinstance(value, dict):
        return {key: _fill_in(child, bases, path) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_fill_in(child, bases, path) for child in value])
    if not isinstance(value, str) or "__ato_base_reference__" not in value:
        return value
    whole = _TOKEN.fullmatch(value)
    if whole:
        return _base_value(whole.group(1), bases, path)
    return _TOKEN.sub(lambda match: str(_base_value(match.group(1), bases, path)), value)


def _base_value(name: str, bases: dict[str, Any], path: str) -> Any:
    from copy import deepcopy

    from ato_adict._dotted import lookup
    from ato_adict._errors import MissingKeyError

    try:
        return deepcopy(lookup(bases, name))
    except MissingKeyError as error:
        raise ConfigFileError(f"{{{{ _base_.{name} }}}}: {error}", path) from None


def merge(new: Any, old: Any) -> dict[Any, Any]:
    """Return `old` with `new` merged in; neither is changed."""
    merged = dict(old.items())
    for key, value in new.items():
        merged[key] = _merged_value(value, old.get(key))
    return merged


def _merged_value(value: Any, old: Any) -> Any:
    if not isinstance(value, dict):
        return value
    replaces = value.get(DELETE, False) or not isinstance(old, dict)
    kept = {key: child for key, child in value.items() if key != DELETE}
    return merge(kept, {} if replaces else old)


def mm_update(node: Any, mapping: Any) -> None:
    """Merge `mapping` into a config, all of it or, on an error, nothing."""
    node._ato_fill(merge(mapping, node.to_dict()))
