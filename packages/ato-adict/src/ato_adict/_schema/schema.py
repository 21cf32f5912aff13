"""Dataclasses from configs, configs from dataclasses, and checks that report every problem."""

from __future__ import annotations

import dataclasses

from ato_adict._basics.errors import ConversionError, ValidationError, did_you_mean
from ato_adict._names import join
from ato_adict._node.convert import remake_tuple
from ato_adict._schema.fields import fields_of_class
from ato_adict._schema.typed import MismatchError, convert_to, describe, may_be_none
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, TypeVar

    Keys = tuple[Any, ...]
    Target = TypeVar("Target")


def fields_of(instance: Any) -> dict[str, Any]:
    """Return a dataclass instance as a dict, nested dataclasses too."""
    if isinstance(instance, type) and dataclasses.is_dataclass(instance):
        try:
            instance = instance()
        except TypeError as error:
            raise ConversionError(f"from_dataclass: {error}; pass an instance") from None
    if not dataclasses.is_dataclass(instance):
        kind = type(instance).__name__
        raise ConversionError(f"from_dataclass: expected a dataclass, found {kind}")
    names = [f.name for f in dataclasses.fields(instance) if hasattr(instance, f.name)]
    return {name: plain(getattr(instance, name)) for name in names}


def plain(value: Any) -> Any:
    """Return a value with every dataclass and pydantic instance in it a dict."""
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if isinstance(value, tuple):
        return remake_tuple(value, [plain(child) for child in value])
    return value


def make(config: Any, cls: type[Target]) -> Target:
    """Return an instance of a dataclass made from a config."""
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise ConversionError(f"to_dataclass: expected a dataclass, found {cls!r}")
    problems: list[str] = []
    made: Any = Checker(problems).dataclass(config, cls, ())
    if problems:
        raise ValidationError(problems)
    instance: Target = made
    return instance


def check(config: Any, schema: Any) -> None:
    """Raise what is wrong with a config against a dataclass or a mapping of key to type."""
    problems: list[str] = []
    checker = Checker(problems)
    if isinstance(schema, dict):
        checker.mapping(config, schema, ())
    elif isinstance(schema, type) and dataclasses.is_dataclass(schema):
        checker.dataclass(config, schema, (), build=False)
    else:
        raise ConversionError(f"validate: expected a dataclass or a mapping, found {schema!r}")
    if problems:
        raise ValidationError(problems)


class Checker:
    """Walks a config and a schema side by side and notes what does not fit."""

    def __init__(self, problems: list[Any]) -> None:
        self.problems = problems

    def note(self, keys: Keys, problem: str) -> None:
        """Note a problem at a place."""
        self.problems.append(f"'{join(keys)}': {problem}")

    def dataclass(self, value: Any, cls: Any, keys: Keys, build: bool = True) -> Any:
        """Check a value against a dataclass and return an instance of it."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            self.note(keys, f"expected a mapping for {cls.__name__}, found {describe(value)}")
            return None
        before = len(self.problems)
        fields = fields_of_class(cls)
        self.extra(value, fields, keys)
        arguments = {}
        for name, field in fields.items():
            if name in value:
                child = dict.__getitem__(value, name)
                made = self.value(child, field.kind, (*keys, name), build)
                if field.is_given:  # what is computed is checked, and computed again
                    arguments[name] = made
            elif field.is_given and field.default is MISSING:
                self.note((*keys, name), f"missing, expected {describe_type(field.kind)}")
        return (
            self.instance(cls, arguments, keys) if build and len(self.problems) == before else None
        )

    def instance(self, cls: Any, arguments: dict[str, Any], keys: Keys) -> Any:
        """Call the dataclass; what its own checks refuse is a problem too."""
        try:
            return cls(**arguments)
        except (TypeError, ValueError, AssertionError) as error:
            self.note(keys, f"{cls.__name__}: {error or type(error).__name__}")

    def mapping(self, value: Any, schema: Mapping[Any, Any], keys: Keys) -> None:
        """Check a value against a mapping of key to type."""
        self.extra(value, schema, keys)
        for name, kind in schema.items():
            if name not in value:
                if isinstance(kind, dict) or not may_be_none(kind):
                    self.note((*keys, name), f"missing, expected {describe_type(kind)}")
                continue
            child = dict.__getitem__(value, name)
            if not isinstance(kind, dict):
                self.value(child, kind, (*keys, name), build=False)
            elif isinstance(child, dict):
                self.mapping(child, kind, (*keys, name))
            else:
                self.note((*keys, name), f"expected a mapping, found {describe(child)}")

    def extra(self, value: Any, known: Any, keys: Keys) -> None:
        """Note the keys that the schema does not know."""
        for name in value.keys() - set(known):
            hint = did_you_mean(name, [k for k in known if k not in value] or known)
            self.note((*keys, name), f"not a key of the schema{hint}")

    def value(self, value: Any, kind: Any, keys: Keys, build: bool) -> Any:
        """Check a value against a type, nested dataclasses included."""

        def nested(child: Any, cls: Any, place: Keys) -> Any:
            return self.dataclass(child, cls, place, build)

        try:
            return convert_to(value, kind, keys, nested)
        except MismatchError as problem:
            self.note(problem.keys, problem.text)
            return None


def describe_type(kind: Any) -> str:
    """Return a type as messages show it; a nested schema is a mapping."""
    if isinstance(kind, dict):
        return "a mapping"
    return kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
