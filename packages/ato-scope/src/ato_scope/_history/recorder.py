"""Who set what: markers between recorded writes, and their replay into a history of keys.

A config under construction appends each write to a journal (`ato_adict.record_writes`), and the
scope appends a `Source` before each step. Nothing else happens until somebody asks: then the
journal is replayed to find the dotted key of each write.
"""

from __future__ import annotations

from ato_adict import MISSING, ADict, record_writes
from ato_adict.surroundings import holds_long, name_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Protocol

    class Step(Protocol):
        """What has a source, made only when somebody asks: a token of the command line."""

        def source(self) -> Source: ...


PLAIN = (bool, int, float, str, type(None))
PLAIN_TYPES = frozenset(PLAIN)
CONTAINERS = (ADict, dict, list, set)


class Source:
    """One step of a configuration: what the writes recorded after it come from."""

    __slots__ = ("kind", "location", "name", "token")

    def __init__(
        self, kind: str, name: str = "", location: str = "", token: str | None = None
    ) -> None:
        self.kind: str = kind
        self.name: str = name
        self.location: str = location
        self.token: str | None = token

    def to_dict(self) -> dict[str, Any]:
        """Return the source as plain data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "location": self.location,
            "token": self.token,
        }


class Event:
    """One value given to one dotted key; the value is MISSING where the key was deleted."""

    __slots__ = ("key", "source", "value")

    def __init__(self, key: str, value: Any, source: Source) -> None:
        self.key: str = key
        self.value: Any = value
        self.source: Source = source

    def to_dict(self) -> dict[str, Any]:
        """Return the event as plain JSON data; the value as text where JSON has no such thing."""
        data: dict[str, Any] = {"key": self.key, "source": self.source.to_dict()}
        if self.value is MISSING:
            data["deleted"] = True
            data["value"] = None
        else:
            data["value"] = jsonable(self.value)
        return data


class Recorder:
    """The journal of one tree under construction."""

    def __init__(self, root: ADict, before: Recorder | None = None) -> None:
        self.root: ADict = root
        self.before: Recorder | None = before
        self.journal: list[Any] = []
        self._seen = 0
        self._is_recording = True
        record_writes(root, self.journal)

    def begin(self, step: Source) -> None:
        """Attribute the writes from here on to `step`."""
        if not self._is_recording:
            self._is_recording = True
            record_writes(self.root, self.journal)
        journal = self.journal
        end = len(journal)
        # Most steps write one plain value, and this runs for each of thousands of steps.
        if end > self._seen and (end > self._seen + 1 or type(journal[-1][2]) not in PLAIN_TYPES):
            self.settle()
        journal.append(step)
        self._seen = end + 1

    def settle(self) -> None:
        """Keep what mutable values are now, before a later step can change them."""
        journal = self.journal
        for index in range(self._seen, len(journal)):
            entry = journal[index]
            if type(entry[2]) not in PLAIN_TYPES and isinstance(entry[2], CONTAINERS):
                try:
                    journal[index] = (*entry, snapshot(entry[2]))
                except RecursionError:
                    # A config that contains itself is its author's to answer for.
                    journal[index] = (*entry, {})
        self._seen = len(journal)

    def stop(self) -> None:
        """Record no more, until the next step begins."""
        if self._is_recording:
            self.settle()
            self._is_recording = False
            record_writes(self.root, None)

    def add(self, step: Step, key: str, value: Any) -> None:
        """Record a write whose key is known, while nothing else is recorded."""
        kept = value if type(value) in PLAIN_TYPES else snapshot(value)
        self.journal.append((step, key, kept))
        self._seen += 1

    def history(self) -> list[dict[str, Any]]:
        """All that was recorded, as plain JSON data."""
        return [event.to_dict() for event in self.events()]

    def events(self) -> Iterator[Event]:
        """Replay everything recorded, in order."""
        if self.before is not None:
            yield from self.before.events()
        yield from _without_echoes(_replay(self.root, self.journal))


def history_of(recorders: Mapping[str, Recorder], qualified: bool) -> list[dict[str, Any]]:
    """Every value of the configs of one call, in the order it was given, as plain JSON data.

    Args:
        recorders: By the name of its scope, the history of each config.
        qualified: Whether keys start with the name of their scope.
    """
    return [
        {**event, "key": f"{name}.{event['key']}"} if qualified else event
        for name, recorder in recorders.items()
        for event in recorder.history()
    ]


def snapshot(value: Any) -> Any:
    """Return a value with containers of its own, so that no later step or run changes it."""
    if isinstance(value, dict):
        return {key: snapshot(item) for key, item in dict.items(value)}
    if type(value) in (list, tuple):
        return type(value)(snapshot(item) for item in value)
    return set(value) if type(value) is set else value


def _replay(root: ADict, journal: list[Any]) -> Iterator[Event]:
    paths: dict[int, str] = {}
    _map_paths(root, "", paths)
    source = Source("base")
    for entry in journal:
        if type(entry) is Source:
            source = entry
            continue
        node, key, value = entry[:3]
        if not isinstance(node, ADict):
            yield from _events(key, value, node.source())
            continue
        prefix = paths.get(id(node))
        if prefix is None:
            continue
        dotted = f"{prefix}{name_of(key)}"
        if isinstance(value, ADict):
            _map_paths(value, f"{dotted}.", paths)
        yield from _events(dotted, entry[3] if len(entry) > 3 else value, source)


def _events(key: str, value: Any, source: Source) -> Iterator[Event]:
    """Yield an event for a value, or one for each leaf of a level."""
    if isinstance(value, dict) and value:
        for name, leaf in _leaves(key, value):
            yield Event(name, leaf, source)
    else:
        yield Event(key, value, source)


def _without_echoes(events: Iterator[Event]) -> Iterator[Event]:
    """Drop events that say again what the same step just said.

    A key below a new level is recorded on its own and as part of the level.
    """
    last: dict[str, Event] = {}
    for event in events:
        before = last.get(event.key)
        is_echo = before is not None and before.source is event.source
        if before is None or not (is_echo and is_same(before.value, event.value)):
            yield event
        last[event.key] = event


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal; those that refuse to be compared are only as one object."""
    try:
        return bool(one is other or one == other)
    except Exception:
        return False


def _map_paths(node: ADict, prefix: str, paths: dict[int, str]) -> None:
    if prefix.startswith(paths.get(id(node), "\0")):
        return
    paths[id(node)] = prefix
    for key, value in dict.items(node):
        if isinstance(value, ADict):
            _map_paths(value, f"{prefix}{name_of(key)}.", paths)


def _leaves(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the dotted keys and values of a snapshot; an empty level is a value."""
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield from _leaves(f"{prefix}.{name_of(key)}", item)
        else:
            yield f"{prefix}.{name_of(key)}", item


def jsonable(value: Any) -> Any:
    """Return `value` as JSON data, its repr where there is none."""
    if isinstance(value, float):
        return value if value - value == 0 else repr(value)
    if isinstance(value, PLAIN):
        return hex(value) if isinstance(value, int) and holds_long(value) else value
    if isinstance(value, dict):
        return {name_of(key): jsonable(item) for key, item in dict.items(value)}
    if isinstance(value, (list, tuple)):
        base: Any = list if isinstance(value, list) else tuple  # it may be walked otherwise
        return [jsonable(item) for item in base.__iter__(value)]
    return shown(value)
