"""Where the value of a key comes from: its events, compared with what it is now."""

from __future__ import annotations

from ato_adict import MISSING, ADict, did_you_mean
from ato_adict.surroundings import name_of, shown
from ato_scope._errors import ScopeError
from ato_scope._history.recorder import Event, Source, is_same, jsonable
from ato_scope._program import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from ato_scope._history.recorder import Recorder


class Explanation:
    """The value of one key and how it came to be.

    Attributes:
        key: The dotted key.
        value: Its value now.
        events: Every value it was given, in order; the last one is what it comes from.
        children: The explanations of the keys below it, where it has such.
        doc: What the schema of the scope says of it.
    """

    __module__ = "ato_scope"

    def __init__(
        self, key: str, value: Any, events: list[Event], children: list[Explanation]
    ) -> None:
        self.key: str = key
        self.value: Any = value
        self.events: list[Event] = events
        self.children: list[Explanation] = children
        self.doc: str = ""

    def add_docs(self, docs: Mapping[str, str]) -> None:
        """Take the text of each key from `docs`."""
        self.doc = docs.get(self.key, "")
        for child in self.children:
            child.add_docs(docs)

    @property
    def source(self) -> Source | None:
        """The step that gave the value, None where it was never recorded."""
        return self.events[-1].source if self.events else None

    @property
    def is_modified_in_place(self) -> bool:
        """Whether the value changed after it was set, as by `config.layers.append(3)`."""
        return bool(self.events) and not is_same(self.events[-1].value, self.value)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON data."""
        if self.children:
            return {"key": self.key, "children": [c.to_dict() for c in self.children]}
        return {
            "key": self.key,
            "value": jsonable(self.value),
            "modified_in_place": self.is_modified_in_place,
            "history": [event.to_dict() for event in self.events],
        }

    def lines(self, prefix: str = "") -> list[str]:
        """Return the explanation as text; `prefix` goes before each key."""
        if self.children:
            return [line for child in self.children for line in child.lines(prefix)]
        doc = f"  # {self.doc}" if self.doc else ""
        lines = [f"{prefix}{self.key} = {shown(self.value)}{doc}"]
        if self.is_modified_in_place:
            lines.append("  modified in place")
        for number, event in enumerate(reversed(self.events)):
            lines.append("  " + _sentence(event, is_last=number == 0))
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__


def _sentence(event: Event, is_last: bool) -> str:
    origin = describe(event.source)
    if event.value is MISSING:
        return f"deleted by {origin}"
    return f"set by {origin}" if is_last else f"overrode {shown(event.value)} from {origin}"


def describe_source(source: Mapping[str, Any]) -> str:
    """Return the `source` of an event of `scope.history` in words: `view 'high_lr' (train.py:16)`.

    For trackers, which keep the history of a run as data.
    """
    parts = {name: source[name] for name in Source.__slots__ if name in source}
    return describe(Source(**parts))


# What each kind of source is called.
_WORDS = {
    "cli": "command line: {token}",
    "assign": "scope.assign: {token}",
    "with_args": "with_args: {token}",
    "view": "view {name!r}{place}",
    "lazy": "lazy view {name!r}{place}",
    "file": "file {name}",
    "schema": "the default of {name}",
    "computed": "{name}, which computes it",
    "base": "the config that the scope was made with",
    "argparse": "argparse: {typed}",
}


def describe(source: Source) -> str:
    """Return a source in words: `view 'high_lr' (train.py:16)`."""
    words = _WORDS.get(source.kind)
    if words is None:
        return source.name or source.kind
    place = f" ({shorten(source.location)})" if source.location else ""
    typed = source.token or source.name
    return words.format(name=source.name, token=source.token, typed=typed, place=place)


def explain_key(config: ADict, recorder: Recorder | None, key: str) -> Explanation:
    """Explain one key, or all keys below it, of a built config."""
    found = explain_all(config, recorder)
    for explanation in found:
        if explanation.key == key:
            return explanation
    below = [e for e in found if e.key.startswith(key + ".")]
    if below:
        return Explanation(key, config.get_value_by_name(key), [], below)
    if recorder is None:
        raise ScopeError("nothing to explain yet: call an entry or scope.apply() first")
    raise ScopeError(f"the config has no key {key!r}{did_you_mean(key, [e.key for e in found])}")


def explain_all(config: ADict, recorder: Recorder | None) -> list[Explanation]:
    """Explain every leaf of a built config, in its order."""
    events: dict[str, list[Event]] = {}
    for event in recorder.events() if recorder is not None else ():
        events.setdefault(event.key, []).append(event)
    return [Explanation(k, v, events.get(k, []), []) for k, v in leaves(config)]


def leaves(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and value of each leaf, without counting as reads."""
    for key, value in dict.items(node):
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{name_of(key)}.")
        else:
            yield f"{prefix}{name_of(key)}", value
