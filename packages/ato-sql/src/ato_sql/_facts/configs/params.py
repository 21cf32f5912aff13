"""The leaves of a config, one searchable row each."""

from __future__ import annotations

import json
import math
import struct
import sys
from collections import Counter
from typing import Any, Callable, Iterator, Mapping, Sequence

from ato_sql._values.marked import MARK, is_marked, number_in
from ato_sql._values.values import as_name, shorten

WHOLE = "(all)"  # the key of a config that is no mapping, such as a damaged one
_LARGEST = int(sys.float_info.max)


def param_rows(config: Any) -> list[dict[str, Any]]:
    """Return `key`, `text` and `number` for each leaf of a JSON config."""
    rows = {}
    for key, leaf in leaves(config):
        short = as_name(key)
        rows[short] = {
            "key": short,
            "text": leaf_text(leaf),
            "number": leaf_number(leaf),
            "sort_key": sort_key(leaf),
        }
    return list(rows.values())


def leaves(config: Any) -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and the value of each leaf of a stored config; see `leaf_paths`.

    Where it is that of several, the parts that hold a dot are quoted: `{"a": {"b": 1}, "a.b": 2}`
    has the keys `a.b` and `"a.b"`.
    """
    found = [(".".join(path), path, value) for path, value in leaf_paths(config) if path]
    count = Counter(key for key, _, _ in found)
    for key, path, value in found:
        yield key if count[key] == 1 else _quoted(path), value


def _quoted(path: Sequence[str]) -> str:
    return ".".join(f'"{part}"' if "." in part else part for part in path)


def leaf_paths(
    value: Any, opens: Callable[[Any], bool] | None = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the keys that lead to each leaf of a stored config, and its value, in order.

    An empty mapping is a leaf, and so is what JSON does not have (`MARK` is a key of it). A config
    that is such a thing, as a damaged one, is the leaf `(all)`.

    Args:
        value: the config.
        opens: tells of a list whether its items are leaves of their own, under `[0]`, `[1]`, ….
        path: what leads to `value`.
    """
    if isinstance(value, Mapping) and value and MARK not in value:
        for key, item in value.items():
            yield from leaf_paths(item, opens, (*path, str(key)))
    elif isinstance(value, list) and opens is not None and opens(value):
        for index, item in enumerate(value):
            yield from leaf_paths(item, opens, (*path, f"[{index}]"))
    else:
        yield path or ((WHOLE,) if is_marked(value) else ()), value


def leaf_text(leaf: Any) -> str:
    """Return a leaf as compact JSON, shortened to what a database can index."""
    return shorten(json.dumps(leaf, sort_keys=True, separators=(",", ":")))


def leaf_number(leaf: Any) -> float | None:
    """Return a leaf as float if it is a finite number (True and False are not)."""
    if isinstance(leaf, bool) or not isinstance(leaf, (int, float)):
        return None
    try:
        number = float(leaf)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


# Numbers stand before texts, and NaN, which has no order, after both.
NUMBERS, TEXTS, NAN = "1", "2", "3"
_DIGITS = str.maketrans("0123456789abcdef", "fedcba9876543210")
_LONGEST = 10**8 - 1  # bits


def sort_key(leaf: Any) -> str | None:
    """Return a text that compares, byte by byte, as the leaf does; None for what has no order.

    Numbers that are equal have one key, whatever their type and size.
    """
    leaf = number_in(leaf)
    if isinstance(leaf, str):
        return as_name(TEXTS + leaf)
    if isinstance(leaf, bool) or not isinstance(leaf, (int, float)):
        return None
    if leaf != leaf:
        return NAN
    if isinstance(leaf, float):
        return NUMBERS + _float_key(leaf)
    return shorten(NUMBERS + _integer_key(leaf))


def _float_key(number: float) -> str:
    """Return sixteen letters: the bits of a float, turned so that they count upwards."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))  # -0.0 is 0.0
    return f"{bits ^ (2**64 - 1 if bits >> 63 else 2**63):016x}"


def _integer_key(number: int) -> str:
    """Return the key of the float below, and how far the integer is above it."""
    if number < -_LARGEST:
        length = _LONGEST - min(number.bit_length(), _LONGEST)
        digits = f"{-number:x}".translate(_DIGITS)
        return f"{_float_key(-math.inf)}{length:08d}{digits}"
    below = float(min(number, _LARGEST))
    if below > number:
        below = float(number - (int(below) - number) - 1)
    above = number - int(below)
    length = min(above.bit_length(), _LONGEST)
    return _float_key(below) + (f"{length:08d}{above:x}" if above else "")
