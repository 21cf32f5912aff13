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


def missing_item(node: Any, key: Any) -> MissingKeyError:
    """Return the error for an item that is not there."""
    return MissingKeyError(f"no key '{join_path(node, key)}' in this config{_hint(node, key)}")


def unset_key(node: Any, path: tuple[Any, ...]) -> UnsetKeyError:
    """Return the error for an attribute that is not set, reached through `path`."""
    hint = _hint(node, path[0])
    return UnsetKeyError(f"no key '{join_path(node, *path)}' in this config{hint}")


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
