"""From a config to the JSON that is stored, and the hashes to find it by."""

from __future__ import annotations

import math
import os
import re
from typing import Any, Callable, Iterable, Mapping, Sequence

from ato_adict import ADict
from ato_adict.surroundings import holds_long
from ato_sql._facts.configs.contents import content_hash_of, state_of, with_names
from ato_sql._facts.configs.repeats import without_repeats
from ato_sql._facts.configs.texts import (
    Text,
    has_long_digits,
    unlike_any,
)
from ato_sql._facts.facts import digest
from ato_sql._values.marked import BRACKETS, MARK
from ato_sql._values.secrets.redact import redact
from ato_sql._values.values import has_digits, is_masked

_DEEPEST = 100
_LARGEST_STATE = 4000  # letters


def to_json(value: Any) -> Any:
    """Return `value` as JSON data.

    What JSON does not have is stored by its repr with a mark:
    `{"__ato__": "repr", "type": "torch.device", "value": "device(type='cuda')"}`; NaN and ±inf as
    `{"__ato__": "float", "value": "nan"}`; an integer of more digits than Python reads back as
    `{"__ato__": "int", "value": "0x…"}`. Tuples become lists, numpy scalars numbers, paths text.
    Beside the repr of an array or a table stands the hash of its `content`, beside that of a
    function or an object whose repr is an address or fails its `state`. A value of which nothing
    can be told has something `unique`, so that it equals no other. The key 1 becomes `[1]`, beside
    which the text `1` is another.
    """
    return _to_json(value, frozenset(), 0)


def _to_json(value: Any, above: frozenset[int], depth: int) -> Any:
    try:
        return _converted(value, above, depth)
    except Exception:  # its methods are another's code: a config value must never fail a run
        return _as_text(value, above, depth, is_broken=True)


def _converted(value: Any, above: frozenset[int], depth: int) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return _plain_scalar(value)
    if isinstance(value, int):
        return int(value) if has_digits(value) else _mark("int", hex(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _mark("float", repr(float(value)))
    if id(value) in above or depth > _DEEPEST:
        return _mark("repr", "...", value)
    above = above | {id(value)}
    value = with_names(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        # dict.items, so that storing an ADict does not count as reading it.
        items = dict.items(value) if isinstance(value, dict) else value.items()
        return _named((k, _to_json(v, above, depth + 1)) for k, v in items)
    if isinstance(value, (list, tuple)):
        return [_to_json(item, above, depth + 1) for item in value]
    return _other(value, above, depth)


def _plain_scalar(value: Any) -> Any:
    return _plain_text(value) if isinstance(value, str) else value


def _plain_text(value: str) -> str:
    try:
        return str(value)  # what its class says, as that of an enum does
    except Exception:
        return str.__str__(value)


def _named(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return a mapping with the names of its keys; keys that have one name are numbered."""
    named: dict[str, Any] = {}
    for key, value in pairs:
        name = _key(key)
        place, number = name, 1
        while place in named:
            number += 1
            place = f"{name}#{number}"
        named[place] = value
    return named


def _key(key: Any) -> str:
    """Return the name of a key; one that is no text in brackets, and so such a text."""
    if isinstance(key, str) and not BRACKETS.fullmatch(key):
        return _plain_text(key)
    found = Text(key)
    return f"[{found.text} {unlike_any()}]" if found.failed else f"[{found.text}]"


def _other(value: Any, above: frozenset[int], depth: int) -> Any:
    if isinstance(value, os.PathLike):
        return str(value)
    if isinstance(value, (set, frozenset)):
        items = [_to_json(item, above, depth + 1) for item in value]
        return {MARK: "set", "value": sorted(items, key=digest)}
    scalar = _asked(_numpy_scalar, value)
    if scalar is not None:
        return _to_json(scalar, above, depth + 1)
    return _as_text(value, above, depth)


def _as_text(value: Any, above: frozenset[int], depth: int, is_broken: bool = False) -> Any:
    """Return a value by its repr, and what else there is to tell it from others.

    Args:
        value: the value.
        above: what contains it.
        depth: how deep in the config it is.
        is_broken: whether it could not be looked into.
    """
    found = Text(value)
    content = _asked(content_hash_of, value)
    if content is not None:
        return {**_mark("repr", found.text, value), "content": content}
    is_long = has_long_digits(found.text)
    state: Any = None
    if is_long or not found.is_whole:
        try:
            state = state_of(value)
        except Exception:
            is_broken = True
    if is_long and _asked(holds_long, dict(state or {})):
        found.fail()  # as it does on newer Pythons
    mark = _mark("repr", found.text, value)
    if found.is_whole:
        return mark
    if state is not None:
        mark["state"] = _short(_to_json(state, above, depth + 1))
    is_told = state is not None and _is_plain(value)
    return {**mark, "unique": unlike_any()} if (found.failed or is_broken) and not is_told else mark


def _is_plain(value: Any) -> bool:
    """Tell whether the attributes of an object are all of it."""
    cls = type(value)
    is_own = all(kind.__flags__ & _MADE_IN_PYTHON for kind in cls.__mro__[:-1])
    return is_own and all(
        getattr(cls, name) is getattr(object, name) for name in ("__reduce_ex__", "__reduce__")
    )


_MADE_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE: of a class that was not written in C


def _short(state: Any) -> Any:
    """Return a state, of one that would swell the config only the hash."""
    return state if len(repr(state)) <= _LARGEST_STATE else f"sha256:{digest(state)}"


def _asked(question: Callable[[Any], Any], value: Any) -> Any:
    """Return what a value answers, None where its own code fails: it must never fail a run."""
    try:
        return question(value)
    except Exception:
        return None


def _numpy_scalar(value: Any) -> Any | None:
    """The Python number of a numpy scalar, told by its look as numpy may not be there.

    What is masked is none, and a time is no number, though one of nanoseconds says it is.
    """
    if getattr(value, "shape", None) != () or not hasattr(value, "dtype"):
        return None
    if is_masked(value) or getattr(value.dtype, "kind", "") in ("m", "M"):
        return None
    item = value.item() if hasattr(value, "item") else None
    return item if isinstance(item, (bool, int, float, str)) else None


def _mark(kind: str, text: str, value: Any = None) -> dict[str, Any]:
    if kind in ("float", "int"):
        return {MARK: kind, "value": text}
    return {MARK: kind, "type": _asked(_type_name, type(value)) or "object", "value": text}


def _type_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def stored_config(config: Any, redacted: bool, secret_keys: Sequence[str]) -> Any:
    """Return the JSON of a config as it is kept, secrets hidden unless told otherwise."""
    data = config_json(config)
    return redact(data, secret_keys) if redacted else data


def config_json(config: Any) -> Any:
    """Return the JSON of a config, its secrets in it."""
    return without_repeats(to_json(config))


def structural_hash(config: Any) -> str | None:
    """Return the hash of a config's keys and types."""
    try:
        adict = config if isinstance(config, ADict) else ADict(config)
        return str(adict.get_structural_hash())
    except Exception:  # a config value must never fail a run
        return None


def value_hash(stored: Any) -> str:
    """Return the hash of a stored config's values.

    Where the run is kept is not part of what was run: `experiment.project_name` and
    `experiment.sql` do not count, so that trials of different projects can be recognised.
    """
    data = dict(stored) if isinstance(stored, Mapping) else {"config": stored}
    experiment = data.get("experiment")
    if isinstance(experiment, Mapping):
        kept = {k: v for k, v in experiment.items() if k not in ("project_name", "sql")}
        data = {k: v for k, v in data.items() if k != "experiment"}
        if kept:
            data["experiment"] = kept
    return digest(data)


# In a MultiScope each scope's config has a `trial` of its own.
_OF_A_TRIAL = re.compile(
    r"(?:^|\.)trial\."
    r"(number|seed|bracket|rung|resource|previous_resource|continues|checkpoint_dir)$"
)


def is_incidental(key: str) -> bool:
    """Tell whether a config key says where a run is kept or which trial it is, not what it did."""
    return key.startswith("experiment.") or _OF_A_TRIAL.search(key) is not None
