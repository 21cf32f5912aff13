"""The dict protocol, attribute access and access tracking of a config node.

How reads are tracked at full speed: `__getattr__` runs only where normal lookup fails, that is for
the first read of a key. It stores the value in the instance `__dict__`, where CPython finds it from
then on without running any of our code, and so the keys of `__dict__` are the keys that were read.
Item reads look there first for the same reason. A write to a key that was read refreshes its copy.
"""

from __future__ import annotations

from sys import _getframe

from ato_adict import _names
from ato_adict._basics.errors import MissingKeyError, ReservedNameError
from ato_adict._names.dotted import join_path
from ato_adict._node import missing as _missing
from ato_adict._node.convert import convert
from ato_adict._node.pending import Pending
from ato_adict._node.state import (
    ATOMS,
    AUTO,
    Mode,
    Slots,
    hand_on,
    set_hidden,
    set_mode,
    set_path,
)
from ato_adict._node.syntax import is_syntax
from ato_adict._node.text import Repr
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, TypeVar

    Self = TypeVar("Self", bound="Node")

_get = dict.get
_items = dict.items
_set_item = dict.__setitem__
_del_item = dict.__delitem__
_update = dict.update


class Node(Slots):
    """A dict with attribute access that knows which of its keys were read."""

    __slots__ = ()
    if TYPE_CHECKING:

        def __repr__(self) -> str: ...

    else:
        __repr__ = Repr()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ato_reserved = frozenset(dir(cls))
        cls._ato_open = Mode(cls)

    # -- reading ---------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self._ato_first_read(name)
        if name[:1] == "_":
            return _private(self, name)
        mode = self._ato_mode
        if mode.default is not AUTO or is_syntax(_getframe(1)):
            value = _missing.store_default(self, name)
            if value is not MISSING:
                return value
        if mode.strict or mode.frozen or not is_syntax(_getframe(1)):
            raise _missing.unset_key(self, (name,))
        return Pending(self, (name,))

    def __getitem__(self, key: Any) -> Any:
        try:
            return self.__dict__[key]
        except KeyError:
            return self._ato_read_item(key)

    def _ato_read_item(self, key: Any) -> Any:
        if key in self:
            return self._ato_first_read(key)
        if type(key) is tuple:
            return [self[k] for k in key]
        value = _missing.store_default(self, key)
        if value is not MISSING:
            return value
        raise _missing.missing_item(self, key)

    def _ato_first_read(self, key: Any) -> Any:
        value = dict.__getitem__(self, key)
        if key in self._ato_reserved:
            self._ato_hide(key)
            return value
        if isinstance(value, Node):
            set_path(value, join_path(self, key))
        self.__dict__[key] = value
        self._ato_refresh(key)
        return value

    def _ato_refresh(self, key: Any) -> None:
        """Bring the promoted copy of `key` up to date.

        Whoever writes either place checks both afterwards, so threads end with the same value.
        """
        promoted = self.__dict__
        while key in promoted:
            current = _get(self, key, MISSING)
            if current is MISSING:
                promoted.pop(key, None)
                self._ato_hide(key)
                return
            promoted[key] = current
            if _get(self, key, MISSING) is current:
                return

    def _ato_hide(self, key: Any) -> None:
        """Remember a read of a key that cannot be promoted: a method's name, or a removed key."""
        hidden = self._ato_hidden
        if hidden is None:
            hidden = set()
            set_hidden(self, hidden)
        hidden.add(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of `key`, or `default` where it is not set; counts as a read."""
        try:
            return self.__dict__[key]
        except KeyError:
            return self._ato_first_read(key) if key in self else default

    def __iter__(self) -> Iterator[Any]:
        # Overridden so that `f(**config)` asks `__getitem__` for each value, which is a read.
        return dict.__iter__(self)

    if not TYPE_CHECKING:  # as in dict

        def items(self):
            """Return the items, as of a dict; a look at all of them is no read of any."""
            hand_on(self)
            return _items(self)

        def values(self):
            """Return the values, as of a dict; a look at all of them is no read of any."""
            hand_on(self)
            return dict.values(self)

    def __dir__(self) -> Iterable[str]:
        keys = {key for key in self.keys() if isinstance(key, str) and key.isidentifier()}
        return keys.union(name for name in dir(type(self)) if not name.startswith("_ato_"))

    # -- writing ---------------------------------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        if type(value) not in ATOMS or self._ato_mode.guarded or type(key) is tuple:
            self._ato_write(key, value)
            return
        _set_item(self, key, value)
        promoted = self.__dict__
        if key in promoted:
            promoted[key] = value
            if _get(self, key) is not value:
                self._ato_refresh(key)

    def _ato_write(self, key: Any, value: Any) -> None:
        """Write what needs more than storing: a check, a conversion, a record, several keys."""
        mode = self._ato_mode
        if mode.frozen:
            raise _missing.frozen(self, f"set '{join_path(self, key)}'")
        if type(key) is tuple and key not in self:
            _assign_each(self, key, value)
            return
        value = self._ato_convert(value)
        _set_item(self, key, value)
        self._ato_refresh(key)
        if mode.journal is not None:
            mode.journal.append((self, key, value))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._ato_reserved:
            _set_reserved(self, name, value)
        else:
            self[name] = value

    def __delitem__(self, key: Any) -> None:
        mode = self._ato_mode
        if mode.frozen:
            raise _missing.frozen(self, f"delete '{join_path(self, key)}'")
        if key not in self:
            raise _missing.missing_item(self, key)
        _del_item(self, key)
        self._ato_refresh(key)
        if mode.journal is not None:
            mode.journal.append((self, key, MISSING))

    def __delattr__(self, name: str) -> None:
        if name not in self and not self._ato_mode.frozen:
            raise _missing.unset_key(self, (name,))
        del self[name]

    def pop(self, key: Any, default: Any = MISSING) -> Any:
        """Remove `key` and return its value, or `default` where it is not set; counts as a read."""
        if key not in self and default is not MISSING and not self._ato_mode.frozen:
            return default
        value = _get(self, key)
        del self[key]
        self._ato_hide(key)
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last (key, value) pair; counts as a read."""
        if not self:
            raise MissingKeyError("popitem(): this config is empty")
        key = list(self.keys())[-1]
        return key, self.pop(key)

    def clear(self) -> None:
        """Remove every key."""
        if self._ato_mode.frozen:
            raise _missing.frozen(self, "clear")
        for key in list(self.keys()):
            del self[key]

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value of `key`, after setting it to `default` where it is not set."""
        if key not in self:
            self[key] = default
        return self[key]

    def _ato_convert(self, value: Any) -> Any:
        try:
            return convert(value, self._ato_mode)
        except RecursionError:
            raise _names.nesting_error(value) from None

    def _ato_fill(self, mapping: Any) -> None:
        """Set every key of a mapping or of pairs; all of them or, on an error, none."""
        mode = self._ato_mode
        if mode.frozen:
            raise _missing.frozen(self, "update")
        if not isinstance(mapping, dict):
            mapping = dict(mapping)
        try:
            self._ato_store(_converted(mapping, mode))
        except RecursionError:
            raise _names.nesting_error(mapping) from None

    def _ato_store(self, new: dict[Any, Any]) -> None:
        """Set keys to values that are converted already."""
        _update(self, new)
        mode = self._ato_mode
        if self.__dict__:
            for key in self.__dict__.keys() & new.keys():
                self._ato_refresh(key)
        if mode.journal is not None:
            mode.journal.extend([(self, key, value) for key, value in new.items()])

    # -- copies ----------------------------------------------------------------------------------

    def copy(self: Self) -> Self:
        """Return a shallow copy: the same values, an own set of keys, nothing read, not frozen."""
        new = type(self).__new__(type(self))
        mode = self._ato_mode
        if mode.guarded:
            mode = mode.derive(frozen=False, immutable=False, journal=None)
        set_mode(new, mode)
        _update(new, self.items())
        return new

    __copy__ = copy

    def __or__(self: Self, other: Any) -> Self:
        if not isinstance(other, dict):
            return NotImplemented
        new = self.copy()
        new._ato_fill(other)
        return new

    def __ror__(self: Self, other: Any) -> Self:
        if not isinstance(other, dict):
            return NotImplemented
        new = self.copy()
        dict.clear(new)
        new._ato_fill(other)
        new._ato_fill(self)
        return new

    def __ior__(self: Self, other: Any) -> Self:
        self._ato_fill(other)
        return self


_PRIVATE_DEFAULTS = {"_ato_handed": False, "_ato_hidden": None, "_ato_path": ""}


def _converted(mapping: Any, mode: Mode) -> dict[Any, Any]:
    """Return a converted shallow copy of a dict, as a plain dict."""
    new = dict(mapping.items())
    for key, value in new.items():
        if type(value) not in ATOMS:
            new[key] = convert(value, mode)
    return new


def _private(node: Node, name: str) -> Any:
    """Return the default of a slot that was never set; no other private name is made up."""
    if name in _PRIVATE_DEFAULTS:
        return _PRIVATE_DEFAULTS[name]
    if name == "_ato_mode":
        return type(node)._ato_open
    raise _missing.unset_key(node, (name,))


def _set_reserved(node: Node, name: str, value: Any) -> None:
    """Set a slot or a subclass's property; refuse a method's name."""
    if hasattr(getattr(type(node), name, None), "__set__"):
        object.__setattr__(node, name, value)
        return
    raise ReservedNameError(
        f"'{name}' is a method of {type(node).__name__} and cannot be set as an attribute; "
        f"write config['{name}'] = ..."
    )


def _assign_each(node: Node, keys: tuple[Any, ...], value: Any) -> None:
    """Assign a sequence to several keys pairwise, or one value to each of them."""
    if not isinstance(value, (list, tuple)):
        value = [value] * len(keys)
    if len(value) != len(keys):
        raise ValueError(f"cannot assign {len(value)} values to {len(keys)} keys")
    for key, item in zip(keys, value):
        node[key] = item
