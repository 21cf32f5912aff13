"""The fields by which a user declares a parameter, checked one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Iterator, Sequence

from ato_adict import did_you_mean
from ato_hyperband._errors import SpaceError
from ato_hyperband._space.parameters import (
    CategoryParameter,
    FloatParameter,
    IntegerParameter,
    Parameter,
    When,
    are_same,
)

_NUMBER_FIELDS = ["param_type", "param_range", "num_samples", "space_type", "base", "when"]
_FIELDS = {
    "FLOAT": _NUMBER_FIELDS,
    "INTEGER": _NUMBER_FIELDS,
    "CATEGORY": ["param_type", "categories", "num_samples", "when"],
}
_KNOWN = {field for fields in _FIELDS.values() for field in fields}


def check_names(names: Sequence[str]) -> None:
    """Check that each name leads to a place of its own in the config of a trial.

    Raises:
        SpaceError: One is given twice, lies below another, or is that of the trial itself.
    """
    for position, name in enumerate(names):
        parts = name.split(".")
        if "trial" in parts:
            raise SpaceError(
                f"search space {name!r} is named as config.trial, where a search tells each trial "
                "its number, seed and resource; give yours another name"
            )
        if name in names[:position]:
            raise SpaceError(f"search space {name!r} is given twice, with dots and nested")
        for above in (".".join(parts[:size]) for size in range(1, len(parts))):
            if above in names:
                raise SpaceError(
                    f"search space {name!r} lies below {above!r}, which is a parameter itself"
                )


def leaves(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the dotted name and the fields of each parameter of nested mappings."""
    for key, value in node.items():
        name = f"{prefix}{key}"
        if not isinstance(value, Mapping):
            raise SpaceError(
                f"search space {name!r} must be a mapping of fields such as "
                f"param_type and param_range, not {type(value).__name__}"
            )
        if "param_type" in value or not any(isinstance(v, Mapping) for v in value.values()):
            yield name, value
        else:
            yield from leaves(value, f"{name}.")


def parse_parameter(name: str, fields: Mapping[str, Any]) -> Parameter:
    """Check one parameter's fields and build it.

    Raises:
        SpaceError: Anything is missing, unknown or wrong.
    """
    for field in () if "param_type" in fields else fields:
        hint = did_you_mean(field, ["param_type"]) if field not in _KNOWN else ""
        if hint:
            raise SpaceError(f"unknown field {field!r} of search space {name!r}{hint}")
    kind = _one_of(name, "param_type", fields.get("param_type"), list(_FIELDS))
    for field in fields:
        if field not in _FIELDS[kind]:
            raise SpaceError(
                f"unknown field {field!r} of search space {name!r}"
                f"{did_you_mean(field, _FIELDS[kind])}; {kind} takes {', '.join(_FIELDS[kind])}"
            )
    when = _when(name, fields.get("when"))
    if kind == "CATEGORY":
        return CategoryParameter(name, _categories(name, fields.get("categories")), when)
    log = _one_of(name, "space_type", fields.get("space_type", "LINEAR"), ["LINEAR", "LOG"])
    low, high = _range(name, kind, log == "LOG", fields.get("param_range"))
    num_samples = _num_samples(name, fields.get("num_samples"))
    _check_base(name, fields.get("base"), log == "LOG")
    if kind == "INTEGER":
        return IntegerParameter(name, int(low), int(high), log == "LOG", num_samples, when)
    return FloatParameter(name, float(low), float(high), log == "LOG", num_samples, when)


def _one_of(name: str, field: str, value: Any, allowed: list[str]) -> str:
    if value is None:
        raise SpaceError(f"search space {name!r} has no {field}; give one of {', '.join(allowed)}")
    text = value.upper() if isinstance(value, str) else value
    if text not in allowed:
        hint = did_you_mean(text, allowed) if isinstance(text, str) else ""
        raise SpaceError(
            f"unknown {field} {value!r} of search space {name!r}{hint}; "
            f"give one of {', '.join(allowed)}"
        )
    return str(text)


def _range(name: str, kind: str, log: bool, value: Any) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise SpaceError(f"param_range of {name!r} must be (low, high), got {value!r}")
    for end in value:
        if not is_number(end) or not math.isfinite(end):
            raise SpaceError(f"param_range of {name!r} holds {end!r}, which is not a finite number")
        if kind == "INTEGER" and end != int(end):
            raise SpaceError(f"param_range of {name!r} holds {end!r}; INTEGER needs whole numbers")
    low, high = value
    if low > high:
        raise SpaceError(f"param_range of {name!r} is reversed: {low!r} is above {high!r}")
    if log and low <= 0:
        raise SpaceError(
            f"param_range of {name!r} starts at {low!r}; a LOG space needs a positive range"
        )
    return low, high


def is_number(value: Any) -> bool:
    """Whether a value counts as one real number (numpy scalars do, booleans and text do not)."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return getattr(value, "ndim", 0) == 0


def is_whole(value: Any) -> bool:
    """Whether a value counts as one whole number, of whatever type."""
    return is_number(value) and math.isfinite(value) and bool(value == int(value))


def _num_samples(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not is_whole(value) or value < 1:
        raise SpaceError(f"num_samples of {name!r} must be a whole number of at least 1: {value!r}")
    return int(value)


def _check_base(name: str, value: Any, log: bool) -> None:
    # Even spacing of the exponents is the same spacing in any base, so base is only checked.
    if value is None:
        return
    is_base = is_number(value) and math.isfinite(value) and value > 0 and value != 1
    if not is_base or not log:
        raise SpaceError(
            f"base of {name!r} is {value!r}; it must be positive, not 1, and go with a LOG space"
        )


def _categories(name: str, value: Any) -> list[Any]:
    if value is None or isinstance(value, (str, bytes)):
        raise SpaceError(f"categories of {name!r} must be a list of values, got {value!r}")
    categories = list(value)
    if not categories:
        raise SpaceError(f"categories of {name!r} is empty; give at least one value")
    for position, category in enumerate(categories):
        for other in categories[:position]:
            if are_same(other, category):
                raise SpaceError(f"categories of {name!r} holds {category!r} twice")
    return categories


def _when(name: str, value: Any) -> When:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not value:
        raise SpaceError(
            f"when of {name!r} must map a parameter to its value or list of values: "
            f"when={{'optimizer': 'adam'}}; got {value!r}"
        )
    return {
        parent: tuple(allowed) if isinstance(allowed, (list, tuple)) else (allowed,)
        for parent, allowed in value.items()
    }
