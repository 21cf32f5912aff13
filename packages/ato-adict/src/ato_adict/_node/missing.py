"""The errors and defaults for keys that are not there."""

from __future__ import annotations

from ato_adict._basics.errors import FrozenError, MissingKeyError, UnsetKeyError
from ato_adict._names.dotted import join_path
from ato_adict._names.places import lookup
from ato_adict._node.state import AUTO
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
    from ato_adict._basics.errors import did_you_mean

    if isinstance(key, str) and key in ELSEWHERE:
        return f"; if the method is meant, write config.{ELSEWHERE[key]}"
    if isinstance(key, str) and "." in key:
        below = _hint_below(node, key)
        if below:
            return below
    names = {join_path(node, k): k for k in node if isinstance(k, str)}
    hint = did_you_mean(key, names.values())
    for full, name in names.items():
        if f"'{name}'" in hint:
            return hint.replace(f"'{name}'", f"'{full}'")
    return hint


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _plain(child) for key, child in dict.items(value)}


def _hint_below(node: Any, name: str) -> str:
    """Say how the value at a dotted name is read, or which name is close."""
    try:
        lookup(_plain(node), name)  # a copy: a message is no read
    except MissingKeyError as error:
        hint = str(error).partition("; did you mean")[2]
        return f"; did you mean{hint}" if hint else ""
    if all(part.isidentifier() for part in name.split(".")):
        return f"; write config.{name}, or config.get_value_by_name({name!r})"
    return f"; write config.get_value_by_name({name!r})"


# What the methods of other libraries' configs are called here.
ELSEWHERE = {
    **dict.fromkeys(("to_yaml", "as_yaml", "pretty", "dump_yaml"), "dumps('yaml')"),
    **dict.fromkeys(("to_json", "as_json"), "dumps('json')"),
    "to_toml": "dumps('toml')",
    **dict.fromkeys(("save", "write", "to_file"), "dump(path)"),
    **dict.fromkeys(("from_yaml", "from_json", "from_toml", "load_file"), "from_file(path)"),
    **dict.fromkeys(
        (
            "merge",
            "merge_with",
            "merge_update",
            "merge_from_dict",
            "deep_update",
            "update_recursive",
        ),
        "update(other, recurrent=True)",
    ),
    "merge_from_file": "update(ADict.from_file(path), recurrent=True)",
    **dict.fromkeys(
        ("as_dict", "asdict", "todict", "toDict", "to_container", "_to_dict"), "to_dict()"
    ),
    **dict.fromkeys(("deepcopy", "copy_and_resolve_references"), "clone()"),
    **dict.fromkeys(("lock", "set_readonly", "make_immutable"), "freeze()"),
    **dict.fromkeys(("unlock", "unfreeze", "thaw"), "defrost()"),
    **dict.fromkeys(("is_frozen", "is_locked", "is_readonly"), "frozen"),
    **dict.fromkeys(("get_path", "select", "get_by_name"), "get_value_by_name(name)"),
    **dict.fromkeys(("set_path", "set_value_by_name"), "set_by_name(name, value)"),
    **dict.fromkeys(("has_key", "contains"), "has(name)"),
    **dict.fromkeys(("from_dict", "from_mapping", "create"), "update(mapping)"),
    "to_dataclass_instance": "to_dataclass(cls)",
}
