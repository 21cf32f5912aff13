"""Whether two texts of a file say the same: comments and layout are no cause."""

from __future__ import annotations

import os
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def mean_the_same(name: str, old: str, new: str) -> bool:
    """Tell whether two texts differ only in what their format ignores, as far as is known."""
    suffix = os.path.splitext(name)[1].lower()
    if suffix == ".py":
        from ato_trace import explain_sources

        return not explain_sources({"it": old}, {"it": new})
    read = _READERS.get(suffix)
    if read is None:
        return False
    try:
        return bool(read(old) == read(new))
    except (Exception, RecursionError):  # not of that format after all
        return False


def _json(text: str) -> Any:
    import json

    return repr(json.loads(text, object_pairs_hook=list))  # the order of keys may matter


def _yaml(text: str) -> Any:
    """What a YAML text consists of; not its data, which aliases can multiply without end."""
    import yaml

    parts = ("anchor", "tag", "value", "implicit")
    return [
        (type(event).__name__, *(getattr(event, part, None) for part in parts))
        for event in yaml.parse(text)
        if not isinstance(event, (yaml.DocumentStartEvent, yaml.DocumentEndEvent))
    ]


def _toml(text: str) -> Any:
    return repr(import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text))


_READERS: dict[str, Callable[[str], Any]] = {
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
}
