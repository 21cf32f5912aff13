"""What a class makes of its values: its own checks, what it computes, what it changes."""

from __future__ import annotations

import dataclasses

from ato_adict._names import join
from ato_adict._schema.fields import fields_of_class, is_model, is_schema
from ato_adict._schema.schema import Checker, plain
from ato_adict._schema.typed import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Problems = list[tuple[str, str]]


def has_own_say(cls: Any, within: tuple[Any, ...] = ()) -> bool:
    """Whether a class, or one that it holds, does more with its values than keep them."""
    if is_model(cls) or hasattr(cls, "__post_init__"):
        return True
    for field in fields_of_class(cls).values():
        for option in options_of(field.kind):
            if is_schema(option) and option not in within and has_own_say(option, (*within, cls)):
                return True
    return False


def instance_of(cls: Any, values: Any, problems: Problems) -> Any:
    """Return an instance with plain values; what it refuses is added to the problems."""
    if is_model(cls):
        return _model(cls, values, problems)
    return _Noting(problems).dataclass(values, cls, ())


class _Noting(Checker):
    """Notes a problem as its key and a sentence."""

    def note(self, keys: Any, problem: str) -> None:
        self.problems.append((join(keys), problem))

    def dataclass(self, value: Any, cls: Any, keys: Any, build: bool = True) -> Any:
        if is_model(cls) and isinstance(value, dict):
            found: Problems = []
            made = _model(cls, value, found)
            for key, problem in found:
                self.note((*keys, key), problem)
            return made
        return super().dataclass(value, cls, keys, build)


def _model(cls: Any, values: Any, problems: Problems) -> Any:
    """Let a pydantic model check what it alone knows of: validators of its own.

    As in pydantic, a default is no matter of validators.
    """
    fields = fields_of_class(cls)
    try:
        given = {k: v for k, v in values.items() if differs(v, plain(fields[k].default))}
        return _by_name(cls, given)
    except ValueError as error:
        found: Any = error
        problems += [(join(each["loc"]), each["msg"]) for each in found.errors()]
    return None


def _by_name(cls: Any, values: Any) -> Any:
    """Make an instance from the names of the fields, whatever their aliases."""
    if "by_name" in cls.model_validate.__func__.__code__.co_varnames:
        return cls.model_validate(values, by_name=True, by_alias=True)
    # Before pydantic 2.11 only the class says so.
    config = {"model_config": {**cls.model_config, "populate_by_name": True}}
    own: Any = type(cls.__name__, (cls,), {"__module__": cls.__module__, **config})
    return own.model_validate(values)


def take(config: Any, made: Any) -> None:
    """Set in a config what differs in the instance that was made of it, which is plain."""
    for key, value in made.items():
        old = dict.get(config, key, dataclasses.MISSING)
        if isinstance(old, dict) and isinstance(value, dict):
            take(old, value)
        elif differs(value, old):
            config[key] = value


def differs(one: Any, other: Any) -> bool:
    """Whether two values differ, in their type too; arrays do unless they are one object."""
    if one is other:
        return False
    try:
        return type(one) is not type(other) or bool(one != other)
    except (TypeError, ValueError):
        return True
