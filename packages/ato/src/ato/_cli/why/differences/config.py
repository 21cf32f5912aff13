"""Config keys that differ, and who set them."""

from __future__ import annotations

from ato._cli.why.excerpts import excerpts
from ato_sql.comparing import literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping, Sequence

    from ato_sql.comparing import Comparison, StoredRun


def config_changes(a: StoredRun, b: StoredRun, compared: Comparison) -> list[dict[str, Any]]:
    """Return for each key that differs its value in both runs and who set it last."""
    if not compared.config:
        return []
    changes = compared.to_dict()["config"]
    before, after = _sources(a.provenance), _sources(b.provenance)
    by_a, by_b = _setters(before), _setters(after)
    for key in changes:
        if _is_reordered(before.get(key, []), after.get(key, [])):
            by_b[key] += ", applied later than before"
    return [
        {"key": key, "a": _side(change, "a", by_a, key), "b": _side(change, "b", by_b, key)}
        for key, change in changes.items()
    ]


def _side(
    change: Mapping[str, Any], side: str, setters: Mapping[str, str], key: str
) -> dict[str, Any] | None:
    """One side of a change, None where that run has no such key."""
    return {"value": change[side], "by": setters.get(key)} if side in change else None


def _sources(provenance: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """By dotted key, who set it, in their order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in provenance:
        found.setdefault(event["key"], []).append(event["source"])
    return found


def _setters(sources: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """By dotted key, who set it last."""
    from ato_scope import describe_source

    return {key: describe_source(found[-1]) for key, found in sources.items()}


def _is_reordered(a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the same views set a key in both runs, another of them last."""
    before, after = ([(one.get("kind"), one.get("name")) for one in side] for side in (a, b))
    return set(before) == set(after) and before[-1:] != after[-1:]


# -- in words --------------------------------------------------------------------------------------

_LONGEST = 60


def config_sentence(change: Mapping[str, Any]) -> str:
    """Say that a config key changed, and who set it."""
    a, b = change["a"], change["b"]
    if a is None:
        return f"{change['key']}: new, {_short(b['value'])}{_by(b)}"
    if b is None:
        return f"{change['key']}: gone, was {_short(a['value'])}"
    return f"{change['key']}: {value_words(change, _LONGEST)}{_by(b) or _by(a, 'was ')}"


def _by(side: Mapping[str, Any], word: str = "") -> str:
    setter = side["by"]
    if not setter:
        return ""
    return f" ({word}{'command line' if setter.startswith('command line:') else setter})"


def _short(value: Any) -> str:
    text = literal(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def value_words(change: Mapping[str, Any], longest: int) -> str:
    """Both values; of objects of one kind, which JSON does not have, what differs in them."""
    old, new = change["a"]["value"], change["b"]["value"]
    parts = list(_differences(old, new))
    if not parts:
        return " -> ".join(excerpts(literal(old), literal(new), longest))
    return f"{literal(new)}, {', '.join(_in_words(*part, longest) for part in parts)}"


def is_code_alone(change: Mapping[str, Any]) -> bool:
    """Whether a key holds the same function as before, of other code."""
    if not change["a"] or not change["b"]:
        return False
    parts = list(_differences(change["a"]["value"], change["b"]["value"]))
    return bool(parts) and all(names[-1] == "code" for names, _, _ in parts)


def _in_words(names: tuple[str, ...], old: Any, new: Any, longest: int) -> str:
    where = ".".join(names[:-1])
    if names[-1] in _HASHES:
        return _HASHES[names[-1]] + (f" of its {where}" if where else "")
    return f"{'.'.join(names)}: {' -> '.join(excerpts(literal(old), literal(new), longest))}"


# Of functions and arrays only hashes are stored.
_HASHES = {"code": "with other code", "content": "with other values"}


def _differences(old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Where two objects of one kind differ: the names that lead there, and both values."""
    kinds = [_kind(side) for side in (old, new)]
    if kinds[0] is None or kinds[0] != kinds[1]:
        return
    if old.get("content") != new.get("content"):
        yield ("content",), None, None
    states = [side.get("state") for side in (old, new)]
    if not all(isinstance(state, dict) for state in states):
        return
    before, after = states
    for name in {**before, **after}:
        if before.get(name) == after.get(name):
            continue
        inner = list(_differences(before.get(name), after.get(name)))
        yield from (((name, *names), a, b) for names, a, b in inner)
        if not inner:
            yield (name,), before.get(name), after.get(name)


def _kind(value: Any) -> tuple[Any, Any] | None:
    """Type and text of a value that stands for an object."""
    if isinstance(value, dict) and value.get("__ato__") == "repr":
        return value.get("type"), value.get("value")
    return None
