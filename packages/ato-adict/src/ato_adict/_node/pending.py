"""The placeholder that reading an unset attribute of an open config returns."""

from __future__ import annotations

from sys import _getframe

from ato_adict import _names
from ato_adict._basics.errors import ConversionError, UnsetKeyError
from ato_adict._names.dotted import join_path
from ato_adict._node.missing import unset_key
from ato_adict._node.syntax import is_syntax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_path_of: Callable[[Pending], tuple[Any, ...]]
_node_of: Callable[[Pending], Any]


class Pending:
    """A key that is not set yet: assign below it, and the levels in between are created.

    Only the syntax `config.x` makes one; `getattr` and `hasattr` answer by what is set.

    Any other use raises `UnsetKeyError` with the full dotted name, because then the name was
    most likely a typo. Reading stores nothing.
    """

    __slots__ = ("_node", "_path")

    def __init__(self, node: Any, path: tuple[Any, ...]) -> None:
        object.__setattr__(self, "_node", node)
        object.__setattr__(self, "_path", path)

    def __getattr__(self, name: str) -> Pending:
        if name.startswith("_"):
            raise unset(self)
        path = (*_path_of(self), name)
        if not is_syntax(_getframe(1)):
            raise unset_key(_node_of(self), path)
        return Pending(_node_of(self), path)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getitem__(self, key: Any) -> Pending:
        return Pending(_node_of(self), (*_path_of(self), key))

    def __setitem__(self, key: Any, value: Any) -> None:
        assign_below(_node_of(self), (*_path_of(self), key), value)

    def __repr__(self) -> str:
        return f"<unset: {join_path(_node_of(self), *_path_of(self))}>"


_path_of = Pending.__dict__["_path"].__get__
_node_of = Pending.__dict__["_node"].__get__


def unset(pending: Pending) -> UnsetKeyError:
    """Return the error that names the key behind `pending`."""
    return unset_key(_node_of(pending), _path_of(pending))


def assign_below(node: Any, path: tuple[Any, ...], value: Any) -> None:
    """Set `value` at `path` below `node`, creating the levels that are missing."""
    value = node._ato_convert(value)  # before anything is created, so that an error changes nothing
    try:
        _names.set_at(node, path, value)
    except ConversionError as error:
        raise UnsetKeyError(str(error)) from None


def _refuse(self: Pending, *_: Any, **__: Any) -> Any:
    raise unset(self)


# Everything Python may ask of a value, so that a typo is an error where it is first used.
_REFUSED = (
    "abs add aenter aexit aiter and anext await bool bytes call ceil complex contains delattr "
    "delitem divmod enter eq exit float floor floordiv format fspath ge gt hash iadd iand "
    "ifloordiv ilshift imatmul imod imul index int invert ior ipow irshift isub iter itruediv ixor "
    "le len lshift lt matmul mod mul ne neg next or pos pow radd rand rdivmod reduce reduce_ex "
    "reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor "
    "str sub truediv trunc xor copy deepcopy length_hint"
)
for _name in _REFUSED.split():
    setattr(Pending, f"__{_name}__", _refuse)
