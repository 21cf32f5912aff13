"""The methods of a config tree: rules, names, identity, usage, copies; each delegates."""

from __future__ import annotations

from ato_adict._node import Node
from ato_adict._sentinel import MISSING
from ato_adict._slots import set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence, TypeVar

    from ato_adict._diff import Diff

    Self = TypeVar("Self", bound="Tree")


class Tree(Node):
    """A node as the root of a tree."""

    __slots__ = ()

    # -- rules -----------------------------------------------------------------------------------

    def strict(self: Self) -> Self:
        """Make reading an unset attribute raise `UnsetKeyError` at once, in the whole tree.

        So `hasattr(config, 'x')` and `getattr(config, 'x', 0)` mean what they say.

        Returns:
            The config itself.
        """
        from ato_adict._retune import retune

        retune(self, strict=True)
        return self

    def freeze(self: Self) -> Self:
        """Make every write to the tree raise `FrozenError`, at any depth, lists and sets too.

        Reads cost what they did. `clone()` gives a copy that can be changed.

        Returns:
            The config itself.
        """
        from ato_adict._retune import freeze

        freeze(self)
        return self

    def defrost(self: Self) -> Self:
        """Allow writes to the whole tree again, the inverse of `freeze`.

        Returns:
            The config itself.

        Raises:
            FrozenError: If part of the tree was made immutable.
        """
        from ato_adict._retune import defrost

        defrost(self)
        return self

    @property
    def frozen(self) -> bool:
        """Whether writes are refused."""
        return self._ato_mode.frozen

    def convert_to_immutable(self) -> None:
        """Freeze the tree for good: `defrost` raises from now on."""
        from ato_adict._retune import freeze

        freeze(self, immutable=True)

    def set_default(self, default: Any = None) -> None:
        """Set what a missing key becomes when it is read: a callable or a value."""
        set_mode(self, self._ato_mode.derive(default=default))

    def get_default(self) -> Any:
        """Return the default for missing keys.

        Raises:
            ValueError: If there is none.
        """
        if self._ato_mode.default is MISSING:
            raise ValueError("this config has no default; set_default() or ADict(default=...)")
        return self._ato_mode.default

    def remove_default(self) -> None:
        """Make missing keys errors again."""
        set_mode(self, self._ato_mode.derive(default=MISSING))

    # -- changing many keys ----------------------------------------------------------------------

    def update(  # type: ignore[override]
        self: Self, __other: Any = (), recurrent: bool = False, **values: Any
    ) -> Self:
        """Set every key of a mapping or of pairs; all of them or, on an error, none.

        Args:
            __other: A mapping or an iterable of pairs.
            recurrent: Whether to merge a mapping into a mapping that is there, not replace it.
            **values: Further keys.

        Returns:
            The config itself.
        """
        from ato_adict._merge import merge

        change = merge if recurrent else type(self)._ato_fill
        for mapping in (__other, values):
            change(self, mapping)
        return self

    def update_if_absent(
        self: Self, __other: Any = (), recurrent: bool = True, **values: Any
    ) -> Self:
        """Set the keys that are not there yet.

        Args:
            __other: A mapping or an iterable of pairs.
            recurrent: Whether to fill in nested mappings too.
            **values: Further keys.

        Returns:
            The config itself.
        """
        from ato_adict._merge import fill_absent

        for mapping in (__other, values):
            fill_absent(self, mapping, recurrent)
        return self

    def filter(self, fn: Callable[[Any, Any], Any]) -> None:
        """Keep the keys for which `fn(key, value)` is true and remove the others."""
        for key in [k for k, v in self.items() if not fn(k, v)]:
            del self[key]

    def replace_keys(self, src_keys: Sequence[Any], tgt_keys: Sequence[Any]) -> None:
        """Rename keys pairwise in place, keeping values and order.

        Raises:
            ValueError: If the lists differ in length or a new name is taken.
            MissingKeyError: If an old name is not there.
        """
        from ato_adict._merge import rename

        rename(self, src_keys, tgt_keys)

    # -- dotted names ----------------------------------------------------------------------------

    def get_value_by_name(self, name: str, default: Any = MISSING) -> Any:
        r"""Return the value at a dotted name, `'model.backbone.depth'`; counts as a read.

        A dot in a key is written `\.`, a key that is no string as its literal in brackets: `a[1]`.

        Raises:
            MissingKeyError: If the name is not set and no `default` is given.
        """
        from ato_adict._dotted import lookup

        return lookup(self, name, default)

    def set_by_name(self, name: str, value: Any) -> None:
        """Set the value at a dotted name, creating the levels that are missing.

        Raises:
            ConversionError: If a level in between is no mapping.
        """
        from ato_adict._dotted import assign

        assign(self, name, value)

    def has(self, name: str) -> bool:
        """Whether a dotted name is set; not a read."""
        from ato_adict._dotted import contains

        return contains(self, name)

    def flatten(self) -> dict[str, Any]:
        """Return a plain dict of dotted name to leaf, in order; an empty mapping is a leaf."""
        from ato_adict._flat import flatten

        return flatten(self)

    @classmethod
    def unflatten(cls: type[Self], flat: Any) -> Self:
        """Return the config of a mapping of dotted names, the inverse of `flatten`."""
        config = cls()
        for name, value in dict(flat).items():
            config.set_by_name(name, value)
        return config

    def raw(self: Self, name: Any, default: Any = None) -> Self:
        """Return `ADict(key=name, value=<its value or default>)`."""
        return type(self)(key=name, value=self.get(name, default))

    # -- identity --------------------------------------------------------------------------------

    def get_structural_repr(self: Self) -> Self:
        """Return dotted name to type name of every leaf, sorted by name."""
        from ato_adict._hashing import structural_mapping

        return type(self)(sorted(structural_mapping(self).items()))

    def get_structural_mapping(self, key: Any, value: Any) -> list[Any]:
        """Return the (dotted name, type name) pairs of a `value` placed at `key`."""
        from ato_adict._hashing import structural_mapping

        return list(structural_mapping({key: value}).items())

    def get_structural_hash(self, deep: bool = False) -> str:
        """Return the sha256 of the sorted (dotted name, type name) pairs, as hex.

        It is independent of values, of insertion order and of the Python version.

        Args:
            deep: Whether the elements of lists and tuples count too.
        """
        from ato_adict._hashing import structural_hash

        return structural_hash(self, deep)

    def get_value_hash(self) -> str:
        """Return the sha256 of all keys, types and values in a canonical form, as hex.

        It is independent of insertion order and of the Python version.

        Raises:
            ConversionError: For a value without a canonical form.
        """
        from ato_adict._hashing import value_hash

        return value_hash(self)

    def diff(self, other: Any) -> Diff:
        """Return what changes from this config to `other`, by dotted name.

        The result prints as one line per difference and holds the data in `added`, `removed`,
        `changed` and `retyped`.
        """
        from ato_adict._diff import Diff

        return Diff(self, other)

    # -- usage -----------------------------------------------------------------------------------

    @property
    def accessed_keys(self) -> set[Any]:
        """The keys of this node that were read by item, attribute, `get`, `pop` or `**`."""
        from ato_adict._usage import accessed

        return accessed(self)

    def get_minimal_config(self: Self) -> Self:
        """Return the keys that were read, nested, in insertion order.

        A nested config that was read while none of its keys were counts whole: it may have been
        iterated over, which leaves no record.
        """
        from ato_adict._usage import minimal

        return type(self)(minimal(self))

    def unused_keys(self) -> list[str]:
        """Return the dotted names that were configured and never read, in order."""
        from ato_adict._usage import unused

        return unused(self)

    # -- copies and plain data -------------------------------------------------------------------

    def clone(self: Self) -> Self:
        """Return a deep, independent copy that can be changed, with nothing read in it."""
        from copy import deepcopy

        from ato_adict._retune import thaw

        new = deepcopy(self)
        if self._ato_mode.frozen:
            thaw(new)
        return new

    def to_dict(self) -> dict[Any, Any]:
        """Return a copy whose dicts, lists, tuples and sets are new plain ones, at any depth."""
        from ato_adict._convert import to_plain
        from ato_adict._depth import nesting_error

        try:
            return to_plain(self)
        except RecursionError:
            raise nesting_error(self) from None

    def __deepcopy__(self: Self, memo: dict[int, Any]) -> Self:
        from ato_adict._copying import deepcopy

        copied: Self = deepcopy(self, memo)
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        from ato_adict._copying import reduce

        return reduce(self)

    def __reduce__(self) -> Any:
        return self.__reduce_ex__(2)
