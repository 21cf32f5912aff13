"""Identity of a config: a hash of its structure and a hash of its values.

Both hash a text that is the same on every Python version and for every insertion order. Lengths
before names keep different trees from having the same text.
"""

from __future__ import annotations

import re
from hashlib import sha256
from struct import calcsize
from types import MemberDescriptorType, ModuleType

from ato_adict._basics.errors import ConversionError
from ato_adict._basics.repeats import LONG, count_repeat, repeats_counted
from ato_adict._basics.texts import cut, in_line, kind_name, whole_repr
from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import join, literal, part
from ato_adict._names.places import flatten
from ato_adict._node.state import ATOMS
from ato_adict._tree.arrays import array_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def type_name(value: Any) -> str:
    """Return the name by which a type counts in a structure; a dict of any kind is 'dict'."""
    if type(value) in ATOMS:
        return type(value).__name__
    for kind in (dict, list, set):
        if isinstance(value, kind):
            return kind.__name__
    return kind_name(value)


def structural_mapping(tree: Any, deep: bool = False) -> dict[str, str]:
    """Return dotted name to type name of every leaf, in order.

    Args:
        tree: The config.
        deep: Whether the elements of lists and tuples count too, named by their index: `a[0]`.
    """
    pairs: dict[str, str] = {}
    for name, value in flatten(tree).items():
        pairs[name] = type_name(value)
        if deep and isinstance(value, (list, tuple)):
            _add_elements(name, value, pairs)
    return pairs


def _add_elements(name: str, sequence: Any, pairs: dict[str, str]) -> None:
    for index, value in enumerate(sequence):
        element = f"{name}[{index}]"
        pairs[element] = type_name(value)
        if isinstance(value, (list, tuple)):
            _add_elements(element, value, pairs)
        elif isinstance(value, dict):
            below = structural_mapping(value, deep=True)
            for key, kind in below.items():
                dot = "" if key.startswith("[") else "."
                pairs[f"{element}{dot}{key}"] = kind


def structural_hash(tree: Any, deep: bool = False) -> str:
    """Return the sha256 of the sorted (dotted name, type name) pairs."""
    try:
        pairs = structural_mapping(tree, deep)
    except RecursionError:
        raise nesting_error(tree) from None
    return _digest("\n".join([f"{len(k)}:{k}={v}" for k, v in sorted(pairs.items())]))


def value_hash(tree: Any) -> str:
    """Return the sha256 of the canonical text of all keys and values."""
    try:
        with repeats_counted("get_value_hash") as repeats:
            return _digest(canonical(tree))
    except RecursionError:
        raise nesting_error(tree) from None
    except ConversionError as error:
        if repeats.is_over():
            raise
        place = f", at '{cut(join(_place(tree)))}'"
        raise ConversionError(f"get_value_hash: {error}{place}; {_FIX}") from None


def _place(tree: Any) -> list[Any]:
    """Return the keys that lead to the value at fault: sought only once there is one."""
    keys: list[Any] = []
    value = tree
    while True:
        pairs: Any = dict.items(value) if issubclass(type(value), dict) else ()
        pairs = enumerate(value) if type(value) in (list, tuple) else pairs
        found = next(((key, child) for key, child in pairs if not _is_canonical(child)), None)
        if found is None:
            return keys
        keys.append(found[0])
        value = found[1]


def _is_canonical(value: Any) -> bool:
    try:
        canonical(value)
    except ConversionError:
        return False
    return True


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Any) -> str:
    """Return the canonical text of a value."""
    kind = type(value)
    if kind in ATOMS:
        return _atom(value)
    try:
        for base, writer in _WRITERS:
            if isinstance(value, base):
                return writer(value)
        return _object(value)
    except (ConversionError, RecursionError, MemoryError):
        raise
    except Exception as error:  # of another's code: an attribute that fails, or is no such thing
        raise _unhashable(value, f" ({type(error).__name__})") from None


def _atom(value: Any) -> str:
    kind = type(value)
    if kind is str:
        if len(value) > LONG:
            count_repeat(value)
        return f"s{len(value)}:{value}"
    if kind is type:
        return f"type {value.__module__}.{value.__qualname__}"
    return f"{kind.__name__} {literal(value)}"


def _mapping(value: Any) -> str:
    items = sorted((part(key), canonical(child)) for key, child in dict.items(value))
    return "{" + ",".join([f"{len(key)}:{key}={text}" for key, text in items]) + "}"


def _sequence(value: Any) -> str:
    name = "list" if isinstance(value, list) else "tuple"
    return f"{name}[{','.join(map(canonical, value))}]"


def _set(value: Any) -> str:
    return f"set[{','.join(sorted(map(canonical, value)))}]"


def _object(value: Any) -> str:
    """Return a text for other objects, by the first description that fits."""
    for describe in _DESCRIPTIONS:
        text = describe(value)
        if text is not None:
            return str(text)
    raise _unhashable(value)


_FIX = "leave it out of the config, or write what makes it, such as a name or a number"


def _unhashable(value: Any, why: str = "") -> Exception:
    return ConversionError(
        f"an object of type {kind_name(value)} has no canonical form{why}: {in_line(value)}"
    )


def _type_path(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _path_text(value: Any) -> str | None:
    # Without the type: where Python keeps its path classes differs between versions.
    return f"path {canonical(value.__fspath__())}" if hasattr(value, "__fspath__") else None


def _named_text(value: Any) -> str | None:
    """Describe a function or class by where it is defined, a module by its name."""
    if type(value) is ModuleType:
        return f"module {value.__name__}"
    if not hasattr(value, "__qualname__") or not hasattr(value, "__module__"):
        return None  # a generator has but the name of its function
    return f"name {value.__module__}.{value.__qualname__}"


def _member_text(value: Any) -> str | None:
    """Describe a member of an enum by its name, one of flags by the names that are in it."""
    if not hasattr(type(value), "__members__") or not hasattr(value, "_value_"):
        return None
    name = value.name
    if name is None and value._value_:  # as Pythons before 3.11 call flags that are set together
        name = _flags(value)
    return f"member {_type_path(value)}.{name}"


def _flags(value: Any) -> str:
    """Return the name that Python gives to flags that are set together since 3.11."""
    names, rest = [], int(value._value_)
    for name, member in type(value).__members__.items():
        bits = member._value_
        if bits > 0 and not bits & (bits - 1) and bits & rest:
            names.append(name)
            rest &= ~bits
    return "|".join([*names, str(rest)] if rest else names)


def _array_text(value: Any) -> str | None:
    return array_text(value, canonical)


def _basic_text(value: Any) -> str | None:
    """Describe a value of a subclass of a basic type as that type and its own."""
    for base, as_basic in _BASICS.items():
        if isinstance(value, base):
            return f"{_type_path(value)} {_atom(as_basic(value))}"
    return None


def _state_text(value: Any) -> str | None:
    """Describe a date and the like by its repr, a plain object by its attributes."""
    if type(value).__module__ in ("datetime", "decimal", "fractions", "uuid", "builtins"):
        text = _repr(value)
        return None if text is None or _ADDRESS.search(text) else f"{_type_path(value)} {text}"
    if _hides_state(type(value)):
        return None
    for method in ("__reduce_ex__", "__reduce__"):
        if getattr(type(value), method) is not getattr(object, method):
            return None  # its attributes are not all of it
    attributes = _attributes(value)
    return f"{_type_path(value)} {canonical(attributes)}" if attributes is not None else None


# What says where an object is, which is elsewhere the next time: `<memory at 0x7f…>`.
_ADDRESS = re.compile(r"(?:\A<.*|<[^'\"]*) at 0x[0-9a-fA-F]", re.DOTALL)


def _hides_state(kind: type) -> bool:
    """Whether objects of a type have more in them than their attributes, as files and sockets do.

    Each of its classes must need the memory of its slots alone, one pointer for each.
    """
    for one in kind.__mro__[:-1]:
        above = one.__base__
        more = one.__basicsize__ - (above.__basicsize__ if above else 0)
        slots = [a for a in one.__dict__.values() if type(a) is MemberDescriptorType]
        known = len(slots) + sum(name in one.__dict__ for name in ("__dict__", "__weakref__"))
        if more > calcsize("P") * known:
            return True
    return False


def _repr(value: Any) -> str | None:
    try:
        return whole_repr(value)
    except Exception:  # of what is in it; it may be another's code
        return None


def _attributes(value: Any) -> dict[str, Any] | None:
    """Return the attributes of a plain object, those in slots too; None where it has none."""
    kinds = type(value).__mro__[:-1]
    slots = [kind.__dict__["__slots__"] for kind in kinds if "__slots__" in kind.__dict__]
    if not slots and not hasattr(value, "__dict__"):
        return None
    names = [name for each in slots for name in ([each] if isinstance(each, str) else each)]
    plain = [name for name in names if name[:2] != "__" and hasattr(value, name)]
    found = {name: getattr(value, name) for name in plain}
    return {**found, **getattr(value, "__dict__", {})}


_BASICS: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    complex: complex,
    bytes: bytes,
}
_DESCRIPTIONS: list[Callable[[Any], str | None]] = [
    _path_text,
    _named_text,
    _member_text,
    _array_text,
    _basic_text,
    _state_text,
]
_WRITERS: list[tuple[Any, Callable[[Any], str]]] = [
    (dict, _mapping),
    ((list, tuple), _sequence),
    ((set, frozenset), _set),
]
