"""JSON and JSON lines."""

from __future__ import annotations

from ato_adict._errors import ConfigFileError
from ato_adict._simplify import Rules, countable, no_surrogates, simplify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RULES = Rules(
    "JSON", {type(None): None, bool: None, int: countable, float: None, str: no_surrogates}
)


def dumps(tree: Any, **options: Any) -> str:
    """Return a config as JSON text; not-a-number and infinities as Python's json writes them."""
    import json

    return json.dumps(simplify(tree, RULES), **options)


def dumps_file(tree: Any, **options: Any) -> str:
    """Return a config as the text of a JSON file: indented, with a final line break."""
    return dumps(tree, **{"indent": 2, "ensure_ascii": False, **options}) + "\n"


def dumps_lines(tree: Any, **options: Any) -> str:
    """Return a config as JSON lines: one line, one object."""
    return dumps(tree, **{"ensure_ascii": False, **options}) + "\n"


def loads(text: str) -> Any:
    """Return the data of a JSON text; a key that appears twice in an object is an error."""
    import json

    try:
        return json.loads(text, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise ConfigFileError(error.msg, None, error.lineno, error.colno) from None


def loads_lines(text: str) -> dict[str, Any]:
    """Return the objects of JSON lines merged into one; the last one wins."""
    merged: dict[str, Any] = {}
    empty = True
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            merged.update(_load_line(line, number))
            empty = False
    if empty:
        raise ConfigFileError("is empty; an empty config is written {}")
    return merged


def _load_line(line: str, number: int) -> dict[str, Any]:
    try:
        data = loads(line)
    except ConfigFileError as error:
        raise ConfigFileError(error.problem, None, number, error.column) from None
    if not isinstance(data, dict):
        problem = f"expected a JSON object, found {type(data).__name__}"
        raise ConfigFileError(problem, None, number)
    return data


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigFileError(f"the key '{twice}' appears twice in one object")
    return data
