"""From a config to the JSON that is stored, and the hashes to find it by."""

from __future__ import annotations

import math
import os
import re
from typing import Any, Mapping, Sequence

from ato_adict import ADict
from ato_sql._facts import digest
from ato_sql._redact import redact

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_DEEPEST = 100


def to_json(value: Any) -> Any:
    """Return `value` as JSON data.

    What JSON does not have is stored by its repr with a mark:
    `{"__ato__": "repr", "type": "torch.device", "value": "device(type='cuda')"}`; NaN and ±inf as
    `{"__ato__": "float", "value": "nan"}`. Tuples become lists, numpy scalars numbers, paths text.
    """
    return _to_json(value, frozenset(), 0)


def from_json(value: Any) -> Any:
    """Return stored JSON data with NaN and ±inf restored."""
    if isinstance(value, Mapping):
        if value.get("__ato__") == "float":
            return float(value["value"])
        return {key: from_json(item) for key, item in value.items()}
    return [from_json(item) for item in value] if isinstance(value, list) else value


def _to_json(value: Any, above: frozenset[int], depth: int) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return _plain_scalar(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _mark("float", repr(float(value)))
    if id(value) in above or depth > _DEEPEST:
        return _mark("repr", "...", value)
    above = above | {id(value)}
    if isinstance(value, Mapping):
        # dict.items, so that storing an ADict does not count as reading it.
        items = dict.items(value) if isinstance(value, dict) else value.items()
        return {_key(k): _to_json(v, above, depth + 1) for k, v in items}
    if isinstance(value, (list, tuple)):
        return [_to_json(item, above, depth + 1) for item in value]
    return _other(value, above, depth)


def _plain_scalar(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _key(key: Any) -> str:
    return str(key) if isinstance(key, str) else repr(key)


def _other(value: Any, above: frozenset[int], depth: int) -> Any:
    if isinstance(value, os.PathLike):
        return str(value)
    if isinstance(value, (set, frozenset)):
        items = [_to_json(item, above, depth + 1) for item in value]
        return {"__ato__": "set", "value": sorted(items, key=digest)}
    scalar = _numpy_scalar(value)
    if scalar is not None:
        return _to_json(scalar, above, depth + 1)
    return _mark("repr", _ADDRESS.sub("", _repr(value)), value)


def _numpy_scalar(value: Any) -> Any | None:
    """The Python number of a numpy scalar, told by its look as numpy may not be there."""
    if getattr(value, "shape", None) == () and hasattr(value, "dtype") and hasattr(value, "item"):
        try:
            item = value.item()
        except Exception:
            return None
        return item if isinstance(item, (bool, int, float, str)) else None
    return None


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # a config value must never fail a run
        return f"<repr failed: {type(error).__name__}>"


def _mark(kind: str, text: str, value: Any = None) -> dict[str, Any]:
    if kind == "float":
        return {"__ato__": kind, "value": text}
    cls = type(value)
    return {"__ato__": kind, "type": f"{cls.__module__}.{cls.__qualname__}", "value": text}


def stored_config(config: Any, redacted: bool, secret_keys: Sequence[str]) -> Any:
    """Return the JSON of a config as it is kept, secrets hidden unless told otherwise."""
    data = to_json(config)
    return redact(data, secret_keys) if redacted else data


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
