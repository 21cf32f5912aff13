"""The errors and defaults for keys that are not there."""

from __future__ import annotations

from ato_adict._dotted import join_path
from ato_adict._errors import FrozenError, MissingKeyError, UnsetKeyError
from ato_adict._mode import AUTO
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def store_default(node: Any, key: Any) -> Any:
    """Store and return the default of `node` for `key`; MISSING where it has none."""
    mode = node._ato_mode
    if mode.default is MISSING or (mode.frozen and mode.default is not AUTO):
        return MISSING
    if mode.default is AUTO:
        if mode.frozen or mode.strict:
            return MISSING
        node[key] = {}
    else:
        node[key] = mode.default() if callable(mode.default) else mode.default
    return node[key]


class Message:
    """The text of an error about a missing key, made when somebody reads it.

    `getattr(config, "x", None)` and `hasattr` on strict configs never read it, and looking for the
    closest name takes a thousand times as long as the lookup.
    """

    __slots__ = ("node", "path")

    def __init__(self, node: Any, path: tuple[Any, ...]) -> None:
        self.node = node
        self.path = path

    def __str__(self) -> str:
        name = join_path(self.node, *self.path)
        return f"no key '{name}' in this config{_hint(self.node, self.path[0])}"

    def __repr__(self) -> str:
        return repr(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


def missing_item(node: Any, key: Any) -> MissingKeyError:
    """Return the error for an item that is not there."""
    return MissingKeyError(Message(node, (key,)))


def unset_key(node: Any, path: tuple[Any, ...]) -> UnsetKeyError:
    """Return the error for an attribute that is not set, reached through `path`."""
    return UnsetKeyError(Message(node, path), str(path[-1]))


def frozen(node: Any, what: str) -> FrozenError:
    """Return the error for a write to a frozen config."""
    return FrozenError(f"cannot {what}: this config is frozen; defrost() it or change a clone()")


def _hint(node: Any, key: Any) -> str:
    from ato_adict._suggest import did_you_mean

    names = {join_path(node, k): k for k in node if isinstance(k, str)}
    hint = did_you_mean(key, names.values())
    for full, name in names.items():
        if f"'{name}'" in hint:
            return hint.replace(f"'{name}'", f"'{full}'")
    return hint
