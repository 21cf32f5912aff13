"""Long texts that many places of a config share, as references and aliases make them.

In memory such a text is one; as JSON it stands as often as it is shared.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ato_sql._facts.facts import digest
from ato_sql._values.marked import MARK

_LONG = 1000  # characters, below which texts are not counted
_MOST = 5_000_000  # characters of all repeats together
_SHOWN = 200


def without_repeats(data: Any) -> Any:
    """Return JSON data, what is repeated without end by its beginning and its hash.

    The first of equal texts stays, by the order of keys; all of them where together they are no
    longer than those of any config.
    """
    seen: set[str] = set()
    size = 0
    for text in _long_texts(data):
        size += len(text) if text in seen else 0
        seen.add(text)
    return _Shortened().of(data) if size > _MOST else data


def _long_texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        if len(data) > _LONG:
            yield data
    elif isinstance(data, (Mapping, list)):
        for item in data.values() if isinstance(data, Mapping) else data:
            yield from _long_texts(item)


class _Shortened:
    """JSON data in which each long text stands once."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[str, Any]] = {}

    def of(self, data: Any) -> Any:
        """Return a value as it is stored."""
        if isinstance(data, str) and len(data) > _LONG:
            return self._text(data)
        if isinstance(data, Mapping):
            kept = {key: self.of(data[key]) for key in sorted(data)}  # in whichever order they are
            return {key: kept[key] for key in data}
        return [self.of(item) for item in data] if isinstance(data, list) else data

    def _text(self, text: str) -> Any:
        if text in self._marks:
            return self._marks[text]
        value = f"{text[:_SHOWN]}..."
        content = f"sha256:{digest(text)}"
        self._marks[text] = {MARK: "repr", "type": "str", "value": value, "content": content}
        return text
