"""What a dataclass or pydantic model says of each key of a config."""

from __future__ import annotations

from ato_adict._basics.errors import ConversionError, did_you_mean
from ato_adict._basics.texts import shown
from ato_adict._names import join
from ato_adict._node.convert import to_plain
from ato_adict._schema.fields import Field, fields_of_class, is_schema
from ato_adict._schema.instances import differs, has_own_say, instance_of, take
from ato_adict._schema.schema import plain
from ato_adict._schema.typed import (
    MismatchError,
    accepts_anything,
    convert_to,
    inner_of,
    mapping_value,
    options_of,
    type_text,
)
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    Keys = Sequence[Any]
    Problems = list[tuple[str, str]]


class Schema:
    """The types, limits, defaults and texts of the keys of a config, from a class.

    Args:
        cls: A dataclass or a pydantic model.

    Raises:
        ConversionError: It is neither, or its types cannot be read.
    """

    __module__ = "ato_adict"

    def __init__(self, cls: Any) -> None:
        if not is_schema(cls):
            raise ConversionError(f"a schema is a dataclass or a pydantic model, not {cls!r}")
        self.cls: Any = cls
        self.name: str = cls.__name__

    def defaults(self) -> dict[str, Any]:
        """Return the values of the fields that have defaults, those of nested classes below."""
        return _defaults(self.cls)

    def docs(self) -> dict[str, str]:
        """Return the text of each dotted key that has one."""
        found: dict[str, str] = {}
        _add_docs(self.cls, (), found, ())
        return found

    def _field_at(self, keys: Keys) -> Field | None:
        """Return the field that keys lead to; None where any value may stand."""
        try:
            return _field_at(Field(self.cls), tuple(keys))
        except MismatchError as error:
            raise ConversionError(error.text) from None

    def read(self, keys: Keys, candidates: Sequence[Any]) -> Any:
        """Return the first of several readings of one value that fits the field at `keys`.

        Raises:
            ConversionError: There is no such key, or none of the readings fits.
        """
        field = self._field_at(keys)
        if field is None:
            return candidates[0]
        if not field.is_given:
            raise ConversionError(f"{self.name} computes this field, so it cannot be set")
        problem = ""
        for value in candidates:
            try:
                made = convert_to(value, field.kind, tuple(keys), _keep)
            except MismatchError as error:
                problem = problem or error.text
                continue
            problem = field.problem(made)
            if not problem:
                return made
            break
        raise ConversionError(problem)

    def takes_text(self, keys: Keys) -> bool:
        """Whether text as it is typed may be a value of the field at `keys`, without quotes."""
        field = self._field_at(keys)
        return field is not None and not accepts_anything(field.kind)

    def default_at(self, keys: Keys) -> Any:
        """Return the level that stands at `keys` when its fields have their defaults, else None."""
        field = self._field_at(keys)
        for option in options_of(field.kind) if field is not None else ():
            if is_schema(option):
                return _defaults(option)
        return None

    def conform(self, config: Any) -> list[tuple[str, str]]:
        """Make each value of a config what its field says, in place.

        Returns:
            The dotted keys of what does not fit, each with a sentence.
        """
        problems: Problems = []
        _conform(config, self.cls, (), problems)
        if not problems and has_own_say(self.cls):
            made = instance_of(self.cls, to_plain(config), problems)
            if not problems:
                take(config, plain(made))
        return problems

    def types(self) -> dict[str, str]:
        """Return the type of each dotted key, as it is written in source."""
        found: dict[str, str] = {}
        _add_types(self.cls, (), found)
        return found

    def computed(self) -> list[str]:
        """Return the dotted keys that the class computes: the fields with `init=False`."""
        found: list[str] = []
        _add_computed(self.cls, (), found, ())
        return found


def _defaults(cls: Any) -> dict[str, Any]:
    values = {}
    for name, field in fields_of_class(cls).items():
        if field.default is not MISSING and field.is_given:
            values[name] = plain(field.default)
    return values


def _add_types(cls: Any, above: tuple[str, ...], found: dict[str, str]) -> None:
    for name, field in fields_of_class(cls).items():
        options = options_of(field.kind)
        if options == [field.kind] and is_schema(field.kind):
            _add_types(field.kind, (*above, name), found)
        else:
            found[join((*above, name))] = type_text(field.kind)


def _add_computed(cls: Any, above: tuple[str, ...], found: list[str], within: Any) -> None:
    for name, field in fields_of_class(cls).items():
        if not field.is_given:
            found.append(join((*above, name)))
        for option in options_of(field.kind):
            if is_schema(option) and option not in within:
                _add_computed(option, (*above, name), found, (*within, cls))


def _add_docs(cls: Any, above: tuple[str, ...], found: dict[str, str], within: Any) -> None:
    for name, field in fields_of_class(cls).items():
        if field.doc:
            found[join((*above, name))] = field.doc
        for option in options_of(field.kind):
            if is_schema(option) and option not in within:
                _add_docs(option, (*above, name), found, (*within, cls))


def _field_at(field: Field, keys: tuple[Any, ...]) -> Field | None:
    for depth, key in enumerate(keys):
        found = None
        for option in options_of(field.kind):
            if is_schema(option):
                fields = fields_of_class(option)
                if key in fields:
                    found = fields[key]
                    break
                text = f"not a key of {option.__name__}{did_you_mean(key, fields)}"
                raise MismatchError(keys[: depth + 1], text)
            if accepts_anything(option):
                return None
            inner = mapping_value(option) if isinstance(key, str) else inner_of(option, key)
            if inner is not MISSING:
                found = Field(inner)
                break
        if found is None:
            raise MismatchError(keys[:depth], f"is {type_text(field.kind)}, with no {key!r} below")
        field = found
    return field


def _keep(value: Any, cls: Any, keys: Any) -> Any:
    """Check a nested mapping; it stays one."""
    if is_schema(cls) and isinstance(value, cls):
        return plain(value)
    if not isinstance(value, dict):
        raise MismatchError(
            keys, f"expected a mapping for {cls.__name__}, found {shown(value, 200)}"
        )
    problems: Problems = []
    copied = dict(_defaults(cls), **to_plain(value))
    _conform(copied, cls, keys, problems)
    if problems:
        text = "; ".join(f"'{key}': {text}" for key, text in problems)
        raise MismatchError((*keys, problems[0][0]), text)
    return copied


def _conform(config: Any, cls: Any, above: tuple[Any, ...], problems: Problems) -> None:
    fields = fields_of_class(cls)
    for name in config.keys() - set(fields):
        text = f"not a key of {cls.__name__}{did_you_mean(name, fields)}"
        problems.append((join((*above, name)), text))
    for name, field in fields.items():
        keys = (*above, name)
        if name not in config:
            if field.default is not MISSING and field.is_given:
                config[name] = plain(field.default)
            elif field.is_given:
                problems.append((join(keys), f"missing, expected {type_text(field.kind)}"))
            continue
        _conform_value(config, name, field, keys, problems)


def _conform_value(
    config: Any, name: str, field: Field, keys: tuple[Any, ...], problems: Problems
) -> None:
    def below(value: Any, cls: Any, place: Any) -> Any:
        if is_choice or not isinstance(value, dict):
            return _keep(value, cls, place)
        _conform(value, cls, place, problems)
        return value

    is_choice = len([option for option in options_of(field.kind) if is_schema(option)]) > 1
    value = dict.__getitem__(config, name)
    try:
        made = convert_to(value, field.kind, keys, below)
    except MismatchError as error:
        problems.append((join(error.keys), error.text))
        return
    text = field.problem(made)
    if text:
        problems.append((join(keys), text))
    if differs(made, value):
        config[name] = made
