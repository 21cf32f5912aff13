"""The fields of a dataclass or pydantic model: their types, defaults, limits and texts."""

from __future__ import annotations

import dataclasses
import sys
import typing

from ato_adict._basics.errors import ConversionError
from ato_adict._basics.texts import shown as text_of
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

BOUNDS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "ge": ("at least {}", lambda value, bound: value >= bound),
    "gt": ("more than {}", lambda value, bound: value > bound),
    "le": ("at most {}", lambda value, bound: value <= bound),
    "lt": ("less than {}", lambda value, bound: value < bound),
    "multiple_of": ("a multiple of {}", lambda value, bound: value % bound == 0),
    "min_length": ("at least {} items", lambda value, bound: len(value) >= bound),
    "max_length": ("at most {} items", lambda value, bound: len(value) <= bound),
    "choices": ("one of {}", lambda value, bound: value in bound),
}
ALIASES = {"min": "ge", "max": "le"}
DOCS = ("help", "doc", "description", "documentation")


class Field:
    """One field of a schema.

    Attributes:
        kind: Its type.
        default: Its default, MISSING where there is none.
        doc: Its text, "" where there is none.
        limits: What a value has to satisfy, by the names of `BOUNDS`.
        is_given: Whether its value is given; one with `init=False` is computed.
        is_stored: Whether an instance keeps it; an `InitVar` is only given.
    """

    def __init__(self, kind: Any, default: Any = MISSING, doc: str = "") -> None:
        self.kind = kind
        self.default = default
        self.doc: str = doc
        self.limits: dict[str, Any] = {}
        self.is_given = True
        self.is_stored = True
        for extra in getattr(kind, "__metadata__", ()):
            self.restrict(extra)

    def restrict(self, extra: Any) -> None:
        """Take limits and a text from what stands beside the type: in `Annotated` or metadata."""
        if isinstance(extra, str):
            self.doc = self.doc or extra
            return
        get = extra.get if hasattr(extra, "get") else lambda name: getattr(extra, name, None)
        for name in (*BOUNDS, *ALIASES):
            if get(name) is not None:
                self.limits[ALIASES.get(name, name)] = get(name)
        for name in DOCS:
            text = get(name)
            if isinstance(text, str):
                self.doc = self.doc or text

    def problem(self, value: Any) -> str:
        """Return what a value of the right type violates; "" where nothing."""
        if value is None:
            return ""
        for name, bound in self.limits.items():
            text, holds = BOUNDS[name]
            try:
                if holds(value, bound):
                    continue
            except TypeError:
                continue  # a limit of another type of a union
            shown = ", ".join(map(str, bound)) if name == "choices" else bound
            return f"expected {text.format(shown)}, found {text_of(value, 200)}"
        return ""


def is_model(cls: Any) -> bool:
    """Whether a class is a pydantic model."""
    return isinstance(cls, type) and isinstance(getattr(cls, "model_fields", None), dict)


def is_schema(cls: Any) -> bool:
    """Whether a class is a dataclass or a pydantic model."""
    return isinstance(cls, type) and (dataclasses.is_dataclass(cls) or is_model(cls))


def fields_of_class(cls: Any) -> dict[str, Field]:
    """Return the fields of a dataclass or pydantic model by name, in order."""
    return dict(_of_model(cls) if is_model(cls) else _of_dataclass(cls))


def _of_model(cls: Any) -> Iterator[tuple[str, Field]]:
    for name, info in cls.model_fields.items():
        default = MISSING
        if not info.is_required():
            default = info.get_default(call_default_factory=True)
        field = Field(info.annotation, default, info.description or "")
        for extra in info.metadata:
            field.restrict(extra)
        yield name, field


def _of_dataclass(cls: Any) -> Iterator[tuple[str, Field]]:
    kinds = field_types(cls)
    texts = _texts(cls)
    for name, own in cls.__dataclass_fields__.items():
        category = str(own._field_type)
        if "CLASSVAR" in category:
            continue
        default = own.default
        if own.default_factory is not dataclasses.MISSING:
            default = own.default_factory()
        field = Field(kinds[name], MISSING if default is dataclasses.MISSING else default)
        field.restrict(own.metadata)
        field.doc = field.doc or texts.get(name, "")
        field.is_given = own.init
        field.is_stored = "INITVAR" not in category
        yield name, field


def field_types(cls: Any) -> dict[str, Any]:
    """Return the types of the fields of a dataclass, with what is annotated beside them."""
    options: Any = {"include_extras": True} if sys.version_info >= (3, 9) else {}
    try:
        hints = typing.get_type_hints(cls, **options)
    except (NameError, TypeError) as error:
        hints = _evaluated(cls, error)
    return {name: _of_init_var(kind) for name, kind in hints.items()}


def _evaluated(cls: Any, problem: Exception) -> dict[str, Any]:
    """Evaluate annotations that are texts; `get_type_hints` of Python 3.10 refuses an InitVar."""
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        names = dict(vars(sys.modules.get(base.__module__, typing)))
        for name, kind in getattr(base, "__annotations__", {}).items():
            try:
                hints[name] = eval(kind, names) if isinstance(kind, str) else kind
            except (NameError, TypeError, SyntaxError):
                text = f"cannot read the types of {cls.__name__}: {problem}"
                raise ConversionError(text) from None
    return hints


def _of_init_var(kind: Any) -> Any:
    if isinstance(kind, dataclasses.InitVar):
        return getattr(kind, "type", typing.Any)
    return typing.Any if kind is dataclasses.InitVar else kind


def _texts(cls: Any) -> dict[str, str]:
    """Return the texts of fields that a docstring lists under `Attributes:` or `Args:`."""
    texts: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        is_section = False
        for line in (base.__dict__.get("__doc__") or "").splitlines():
            name, colon, text = line.strip().partition(":")
            if colon and not text and name in ("Attributes", "Args", "Arguments", "Parameters"):
                is_section = True
            elif is_section and colon and name.partition(" ")[0].isidentifier():
                texts[name.partition(" ")[0]] = text.strip()
    return texts
