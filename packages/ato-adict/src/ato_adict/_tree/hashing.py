"""Identity of a config: a hash of its structure and a hash of its values.

Both hash a text that is the same on every Python version and for every insertion order. Lengths
before names keep different trees from having the same text.
"""

from __future__ import annotations

from hashlib import sha256

from ato_adict._errors import ConversionError
from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import literal, part
from ato_adict._names.places import flatten
from ato_adict._node.state import ATOMS
from ato_adict._texts import shown, whole_repr

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
    return type(value).__name__


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
        return _digest(canonical(tree))
    except RecursionError:
        raise nesting_error(tree) from None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Any) -> str:
    """Return the canonical text of a value."""
    kind = type(value)
    if kind in ATOMS:
        return _atom(value)
    for base, writer in _WRITERS:
        if isinstance(value, base):
            return writer(value)
    return _object(value)


def _atom(value: Any) -> str:
    kind = type(value)
    if kind is str:
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


def _unhashable(value: Any) -> Exception:
    return ConversionError(
        f"get_value_hash: an object of type {type(value).__name__} has no canonical form: "
        + shown(value, 200)
    )


def _type_path(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _path_text(value: Any) -> str | None:
    # Without the type: where Python keeps its path classes differs between versions.
    return f"path {canonical(value.__fspath__())}" if hasattr(value, "__fspath__") else None


def _named_text(value: Any) -> str | None:
    """Describe a function or class by where it is defined."""
    if not hasattr(value, "__qualname__"):
        return None
    return f"name {value.__module__}.{value.__qualname__}"


def _member_text(value: Any) -> str | None:
    return f"member {_type_path(value)}.{value.name}" if hasattr(value, "_value_") else None


def _array_text(value: Any) -> str | None:
    """Describe an array of numpy or torch, or whatever else has the attributes of one."""
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu().numpy()
    if not all(hasattr(value, name) for name in ("tobytes", "dtype", "shape", "tolist")):
        return None
    data = canonical(value.tolist()) if value.dtype.hasobject else value.tobytes().hex()
    return f"array {value.dtype} {tuple(value.shape)} {data}"


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
        return None if text is None or " object at 0x" in text else f"{_type_path(value)} {text}"
    for method in ("__reduce_ex__", "__reduce__"):
        if getattr(type(value), method) is not getattr(object, method):
            return None  # its attributes are not all of it
    attributes = _attributes(value)
    return f"{_type_path(value)} {canonical(attributes)}" if attributes is not None else None


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
    int: int,
    float: float,
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
