"""OpenMMLab configs: files that build on other files."""

from __future__ import annotations

import ast
import os
from copy import deepcopy

from ato_adict._basics.errors import ConfigFileError, NestingError
from ato_adict._basics.texts import in_line, one_line
from ato_adict._files.composing.references import References, as_base, as_plain
from ato_adict._files.files import format_of, parse, read_text, real_path
from ato_adict._files.formats.python_files import (
    BASE,
    new_variables,
    read_code,
    run_code,
    sets_bases,
    visible,
)
from ato_adict._files.paths import name_problem, path_text
from ato_adict._names import nesting_error
from ato_adict._tree import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DELETE = "_delete_"


def load_mm(path: Any) -> dict[str, Any]:
    """Return the plain data of an OpenMMLab config with its bases merged in.

    The format is that of mmengine's Config: https://mmengine.readthedocs.io, "Config".
    """
    return _load_file(path_text(path), (), {})


def _load_file(
    path: str, chain: tuple[str, ...], done: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what a file says with its bases; `done` are those that others built on as well."""
    name = real_path(path)
    if name in done:
        return deepcopy(done[name])
    if name in chain:
        shown = " -> ".join(map(os.path.basename, (*chain, name)))
        raise ConfigFileError(f"_base_ refers back to itself: {shown}", path)
    references = References(read_text(path), path, format_of(path))
    load = _load_code if format_of(path) == "py" else _load_data
    merged = done[name] = load(references, (*chain, name), done)
    return _walked(path, merged, deepcopy) if chain else merged


def _walked(path: str, data: Any, walk: Callable[[Any], Any]) -> Any:
    """Return what a walk through the data of a file finds; a circle in it is named."""
    try:
        return walk(data)
    except RecursionError:
        raise NestingError(f"{path}: {nesting_error(data)}") from None


def _load_data(
    references: References, chain: tuple[str, ...], done: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what a file that is no code says, on top of its bases."""
    path = references.path
    data = _walked(path, parse(references.text, format_of(path), path), references.fill)
    merged: dict[str, Any] = _merged(data.pop(BASE, []), path, chain, done)
    references.bases = merged
    _walked(path, data, lambda data: merge(merged, references.fill(data), DELETE))
    return merged


def _load_code(
    references: References, chain: tuple[str, ...], done: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what a Python file says, which runs once its bases are known."""
    path = references.path
    variables = new_variables(path)
    tree = read_code(references.text, path)
    _filled(references, tree, variables)
    names = _take_bases(tree, variables, references)
    merged: dict[str, Any] = _merged(names, path, chain, done)
    references.bases = merged
    _filled(references, tree, variables)
    base = _walked(path, merged, as_base)
    if names:
        variables[BASE] = base
    run_code(tree, variables, path)
    variables.pop(BASE, None)
    found: dict[str, Any] = _walked(path, base, as_plain)  # which the code may have changed
    own = visible(variables, private=True)
    _walked(path, own, lambda own: merge(found, as_plain(own), DELETE))
    return found


def _filled(references: References, tree: ast.Module, variables: dict[str, Any]) -> None:
    try:
        references.fill_code(tree, variables)
    except RecursionError:
        raise NestingError(f"{references.path}: nested too deeply") from None


def _take_bases(tree: ast.Module, variables: dict[str, Any], references: References) -> Any:
    """Return what a file says of its bases, and leave in `tree` what is to run after them.

    Where the bases are no literal, what stands before them runs first.
    """
    places = [number for number, node in enumerate(tree.body) if sets_bases(node)]
    if not places:
        return []
    node = tree.body[places[-1]]
    if len(places) == 1 and isinstance(node, ast.Assign):
        try:
            names = ast.literal_eval(node.value)
        except (ValueError, TypeError):
            pass
        else:
            tree.body.remove(node)
            return names
    before = ast.parse("")
    before.body, tree.body = tree.body[: places[-1] + 1], tree.body[places[-1] + 1 :]
    references.refuse_bases(before)
    run_code(before, variables, references.path)
    return variables.pop(BASE, [])


def _merged(
    names: Any, path: str, chain: tuple[str, ...], done: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return what the bases of a file say together."""
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        problem = f"_base_ must be a path or a list of paths, not {in_line(names)}"
        raise ConfigFileError(problem, path)
    for name in names:
        if name_problem(name):
            raise ConfigFileError(f"_base_ {in_line(name)} is no path: {name_problem(name)}", path)
    folder = os.path.dirname(path)
    bases = [os.path.join(folder, os.path.expanduser(name)) for name in names]
    for name, base in zip(names, bases):
        if _base_format(name, base, path) == "py" and format_of(path) != "py":
            problem = (
                f"_base_ {in_line(name)} is a program, on which only a .py config may build;"
                f" write this file in Python, or the base as data, {one_line(name[:-3])}.yaml"
            )
            raise ConfigFileError(problem, path)
    merged: dict[str, Any] = {}
    for base in bases:
        merge(merged, _load_file(base, chain, done), DELETE)
    return merged


def _base_format(name: str, base: str, path: str) -> str:
    """Return the format of a base, which a file calls by a name."""
    try:
        return format_of(base)
    except ConfigFileError as error:
        raise ConfigFileError(f"_base_ {in_line(name)}: {error.problem}", path) from None


def mm_update(node: Any, mapping: Any) -> None:
    """Merge `mapping` into a config, all of it or, on an error, nothing."""
    merge(node, mapping, DELETE)
